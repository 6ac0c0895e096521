// One idea on the flip chart: its words, what became of them, and what can be done with them.

import { html, live as same, nothing } from '/static/vendor/lit.js';
import { t } from '../pages/place.js';
import { whole, wording } from '../models/words.js';
import { lengthOf } from '../models/chart.js';

/**
 * @typedef {import('../models/chart.js').Row} Row
 * @typedef {import('../models/chart.js').Refused} Refused
 * @typedef {{lang: string, kept: boolean, edit: any, ended: boolean, first: boolean, last: boolean,
 *   act: (name: string, row: Row, more?: any) => void}} Around
 */

export const KINDS = ['agreement', 'individual', 'minority', 'quote', 'question', 'request'];
export const LETTERS_MAX = 500;

/**
 * @param {Row} row
 * @param {Around} around
 */
export function ideaRow(row, around) {
  return html`<li class="idea" data-kind=${row.kind} data-fate=${row.fate} data-idea=${row.id}
      draggable=${around.edit || around.ended ? 'false' : 'true'} ?data-going=${row.going}>
    ${around.edit && !around.ended ? editor(row, around) : shown(row, around)}
    ${around.edit && around.ended && around.edit.text !== row.text ? html`<p>${t('table.your_words')} <q lang=${row.language}>${around.edit.text}</q></p>` : nothing}
    ${row.refused.map((refused) => mine(row, refused, around))}
    ${row.themes.length > 0 ? heard(row, around) : nothing}
    ${row.answers.map((answer) => html`<p class="answer"><b>${t('table.answer')}</b> <span lang=${answer.language}>${answer.text ? whole(answer.text) : t('table.redacted')}</span></p>`)}
  </li>`;
}

/**
 * @param {Row} row
 * @param {Around} around
 */
function shown(row, around) {
  const words = row.redacted || row.text === null ? t('table.redacted') : whole(row.text);
  return html`<div class="idea-line">
    <p class="idea-words"><span class="idea-kind">${t(`idea_kind.${row.kind}`)}</span>
      <span class="idea-text" lang=${row.language}>${words}</span></p>
    <p class="mark" data-fate=${row.fate}>${row.going ? t('table.being_withdrawn') : t(row.fate === 'saved' ? 'fate.saved' : 'fate.not_yet_saved')}</p>
    ${around.ended ? nothing : acts(row, around)}
  </div>`;
}

/**
 * @param {Row} row
 * @param {Around} around
 */
function acts(row, around) {
  return html`<p class="idea-acts">
      ${act('up', row, around, '↑', around.first)}
      ${act('down', row, around, '↓', around.last)}
      ${row.redacted ? nothing : act('edit', row, around, t('table.edit'))}
      ${act('withdraw', row, around, t('table.withdraw'), row.going)}
    </p>`;
}

/**
 * @param {string} name
 * @param {Row} row
 * @param {Around} around
 * @param {string} label
 * @param {boolean} [off]
 */
function act(name, row, around, label, off = false) {
  const of = (row.text ?? '').slice(0, 60);
  return html`<button type="button" class="small" data-act=${name} aria-disabled=${String(off)} title=${t(`table.${name}`)}
    aria-label=${t(`table.${name}_of`, { idea: of })} @click=${() => off || around.act(name, row)}>${label}</button>`;
}

/**
 * @param {Row} row
 * @param {Around} around
 */
function editor(row, around) {
  const { edit } = around;
  const changed = edit.revision < row.revision;
  const change = (/** @type {any} */ more) => around.act('draft', row, { ...edit, ...more });
  const letters = lengthOf(edit.text);
  return html`<form class="idea-editor" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); around.act('save', row); }}>
    ${changed ? html`<p class="changed" role="alert">${t('table.changed_elsewhere')} <q lang=${row.language}>${row.text ?? ''}</q></p>` : nothing}
    <label for="edit-${row.id}">${t('table.edit_label')}</label>
    <textarea id="edit-${row.id}" rows="2" lang=${row.language} ?data-kept=${around.kept} .value=${same(edit.text)}
      @input=${(/** @type {any} */ event) => change({ text: event.target.value })}
      @keydown=${(/** @type {KeyboardEvent} */ event) => keys(event, () => around.act('save', row), () => around.act('cancel', row))}></textarea>
    <p class="editor-line">
      <label class="inline" for="kind-${row.id}">${t('table.kind')}</label> ${kindSelect(`kind-${row.id}`, edit.kind, (kind) => change({ kind }))}
      ${changed ? html`<button type="button" @click=${() => around.act('again', row, edit)}>${t('table.add_as_new')}</button>
      <button type="button" @click=${() => around.act('save_over', row)}>${t('table.save_mine')}</button>`
    : html`<button type="submit">${t('table.save')}</button>`}
      <button type="button" @click=${() => around.act('cancel', row)}>${t('table.cancel')}</button>
      ${lettersLeft(letters)}
    </p>
  </form>`;
}

/**
 * @param {KeyboardEvent} event
 * @param {() => void} enter
 * @param {() => void} escape
 */
export function keys(event, enter, escape) {
  if (event.isComposing) return;
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    enter();
  } else if (event.key === 'Escape') escape();
}

/**
 * @param {string} id
 * @param {string} kind
 * @param {(kind: string) => void} chosen
 */
export function kindSelect(id, kind, chosen) {
  return html`<select id=${id} .value=${same(kind)} @change=${(/** @type {any} */ event) => chosen(event.target.value)}>
    ${KINDS.map((each) => html`<option value=${each} ?selected=${each === kind}>${t(`idea_kind.${each}`)}</option>`)}</select>`;
}

/** @param {number} letters */
export function lettersLeft(letters) {
  if (letters <= LETTERS_MAX - 100) return nothing;
  const left = LETTERS_MAX - letters;
  return html`<span class="letters" data-over=${String(left < 0)}>${left >= 0 ? t('table.letters_left', { count: left }) : t('table.letters_over', { count: -left })}</span>`;
}

/**
 * Words of mine that were refused: they are still there, with what can be done.
 * @param {Row} row
 * @param {Refused} refused
 * @param {Around} around
 */
function mine(row, refused, around) {
  const text = refused.frame['text'];
  return html`<div class="refused"><p role="alert"><span class="mark" data-fate="refused">${t('fate.refused', { reason: refused.say })}</span></p>
    ${text === undefined ? nothing : html`<p>${t('table.your_words')} <q lang=${row.language}>${text}</q></p>`}
    <p class="buttons">
      ${text === undefined || around.ended ? nothing : html`<button type="button" class="small" @click=${() => around.act('reopen', row, refused)}>${t('table.edit_again')}</button>
      <button type="button" class="small" @click=${() => around.act('again_refused', row, refused)}>${t('table.add_as_new')}</button>`}
      <button type="button" class="small" @click=${() => around.act('drop', row, refused)}>${t('table.drop')}</button>
    </p></div>`;
}

/**
 * @param {Row} row
 * @param {Around} around
 */
function heard(row, around) {
  const titles = row.themes.map((theme) => wording(theme.title, around.lang));
  return html`<p class="heard">${t('table.heard_under')} ${titles.map(({ text, language }, at) => html`${at ? ', ' : ''}<span lang=${language}>${text}</span>`)}</p>`;
}
