// What a picture is made of: sheets, groups, rows. Pure.

/** @typedef {import('./phrases.js').Phrase} Phrase */

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {Phrase[]} text
 * @property {Phrase[]} [lead] What stands before the words: a rank, a number, a time.
 * @property {Phrase[]} [figure] What stands at the end, in the largest letters.
 * @property {Phrase[]} [second] A second figure, beside the first.
 * @property {Phrase[]} [note] A line under the words: a base, a state.
 * @property {number | null} [share] How long the bar is, in thousandths; `null`: no bar, since there is no base.
 * @property {number | null} [tick] Where the bar is compared, in thousandths.
 * @property {{step: number, share: number}[]} [parts] The bar in steps of a scale, the highest first.
 * @property {number} [count] Ballots.
 * @property {boolean} [leading]
 * @property {'now' | 'done' | 'out' | 'full' | 'some' | 'none'} [state]
 */

/**
 * @typedef {'bars' | 'ranks' | 'census' | 'parts' | 'numbers' | 'agenda' | 'options' | 'themes' | 'tables' | 'people' | 'quote'} Form
 * @typedef {{form: Form, title: Phrase[], rows: Row[], base: Phrase[], keys?: Phrase[][], heads?: Phrase[][]}} Group
 *   `keys`: the words of the steps of `parts`, or of the states of tables (`TILE_STATES`); `heads`: what figure and second figure are.
 * @typedef {{text?: string, words?: Phrase[], until?: number | null, from?: number | null, over?: Phrase[]}} Big What stands in
 *   the largest letters: a text with words beside it, or the time left until a moment of the server's clock.
 * @typedef {{voted: number, present: number, words: Phrase[]}} Votes
 * @typedef {{id: string, title: Phrase[], leads: Phrase[][], big: Big | null, votes: Votes | null, groups: Group[], foot: Phrase[][], apart?: Sheet[], seal?: boolean, named?: boolean, brief?: boolean}} Sheet
 *   `apart`: the same as several sheets, where it does not fit on one; `seal`: its foot is to be copied and not to be heard;
 *   `named`: its title is a name; `brief`: it is a word or two, and both languages may stand in a line.
 */

/** The states of a table, and of the keys that say what they mean. */
export const TILE_STATES = /** @type {const} */ (['full', 'some', 'none']);

/**
 * A sheet with what is given, and nothing else on it.
 * @param {Partial<Sheet>} with_
 * @returns {Sheet}
 */
export function sheet(with_) {
  return { id: '', title: [], leads: [], big: null, votes: null, groups: [], foot: [], ...with_ };
}
