// Wordings of a meeting in all its languages, set as equals; a language that is missing is said.

import { html, nothing } from '/static/vendor/lit.js';
import { wording } from '../models/words.js';
import { place, t } from '../pages/place.js';

const names = new Intl.DisplayNames([place.lang], { type: 'language' });

/**
 * What a language is called in the reader's language.
 * @param {string} tag
 */
export function languageName(tag) {
  return names.of(tag) ?? tag;
}

/** The meeting's languages, the reader's first. */
export function languages() {
  return [...place.languages].sort((a, b) => Number(b === place.lang) - Number(a === place.lang));
}

/**
 * Which of the meeting's languages a wording lacks.
 * @param {Record<string, string> | null | undefined} texts
 */
export function missing(texts) {
  return place.languages.filter((tag) => !texts?.[tag]);
}

/**
 * A wording in every language of the meeting, each marked as such.
 * @param {Record<string, string> | null | undefined} texts
 */
export function both(texts) {
  return languages().map((tag) => (texts?.[tag]
    ? html`<span class="wording" lang=${tag}>${texts[tag]}</span>`
    : html`<span class="wording lacks">${t('themes.missing', { language: languageName(tag) })}</span>`));
}

/**
 * A wording in the reader's language, else in one that it has.
 * @param {Record<string, string> | null | undefined} texts
 * @param {string} [without] What is said where there are no words any more.
 */
export function said(texts, without = t('themes.no_words')) {
  const { text, language } = wording(texts, place.lang);
  return text ? html`<span lang=${language || nothing}>${text}</span>` : html`<span class="quiet">${without}</span>`;
}

const PART = '\u0001';

/**
 * A sentence with a wording in it, which keeps its own language.
 * @param {string} key With the placeholder `{theme}`.
 * @param {Record<string, string | number>} params
 * @param {unknown} theme What stands in its place.
 */
export function around(key, params, theme) {
  const [before = '', ...after] = t(key, { ...params, theme: PART }).split(PART);
  return html`${before}${after.map((rest) => html`${theme}${rest}`)}`;
}

/**
 * The same as a string, for a label.
 * @param {Record<string, string> | null | undefined} texts
 */
export function saidPlain(texts) {
  return wording(texts, place.lang).text || t('themes.no_words');
}

/**
 * A field for each language, side by side.
 * @param {string} id
 * @param {Record<string, string>} values
 * @param {{limit?: number, first?: boolean}} [how] `first`: the first field is where typing begins.
 */
export function wordingFields(id, values, { limit = 300, first = false } = {}) {
  return html`<div class="sides">${languages().map((tag, at) => html`
    <div class="field"><label for="${id}-${tag}">${languageName(tag)}</label>
    <input id="${id}-${tag}" type="text" lang=${tag} data-language=${tag} maxlength=${limit} autocomplete="off"
      ?autofocus=${first && at === 0} .value=${values[tag] ?? ''}></div>`)}</div>`;
}

/**
 * What stands in the fields, without the languages that were left empty.
 * @param {ParentNode} form
 * @param {string} id
 * @returns {Record<string, string>}
 */
export function readWordings(form, id) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(`input[id^="${id}-"][data-language]`));
  const filled = [...inputs].filter((input) => input.value.trim() !== '');
  return Object.fromEntries(filled.map((input) => [input.dataset['language'] ?? '', input.value.trim()]));
}
