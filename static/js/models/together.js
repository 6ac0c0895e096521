// What stays on one line: words of the house, a figure with its word, a day of a month. Browsers part Thai
// between the words of a dictionary, which are often parts of longer ones. app/report/words.py says the same. Pure.

/** @param {string[]} list */
function anyOf(list) {
  const words = list.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return words.sort((one, other) => other.length - one.length || (one < other ? -1 : 1)).join('|');
}

/**
 * A pattern of what stays on one line.
 * @param {string[]} whole Words that are not broken, as the texts have them: on a page with joiners (words.js).
 * @param {string[]} counted Words that stay with the figure before them.
 */
export function together(whole, counted) {
  const figure = '[+−±]?[0-9๐-๙][0-9๐-๙.,]*';
  return new RegExp(`(?:${anyOf(whole)}) ${figure}(?: (?:${anyOf(counted)}))?|${figure} (?:${anyOf(counted)})|${anyOf(whole)}`, 'g');
}

/**
 * A text in pieces; every second one, from the second on, stays on one line.
 * @param {string} text
 * @param {RegExp} pattern
 */
export function pieces(text, pattern) {
  /** @type {string[]} */
  const made = [];
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    made.push(text.slice(at, found.index), found[0]);
    at = found.index + found[0].length;
  }
  return [...made, text.slice(at)];
}
