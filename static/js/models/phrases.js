// What is said in one language or several at once: each phrase knows its language. Pure.

import { plainOf, whole } from './words.js';

/**
 * @typedef {import('./words.js').Say} Say
 * @typedef {{text: string, language: string, marks?: {text: string, language: string}[]}} Phrase `language` is empty for
 *   figures; `marks` say, each in a language that a wording lacks, in which it is.
 * @typedef {{languages: string[], say: (language: string) => Say, exact?: boolean}} Voice The languages that are spoken, in their
 *   order, how the catalogues say a text in each, and whether shares have a decimal, as in the report.
 */

/**
 * Something that is the same in every language: a figure, a time that is left.
 * @param {string} text
 * @returns {Phrase[]}
 */
export function plain(text) {
  return text ? [{ text, language: '' }] : [];
}

/**
 * A text of the catalogues in every language that is spoken; the same words are said once.
 * @param {Voice} voice
 * @param {string} key
 * @param {Record<string, string | number> | ((say: Say, language: string) => Record<string, string | number>)} [params]
 * @returns {Phrase[]}
 */
export function said(voice, key, params = {}) {
  return once(voice.languages.map((language) => {
    const say = voice.say(language);
    return { text: say(key, typeof params === 'function' ? params(say, language) : params), language };
  }));
}

/**
 * A wording in every language that is spoken. Where one is missing the words that there are carry a mark;
 * words that were taken out of the record are said to be so.
 * @param {Voice} voice
 * @param {any} texts A map by language.
 * @param {string} [instead] The catalogue's words where there is no wording.
 * @returns {Phrase[]}
 */
export function worded(voice, texts, instead = 'air.removed') {
  const known = Object.entries(texts ?? {}).filter(([, text]) => text);
  if (known.length === 0) return said(voice, instead);
  const spoken = voice.languages.filter((language) => texts[language]);
  const used = spoken.length > 0 ? spoken : [known[0]?.[0] ?? ''];
  const missing = voice.languages.filter((language) => !texts[language]);
  const phrases = once(used.map((language) => ({ text: whole(String(texts[language])), language })));
  const marks = missing.map((language) => ({ text: onlyIn(voice, language, used), language }));
  return marks.length > 0 && phrases[0] ? [{ ...phrases[0], marks }, ...phrases.slice(1)] : phrases;
}

/**
 * @param {Voice} voice
 * @param {string} language The one that is missing.
 * @param {string[]} used
 */
function onlyIn(voice, language, used) {
  return voice.say(language)('air.only_in', { language: used.map((each) => nameOf(each, language)).join(', ') });
}

/**
 * What a language is called in another: "Thai", "ไทย".
 * @param {string} named
 * @param {string} language
 */
export function nameOf(named, language) {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(named) ?? named;
  } catch {
    return named;
  }
}

/**
 * @param {Phrase[]} phrases
 * @returns {Phrase[]}
 */
function once(phrases) {
  return phrases.filter((each, at) => each.text && phrases.findIndex((other) => other.text === each.text) === at);
}

/**
 * Words that were written by hand, in the one language that they have.
 * @param {{text: string, language: string}} written
 * @returns {Phrase[]}
 */
export function quoted({ text, language }) {
  return [{ text: whole(text), language }];
}

/**
 * Several phrases as one line, language by language: "of 387 who answered · Choose up to 3".
 * @param {Phrase[][]} parts
 * @returns {Phrase[]}
 */
export function joined(parts) {
  /** @type {Map<string, string[]>} */
  const lines = new Map();
  for (const { text, language } of parts.flat()) lines.set(language, [...(lines.get(language) ?? []), text]);
  return [...lines].map(([language, texts]) => ({ text: texts.join(' · '), language }));
}

/**
 * The phrases as one text, for a name or a measure.
 * @param {Phrase[]} phrases
 */
export function textOf(phrases) {
  return plainOf(phrases.map(({ text, marks = [] }) => [text, ...marks.map((mark) => mark.text)].join(' ')).join(' · '));
}
