// Small parts of the organiser's page: fields of the plan's form, and the problems of a plan.

import { html, nothing } from '/static/vendor/lit.js';
import { numberOf, put, sayIn, wordsIn } from '../models/plan_form.js';
import { t } from '../pages/place.js';
import { button, languageName } from './console-parts.js';

/**
 * @typedef {import('../models/plan_form.js').Data} Data
 * @typedef {{source: string, line: number, column: number, field: string, code: string, say: string}} Problem
 */

/** @param {Event} event */
export function typed(event) {
  return /** @type {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} */ (event.target).value;
}

/**
 * A field for each language of the plan.
 * @param {string} id
 * @param {string} label
 * @param {Data} holder
 * @param {string} name
 * @param {string[]} languages
 * @param {number} [limit]
 */
export function words(id, label, holder, name, languages, limit = 200) {
  return html`<fieldset class="field wording"><legend>${label}</legend>${languages.map((language) => html`<div><label for="${id}-${language}">${languageName(language)}</label>
    <input id="${id}-${language}" type="text" lang=${language} maxlength=${limit} autocomplete="off" .value=${wordsIn(holder[name], language)} @input=${(/** @type {Event} */ event) => sayIn(holder, name, language, typed(event))}></div>`)}</fieldset>`;
}

/**
 * A field for a text without language, or for a number.
 * @param {string} id
 * @param {string} label
 * @param {Data} holder
 * @param {string} name
 * @param {{number?: boolean, hint?: string, otherwise?: string}} [more] `otherwise`: what holds where nothing is said.
 */
export function line(id, label, holder, name, { number = false, hint = '', otherwise = '' } = {}) {
  const value = holder[name] === undefined || holder[name] === null ? '' : String(holder[name]);
  return html`<div class="field"><label for=${id}>${label}</label>
    <input id=${id} type="text" inputmode=${number ? 'numeric' : 'text'} autocomplete="off" placeholder=${otherwise} aria-describedby=${hint ? `${id}-hint` : nothing} .value=${value} @input=${(/** @type {Event} */ event) => put(holder, name, number ? numberOf(typed(event)) : typed(event).trim())}>
    ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}</div>`;
}

/**
 * @param {string} id
 * @param {string} label
 * @param {[string, unknown][]} named Value and words.
 * @param {string} value
 * @param {(value: string) => void} then
 */
export function choice(id, label, named, value, then) {
  return html`<div class="field"><label for=${id}>${label}</label><select id=${id} @change=${(/** @type {Event} */ event) => then(typed(event))}>${named.map(([each, said]) => html`<option value=${each} ?selected=${each === value}>${said}</option>`)}</select></div>`;
}

/**
 * @param {string} id
 * @param {string} label
 * @param {Data} holder
 * @param {string} name
 */
export function flag(id, label, holder, name) {
  return html`<div class="field flag"><input id=${id} type="checkbox" .checked=${holder[name] === true} @change=${(/** @type {Event} */ event) => put(holder, name, /** @type {HTMLInputElement} */ (event.target).checked)}><label for=${id}>${label}</label></div>`;
}

/**
 * Up, down and out, for a thing of a list.
 * @param {string} name What it is, for those who cannot see beside what the buttons stand.
 * @param {{first: boolean, last: boolean, move: (by: number) => void, remove: () => void}} acts
 */
export function placing(name, { first, last, move, remove }) {
  return html`<p class="buttons placing">${button('↑', () => move(-1), { disabled: first, name: t('organiser.up', { name }) })}${button('↓', () => move(1), { disabled: last, name: t('organiser.down', { name }) })}${button(t('organiser.remove'), remove, { name: t('organiser.remove_named', { name }) })}</p>`;
}

/**
 * What is wrong with a plan, each with the way to its line.
 * @param {string} say
 * @param {Problem[]} problems
 * @param {(problem: Problem) => void} show
 */
export function problemList(say, problems, show) {
  return html`<div class="problems" role="alert"><p class="fate" data-fate="refused">${say}</p>
    <ul>${problems.map((problem) => html`<li><span translate="no">${problem.say}</span>${problem.source === 'plan' ? html` ${button(t('organiser.show_line', { line: problem.line }), () => show(problem), { kind: 'small' })}` : nothing}</li>`)}</ul></div>`;
}

/**
 * A file to choose: the browser's own field, unseen since its words are in the browser's language and not in the
 * page's, over its label, which looks like a button.
 * @param {string} id
 * @param {string} label
 * @param {string} accept
 * @param {(event: Event) => void} chosen
 */
export function fileField(id, label, accept, chosen) {
  return html`<span class="file"><input id=${id} type="file" accept=${accept} @change=${chosen}><label for=${id} class="button">${label}</label></span>`;
}
