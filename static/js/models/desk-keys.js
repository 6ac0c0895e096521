// Which key of the theme desk means what: by its place on the keyboard, so that a Thai layout types the same. Pure.

/**
 * @typedef {{code: string, shiftKey: boolean, ctrlKey: boolean, altKey: boolean, metaKey: boolean, repeat: boolean}} Press
 * @typedef {{act: 'file', number: number, stay: boolean}
 *   | {act: 'next' | 'previous' | 'move' | 'new' | 'undo' | 'minority' | 'tidy' | 'acts' | 'search' | 'keys'}} Meaning
 */

const MEANS = /** @type {const} */ ({
  KeyJ: 'next', KeyK: 'previous', KeyF: 'move', KeyN: 'new', KeyU: 'undo', KeyM: 'minority', KeyT: 'tidy', KeyH: 'acts', Slash: 'search',
});

/**
 * @param {Press} press
 * @returns {Meaning | null}
 */
export function meaningOf({ code, shiftKey, ctrlKey, altKey, metaKey, repeat }) {
  if (ctrlKey || altKey || metaKey) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1];
  if (digit) return repeat ? null : { act: 'file', number: Number(digit), stay: shiftKey };
  if (code === 'Slash' && shiftKey) return { act: 'keys' };
  const act = MEANS[/** @type {keyof typeof MEANS} */ (code)];
  if (act === undefined || shiftKey || (repeat && act !== 'next' && act !== 'previous')) return null;
  return { act };
}
