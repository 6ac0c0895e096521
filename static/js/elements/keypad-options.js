// What can be pressed on a keypad: options, steps of a rating, a number; for a thumb. And an answer in words.

import { html, ifDefined, nothing } from '/static/vendor/lit.js';
import { isChosen } from '../models/ballot.js';
import { nameOf } from '../models/phrases.js';
import { wording } from '../models/words.js';
import { place, t } from '../pages/place.js';

/**
 * @typedef {import('../models/keypad.js').Sheet} Sheet
 * @typedef {import('../models/ballot.js').Choices} Choices
 * @typedef {{choices: Choices, fate: string, pressed: string, wrong: string,
 *   press: (option: string) => void, rate: (option: string, value: number) => void, number: (typed: string) => void}} Pad
 *   `pressed`: the option that was pressed last: its fate stands on it.
 */

/**
 * A wording in the reader's language; where that is missing, in the other, and marked.
 * @param {any} texts
 * @param {string} [instead]
 */
export function worded(texts, instead = '') {
  const { text, language } = wording(texts, place.lang);
  if (!text) return html`<span>${instead}</span>`;
  const mark = language && language !== place.lang ? html` <small class="only">(${t('air.only_in', { language: nameOf(language, place.lang) })})</small>` : nothing;
  return html`<span lang=${ifDefined(language || undefined)}>${text}</span>${mark}`;
}

/**
 * @param {Sheet} sheet
 * @param {Pad} pad
 */
export function optionsOf(sheet, pad) {
  if (sheet.kind === 'number') return numberForm(sheet, pad);
  if (sheet.kind === 'rating') return sheet.options.map((option) => rating(sheet, option, pad));
  return html`<div class="options" role="group" aria-labelledby="asked">${sheet.options.map((option) => {
    const chosen = isChosen(pad.choices, option.id);
    return html`<button type="button" class="option" aria-pressed=${String(chosen)} data-fate=${pad.pressed === option.id ? pad.fate : ''}
      @click=${() => pad.press(option.id)}><span class="tick" aria-hidden="true">${chosen ? '✓' : ''}</span><span class="text">${worded(option.text, t(`option.${option.id}`))}</span></button>`;
  })}</div>`;
}

/**
 * @param {Sheet} sheet
 * @param {import('../models/ballot.js').Option} option
 * @param {Pad} pad
 */
function rating(sheet, option, pad) {
  const now = /** @type {Record<string, number>} */ (pad.choices ?? {});
  return html`<fieldset class="rating"><legend>${worded(option.text, option.id)}</legend><div class="steps">${sheet.scale.map((step) => html`<button
    type="button" class="option step" aria-pressed=${String(now[option.id] === step.value)} data-fate=${pad.pressed === option.id && now[option.id] === step.value ? pad.fate : ''}
    @click=${() => pad.rate(option.id, step.value)}>${worded(step.text, String(step.value))}</button>`)}</div></fieldset>`;
}

/**
 * @param {Sheet} sheet
 * @param {Pad} pad
 */
function numberForm(sheet, pad) {
  const range = t('seat.number_range', { least: String(sheet.number_min), most: String(sheet.number_max) });
  const given = (/** @type {Event} */ event) => {
    event.preventDefault();
    pad.number(/** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.target).elements.namedItem('number')).value);
  };
  return html`<form class="number" novalidate @submit=${given}>
    <label for="number">${t('seat.number')} ${sheet.unit ? html`(${worded(sheet.unit)})` : nothing}</label>
    <p class="hint" id="number-range">${range}</p>
    <input id="number" name="number" type="text" inputmode=${sheet.number_min < 0 ? 'text' : 'numeric'} autocomplete="off" maxlength="20"
      aria-describedby="number-range" aria-invalid=${pad.wrong ? 'true' : 'false'} .value=${typeof pad.choices === 'number' ? String(pad.choices) : ''}>
    <button type="submit" class="primary">${t('ui.give_number')}</button>
  </form>`;
}

/**
 * An answer in words, part by part.
 * @param {Sheet} sheet
 * @param {Choices} choices
 * @returns {unknown[]}
 */
export function answerParts(sheet, choices) {
  if (choices === null || typeof choices === 'number') return [html`<strong>${choices}</strong>`];
  if (Array.isArray(choices) && choices.length === 0) return [html`<strong>${t('option.none')}</strong>`];
  const chosen = sheet.options.filter((option) => (Array.isArray(choices) ? choices.includes(option.id) : option.id in choices));
  return chosen.map((option) => {
    const step = Array.isArray(choices) ? undefined : sheet.scale.find((each) => each.value === choices[option.id]);
    return html`<strong>${worded(option.text, t(`option.${option.id}`))}</strong>${step ? html`: ${worded(step.text, String(step.value))}` : nothing}`;
  });
}

/**
 * The same as it is seen: a list where it is one of options.
 * @param {Sheet} sheet
 * @param {Choices} choices
 */
export function answerWords(sheet, choices) {
  const parts = answerParts(sheet, choices);
  const plain = typeof choices === 'number' || (Array.isArray(choices) && choices.length === 0);
  return plain ? parts[0] : html`<ul class="answer">${parts.map((part) => html`<li>${part}</li>`)}</ul>`;
}
