// The options of an open question as the buttons of a pad: big, numbered, and empty at the beginning of each turn.

import { html, nothing } from '/static/vendor/lit.js';
import { isChosen } from '../models/ballot.js';
import { wording } from '../models/words.js';
import { place, t } from '../pages/place.js';

/**
 * @typedef {import('../models/pads.js').Sheet} Sheet
 * @typedef {import('../models/ballot.js').Choices} Choices
 * @typedef {{option: (id: string) => void, rate: (id: string, value: number) => void, number: (text: string) => void}} Pressed
 */

/**
 * @param {Sheet} sheet
 * @param {Choices} choices
 * @param {string} typed What stands in the field of a number.
 * @param {Pressed} pressed
 */
export function padOptions(sheet, choices, typed, pressed) {
  if (sheet.kind === 'number') return numberField(sheet, typed, pressed);
  if (sheet.kind === 'rating') return sheet.options.map((option) => rating(sheet, option, choices, pressed));
  return html`<div class="pad-options" role="group">${sheet.options.map((option, at) => {
    const { text, language } = named(option);
    const chosen = isChosen(choices, option.id);
    return html`<button type="button" class="pad-option" aria-pressed=${String(chosen)} lang=${language} @click=${() => pressed.option(option.id)}>
      <kbd aria-hidden="true">${digit(at)}</kbd><span class="tick" aria-hidden="true">${chosen ? '✓' : ''}</span><span>${text}</span></button>`;
  })}</div>`;
}

/** @param {import('../models/ballot.js').Option} option */
function named(option) {
  const { text, language } = wording(option.text, place.lang);
  return text ? { text, language } : { text: t(`option.${option.id}`), language: place.lang };
}

/** @param {number} at */
function digit(at) {
  return at < 9 ? String(at + 1) : at === 9 ? '0' : '';
}

/**
 * @param {Sheet} sheet
 * @param {import('../models/ballot.js').Option} option
 * @param {Choices} choices
 * @param {Pressed} pressed
 */
function rating(sheet, option, choices, pressed) {
  const now = /** @type {Record<string, number>} */ (choices ?? {});
  const { text, language } = named(option);
  return html`<fieldset class="pad-rating"><legend lang=${language}>${text}</legend><div class="pad-steps">
    ${sheet.scale.map((step) => {
    const said = wording(step.text, place.lang);
    return html`<button type="button" class="pad-option step" aria-pressed=${String(now[option.id] === step.value)}
        lang=${said.language} @click=${() => pressed.rate(option.id, step.value)}>${said.text || step.value}</button>`;
  })}</div></fieldset>`;
}

/**
 * @param {Sheet} sheet
 * @param {string} typed
 * @param {Pressed} pressed
 */
function numberField(sheet, typed, pressed) {
  const unit = wording(sheet.unit, place.lang);
  const range = t('table.number_range', { least: String(sheet.number_min), most: String(sheet.number_max) });
  return html`<div class="pad-number"><label for="pad-number">${t('table.number')} ${unit.text ? html`<span lang=${unit.language}>(${unit.text})</span>` : nothing}</label>
    <p class="hint" id="pad-number-hint">${range}</p>
    <input id="pad-number" type="number" inputmode="numeric" step="1" min=${sheet.number_min} max=${sheet.number_max} aria-describedby="pad-number-hint"
      autocomplete="off" .value=${typed} @input=${(/** @type {any} */ event) => pressed.number(event.target.value)}></div>`;
}

/**
 * The option that a key stands for.
 * @param {Sheet} sheet
 * @param {string} code Of the physical key.
 * @returns {string | undefined}
 */
export function optionOf(sheet, code) {
  const match = /^(?:Digit|Numpad)([0-9])$/.exec(code);
  if (!match || sheet.kind === 'number' || sheet.kind === 'rating') return undefined;
  return sheet.options[(Number(match[1]) + 9) % 10]?.id;
}
