// Texts by id in the reader's language, and wordings that come as a map by language; both with the words joined that no
// line may cut. Pure but for that list, which a page gives once.

/**
 * @typedef {Record<string, string>} Catalogue
 * @typedef {(key: string, params?: Record<string, string | number>) => string} Say
 */

const JOINER = '\u2060';

/** @type {Map<string, string>} */
let kept = new Map();
let any = /(?!)/g;

/**
 * From now on no line ends within these words (app/i18n.py, whole).
 * @param {string[]} joined With a joiner at each place where a browser would cut; the longest first.
 */
export function keepWhole(joined) {
  kept = new Map(joined.filter((word) => word.includes(JOINER)).map((word) => [plainOf(word), word]));
  any = kept.size === 0 ? /(?!)/g : new RegExp([...kept.keys()].map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
}

/**
 * A text as a page has it. Never for what goes to the server, into a file or into a field.
 * @param {string} text
 */
export function whole(text) {
  return text.replace(any, (word) => kept.get(word) ?? word);
}

/**
 * A text without joiners: to look for what somebody typed, to be copied, to be heard.
 * @param {string} text
 */
export function plainOf(text) {
  return text.replaceAll(JOINER, '');
}

/**
 * A function that gives the text of an id, filled; the id itself where there is none.
 * @param {Catalogue} texts
 * @param {string} language
 * @returns {Say}
 */
export function sayer(texts, language) {
  const forms = new Intl.PluralRules(language);
  return (key, params = {}) => {
    const form = typeof params['count'] === 'number' ? forms.select(params['count']) : 'other';
    const text = texts[key] ?? texts[`${key}#${form}`] ?? texts[`${key}#other`] ?? key;
    return whole(text.replace(/\{([a-z_]+)\}/g, (_, name) => {
      const value = params[name];
      return typeof value === 'number' ? value.toLocaleString('en') : String(value ?? '');
    }));
  };
}

/**
 * A wording in the language, else in the first that it has.
 * @param {any} texts
 * @param {string} language
 * @returns {{text: string, language: string}}
 */
export function wording(texts, language) {
  if (typeof texts === 'string') return { text: texts, language: '' };
  if (!texts || typeof texts !== 'object') return { text: '', language };
  const used = language in texts ? language : (Object.keys(texts)[0] ?? language);
  return { text: whole(String(texts[used] ?? '')), language: used };
}

/**
 * Whether this is a wording: a map from language tags to texts.
 * @param {any} value
 */
export function isWording(value) {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length > 0 && entries.every(([key, text]) => /^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(key) && typeof text === 'string');
}

/**
 * A share in tenths of a percent as it is drawn on the screen: whole percent, halves up.
 * @param {number | null | undefined} tenths
 */
export function percent(tenths) {
  return tenths === null || tenths === undefined ? '–' : `${Math.floor((tenths + 5) / 10)}%`;
}

/**
 * Minutes and seconds that are left.
 * @param {number} ms
 */
export function leftOver(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * A time that has passed, in words: seconds, then whole minutes, then hours.
 * @param {number} ms
 * @param {Say} say
 */
export function howLong(ms, say) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return say('count.seconds_short', { count: seconds });
  if (minutes < 60) return say('count.minutes_short', { count: minutes });
  return say('count.hours_short', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
