// What the recount found, as sentences of the catalogues; and a head as it is shown and said aloud.
import { unhex } from './sha256.js';

/** @typedef {import('./wrong.js').Difference} Difference */
/** Texts by language and id, and the 256 words of each language. @typedef {{texts: Record<string, Record<string, string>>, words: Record<string, string[]>}} Told */

/** A head as eight digits, and as two words in each language. @param {Told} told @param {string} head @returns {{code: string, words: Record<string, string>}} */
export const shortOf = (told, head) => {
  const bytes = unhex(head) ?? new Uint8Array();
  const pairs = Object.entries(told.words).map(([language, words]) => [language, [4, 5].map((at) => words[bytes[at] ?? 0]).join('-')]);
  return { code: head.slice(0, 8), words: Object.fromEntries(pairs) };
};

/** Speaks a language. @param {Told} told @param {string} language */
export const sentencesOf = ({ texts }, language) => {
  const known = texts[language] ?? {};
  const number = (/** @type {number} */ n) => n.toLocaleString(language === 'th' ? 'th-TH-u-nu-latn' : 'en');
  const t = (/** @type {string} */ id, /** @type {Record<string, unknown>} */ params = {}) =>
    (known[id] ?? id).replace(/\{([a-z_]+)\}/gu, (_whole, name) => {
      const value = params[name];
      return typeof value === 'number' ? number(value) : String(value);
    });
  /** Where something is: a file, an event, a figure, a round. @param {string} where */
  const placeOf = (where) => {
    const [file = '', rest = ''] = where.split(', ');
    const [word = '', which = ''] = rest.split(' ');
    if (word === 'event') return t('recount.at_event', { file, event: Number(which) });
    if (word === 'line') return t('recount.at_line', { file, line: Number(which) });
    if (file === 'figures.json' && rest) return t('recount.at_figure', { file, figure: rest });
    const round = /^question\/(.+)\/round\/(\d+)$/u.exec(where);
    if (round) return t('recount.at_round', { question: round[1], round: Number(round[2]) });
    return where === 'the export' ? t('recount.at_export') : where;
  };
  const difference = (/** @type {Difference} */ { code, params }) => t(`recount.wrong.${code}`, params);
  return { t, number, placeOf, difference };
};
