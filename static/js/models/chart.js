// The flip chart of a table as its typist sees it: what is on the server's disk, changed by what was given
// here and has no answer yet, and beside it what was refused. Pure.

/**
 * @typedef {{id: string, item: string, kind: string, text: string | null, language: string, revision: number,
 *   withdrawn: boolean, redacted: boolean, answers: {text: string | null, language: string}[],
 *   themes: {id: string, title: any}[]}} Idea
 * @typedef {Record<string, any>} Frame
 * @typedef {{name: string, frame: Frame, say: string, code: string}} Refused `name`: of its draft.
 * @typedef {{id: string, kind: string, text: string | null, language: string, revision: number, redacted: boolean,
 *   fate: 'saved' | 'waiting', going: boolean, answers: Idea['answers'], themes: Idea['themes'], refused: Refused[]}} Row
 * @typedef {{frame: Frame, fate: 'saved' | 'waiting'}} Given Given here, and not told by the server yet.
 * @typedef {{ideas: Map<string, Idea>, order: string[], given: Given[], refused: Refused[]}} Known
 */

/**
 * @param {Frame} frame Of `write_idea`.
 * @param {'saved' | 'waiting'} fate
 * @returns {Row}
 */
function written(frame, fate) {
  const { idea: id, kind, text, language } = /** @type {any} */ (frame);
  return { id, kind, text, language, revision: 1, redacted: false, fate, going: false, answers: [], themes: [], refused: [] };
}

/**
 * @param {Idea} idea
 * @returns {Row}
 */
function standing(idea) {
  const { id, kind, text, language, revision, redacted, answers, themes } = idea;
  return { id, kind, text, language, revision, redacted, fate: 'saved', going: false, answers, themes, refused: [] };
}

/**
 * The rows of an agenda item, in their order, and what was refused of ideas that are no row.
 * @param {Known} known
 * @param {string} item
 * @returns {{rows: Row[], orphans: Refused[]}}
 */
export function chartOf(known, item) {
  const told = known.order.map((id) => known.ideas.get(id)).filter((idea) => idea && !idea.withdrawn && idea.item === item);
  const rows = told.map((idea) => standing(/** @type {Idea} */ (idea)));
  for (const given of known.given) apply(rows, given, item, known);
  const orphans = known.refused.filter((refused) => !attach(rows, refused));
  return { rows, orphans };
}

/**
 * @param {Row[]} rows
 * @param {Given} given
 * @param {string} item
 * @param {Known} known
 */
function apply(rows, { frame, fate }, item, known) {
  if (frame['t'] === 'write_idea') {
    if (frame['item'] === item && !known.ideas.has(frame['idea'])) rows.push(written(frame, fate));
    return;
  }
  const at = rows.findIndex(({ id }) => id === frame['idea']);
  const row = rows[at];
  if (!row) return;
  if (frame['t'] === 'revise_idea' && row.revision <= frame['revision']) {
    Object.assign(row, { text: frame['text'], kind: frame['kind'], revision: frame['revision'] + 1, fate });
  }
  if (frame['t'] === 'withdraw_idea') Object.assign(row, { going: true, fate });
  if (frame['t'] === 'move_idea') {
    rows.splice(at, 1);
    const to = rows.findIndex(({ id }) => id === frame['before']);
    rows.splice(to < 0 ? rows.length : to, 0, { ...row, fate });
  }
}

/**
 * @param {Row[]} rows
 * @param {Refused} refused
 */
function attach(rows, refused) {
  const row = rows.find(({ id }) => id === refused.frame['idea']);
  row?.refused.push(refused);
  return row !== undefined;
}

/**
 * Which idea a row has to be put before to move by so many places; `null` is the end, `undefined` where it cannot.
 * @param {Row[]} rows
 * @param {string} id
 * @param {number} by
 * @returns {string | null | undefined}
 */
export function placeFor(rows, id, by) {
  const at = rows.findIndex((row) => row.id === id);
  const to = at + by;
  if (at < 0 || to < 0 || to >= rows.length || by === 0) return undefined;
  return rows[by < 0 ? to : to + 1]?.id ?? null;
}

/**
 * The agenda item whose ideas are on the chart: the one chosen, else the running one, else the last that took ideas.
 * @param {{items: {id: string, state: string, takes_ideas: boolean}[], running: string | null}} agenda
 * @param {string} chosen
 * @returns {string | null}
 */
export function itemOf(agenda, chosen) {
  const open = itemsOpen(agenda);
  if (open.includes(chosen)) return chosen;
  if (agenda.running && open.includes(agenda.running)) return agenda.running;
  return open[open.length - 1] ?? null;
}

/**
 * The items that take ideas and have begun.
 * @param {{items: {id: string, state: string, takes_ideas: boolean}[], running: string | null}} agenda
 */
export function itemsOpen(agenda) {
  return agenda.items.filter((item) => item.takes_ideas && (item.state === 'running' || item.state === 'done')).map((item) => item.id);
}

const THAI = /[\u0e00-\u0e7f]/;

/**
 * The language that words are written in, by their letters; the one that was used before where they do not tell.
 * @param {string} text
 * @param {string[]} languages Of the meeting.
 * @param {string} before
 */
export function languageOf(text, languages, before) {
  const letters = text.replace(/[^\p{L}]/gu, '');
  if (letters.length < 2) return before;
  const thai = THAI.test(letters);
  if (thai && languages.includes('th')) return 'th';
  if (!thai && before === 'th') return languages.find((language) => language !== 'th') ?? before;
  return before;
}

/**
 * How many characters a text has, as the server counts them.
 * @param {string} text
 */
export function lengthOf(text) {
  return [...text.trim()].length;
}
