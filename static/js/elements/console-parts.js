// Small parts that the console's elements share: wordings, times, buttons, fields for every language.

import { html, ifDefined, nothing } from '/static/vendor/lit.js';
import { clockParts, hallClock } from '../models/schedule.js';
import { wording } from '../models/words.js';
import { place, t } from '../pages/place.js';

/**
 * Words in the reader's language, marked with the one they are in.
 * @param {any} texts
 * @param {string} [otherwise] Where there are none.
 */
export function said(texts, otherwise = '–') {
  const { text, language } = wording(texts, place.lang);
  return html`<span lang=${language || place.lang}>${text || otherwise}</span>`;
}

/**
 * The same as plain text, for labels.
 * @param {any} texts
 * @param {string} [otherwise]
 */
export function plainly(texts, otherwise = '–') {
  return wording(texts, place.lang).text || otherwise;
}

/**
 * A time of day in the hall.
 * @param {number | null} minute After midnight.
 */
export function timeOfDay(minute) {
  const parts = clockParts(minute);
  return parts === null ? '' : t('date.clock', parts);
}

/**
 * The time of an instant, in the hall.
 * @param {number | null | undefined} ms
 * @param {string} zone
 */
export function timeAt(ms, zone) {
  return ms === null || ms === undefined ? '' : timeOfDay(hallClock(zone).minuteOf(ms));
}

const PART = '\u0001';

/**
 * What a clock says, the time in it drawn heavier, where the reader's language has it.
 * @param {string} key With the placeholder `{time}`.
 * @param {string} time
 */
export function timed(key, time) {
  const [before = '', after = ''] = t(key, { time: PART }).split(PART);
  return html`${before}<strong>${time}</strong>${after}`;
}

/**
 * A button that says what it does; `key` is the physical key of its shortcut.
 * @param {string} label
 * @param {() => void} press
 * @param {{kind?: string, key?: string, disabled?: boolean, pressed?: boolean, name?: string}} [more]
 */
export function button(label, press, { kind = '', key = '', disabled = false, pressed, name } = {}) {
  return html`<button type="button" class=${kind} ?disabled=${disabled} aria-pressed=${ifDefined(pressed === undefined ? undefined : String(pressed))}
    aria-label=${ifDefined(name)} aria-keyshortcuts=${ifDefined(key || undefined)} @click=${press}>${label}${key ? html` <kbd aria-hidden="true">${key}</kbd>` : nothing}</button>`;
}

/**
 * A field for every language of the meeting.
 * @param {string} name Of the fields, before the language; also of their ids.
 * @param {string} label
 * @param {string[]} languages
 * @param {{value?: Record<string, string> | null, long?: boolean, limit?: number}} [more]
 */
export function wordingFields(name, label, languages, { value = null, long = false, limit = 500 } = {}) {
  return html`<fieldset class="field wording"><legend>${label}</legend>${languages.map((language) => {
    const id = `${name}-${language}`;
    const words = value?.[language] ?? '';
    return html`<div><label for=${id}>${languageName(language)}</label>
      ${long ? html`<textarea id=${id} name=${id} lang=${language} rows="2" maxlength=${limit} .value=${words}></textarea>`
        : html`<input id=${id} name=${id} type="text" lang=${language} maxlength=${limit} autocomplete="off" .value=${words}>`}</div>`;
  })}</fieldset>`;
}

/**
 * What stands in the fields of a wording, without the empty ones.
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string[]} languages
 * @returns {Record<string, string>}
 */
export function readWording(form, name, languages) {
  const value = (/** @type {string} */ language) => fieldValue(form, `${name}-${language}`);
  return Object.fromEntries(languages.map((language) => [language, value(language)]).filter(([, text]) => text));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
export function fieldValue(form, name) {
  const field = /** @type {HTMLInputElement | null} */ (form.elements.namedItem(name));
  return field ? field.value.trim() : '';
}

/** @param {string} language */
export function languageName(language) {
  return new Intl.DisplayNames([place.lang], { type: 'language' }).of(language) ?? language;
}

/**
 * The state of a question, by which it is called (`question_state.`): what was never asked when the meeting ended will not be.
 * @param {import('../models/console_day.js').Question} question
 * @param {boolean} ended
 */
export function stateOf(question, ended) {
  if (question.closing && question.state === 'open') return 'closing';
  return ended && question.state === 'planned' ? 'not_asked' : question.state;
}

/**
 * Who did something, as the log names them.
 * @param {string} author `role:public id`.
 * @param {Record<string, string>} labels
 */
export function whoOf(author, labels) {
  const [role = '', id = ''] = author.split(':');
  if (author === place.me) return t('console.you');
  return [t(`role.${role}`), labels[id] ?? ''].filter(Boolean).join(' ');
}
