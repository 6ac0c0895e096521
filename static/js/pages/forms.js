// The forms of a page: lists kept current, a command read out of the fields, its fate beside the button.

import { readChoices, readCopies, readCounts, readDigits, readOptions, readScale, withoutEmpty } from '../models/fields.js';
import { newId } from '../models/ids.js';
import { listed, ownPad, sheetOf } from '../models/sources.js';
import { wording } from '../models/words.js';
import { h } from './dom.js';
import { fateWords } from './fate.js';
import { place, t } from './place.js';

/** @typedef {import('../live/socket.js').Live} Live */

const newOption = () => newId('opt');

/**
 * @param {Element} field
 * @param {string} selector
 */
function control(field, selector) {
  return /** @type {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | null} */ (field.querySelector(selector));
}

/** @param {Element} field */
function picked(field) {
  const select = /** @type {HTMLSelectElement | null} */ (field.querySelector('select'));
  return select ? [...select.selectedOptions].map((option) => option.value).filter(Boolean) : [];
}

/**
 * @param {Element} form
 * @param {string} name
 * @returns {string}
 */
function valueOf(form, name) {
  return control(form, `[data-name="${name}"] :is(select, input)`)?.value ?? '';
}

/**
 * What a field says; null where it is left empty.
 * @param {HTMLElement} field
 * @param {Element} form
 * @param {Live} live
 * @returns {any}
 */
function read(field, form, live) {
  const data = field.dataset;
  const value = control(field, 'select, input, textarea')?.value.trim() ?? '';
  switch (data['kind']) {
    case 'made':
      return newId(data['source'] ?? 'cmd');
    case 'number':
      return value === '' ? null : Number.parseInt(value, 10);
    case 'flag':
      return /** @type {HTMLInputElement} */ (field.querySelector('input')).checked;
    case 'wording':
      return readWording(field);
    case 'ids':
    case 'several':
    case 'languages':
      return picked(field).length > 0 || data['required'] === 'yes' ? picked(field) : null;
    case 'round':
      return sheetOf(live.channels, valueOf(form, 'question'))?.round ?? 1;
    case 'revision':
      return live.channels.get(`idea/${valueOf(form, 'idea')}`)?.revision ?? 1;
    case 'options':
      return value ? readOptions(value, place.languages, newOption) : null;
    case 'scale':
      return value ? readScale(value, place.languages) : null;
    case 'copies':
      return readCopies(picked(field), newOption);
    case 'digits':
      return readDigits(value);
    case 'counts':
      return readCounts(value, (sheetOf(live.channels, valueOf(form, 'question'))?.options ?? []).map((/** @type {{id: string}} */ option) => option.id));
    case 'choices': {
      const kind = sheetOf(live.channels, valueOf(form, 'question'))?.kind ?? '';
      return readChoices(kind, picked(field), control(field, 'input')?.value ?? '');
    }
    case 'group':
      return readGroup(field, form, live);
    default:
      return value || null;
  }
}

/** @param {Element} field */
function readWording(field) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (field.querySelectorAll('[data-language]'));
  const said = [...inputs].filter((input) => input.value.trim()).map((input) => [input.dataset['language'] ?? '', input.value.trim()]);
  return said.length > 0 ? Object.fromEntries(said) : null;
}

/**
 * @param {HTMLElement} group
 * @param {Element} form
 * @param {Live} live
 */
function readGroup(group, form, live) {
  const details = group.closest('details.optional');
  if (details && !(/** @type {HTMLDetailsElement} */ (details).open)) return null;
  const parts = [...group.querySelectorAll(':scope > .field')].map((part) => /** @type {HTMLElement} */ (part));
  return withoutEmpty(Object.fromEntries(parts.map((part) => [part.dataset['name'], read(part, form, live)])));
}

/**
 * The command that a form gives.
 * @param {HTMLFormElement} form
 * @param {Live} live
 */
function commandOf(form, live) {
  const top = [...form.querySelectorAll('.field')].filter((field) => !field.parentElement?.closest('.field'));
  const said = top.map((field) => /** @type {HTMLElement} */ (field)).map((field) => [field.dataset['name'], read(field, form, live)]);
  return { t: form.dataset['command'] ?? '', ...withoutEmpty(Object.fromEntries(said)) };
}

/**
 * Let the forms of a page give commands.
 * @param {Live} live
 */
export function startForms(live) {
  /** @type {Map<string, {fate: HTMLElement, form: HTMLFormElement}>} */
  const onTheWay = new Map();
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('form[data-command]'))) {
    const fate = /** @type {HTMLElement} */ (form.querySelector('.fate'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const sent = live.give(commandOf(form, live));
      onTheWay.set(sent.id, { fate, form });
      fate.dataset['fate'] = 'waiting';
      fate.textContent = t('fate.not_yet_saved');
    });
    form.addEventListener('change', () => {
      fillChoices(form, live);
      fillPad(form, live);
    });
  }
  live.addEventListener('fate', (event) => {
    const sent = /** @type {CustomEvent<import('../live/outbox.js').Sent>} */ (event).detail;
    const place_ = onTheWay.get(sent.id);
    if (!place_) return;
    onTheWay.delete(sent.id);
    place_.fate.dataset['fate'] = sent.fate;
    place_.fate.textContent = fateWords(sent);
    if (sent.fate === 'saved') {
      clearTexts(place_.form);
      fillPad(place_.form, live);
    }
  });
}

/** @param {HTMLFormElement} form */
function clearTexts(form) {
  for (const text of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll('textarea, input[type="text"]:not([list])'))) {
    text.value = '';
  }
}

/**
 * Keep the lists of all forms current, and what was chosen in them.
 * @param {Live} live
 */
export function fillLists(live) {
  for (const field of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.field[data-source]'))) {
    const kind = field.dataset['kind'];
    if (kind === 'made') continue;
    const named = (field.dataset['source'] ?? '').split(' ').flatMap((source) => listed(source, live.channels, live.scope, place.lang));
    const list = field.querySelector('datalist') ?? field.querySelector('select');
    if (!list) continue;
    if (field.dataset['source'] === 'seat' && list instanceof HTMLSelectElement) fillList(list, named, t('ui.choose'));
    else fillList(list, named, kind === 'id' && field.dataset['required'] !== 'yes' ? t('ui.none') : null);
    if (field.dataset['source'] === 'idea_item') presetRunning(/** @type {HTMLSelectElement} */ (list), live);
  }
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('form[data-command]'))) fillChoices(form, live);
}

/**
 * @param {Element} list
 * @param {Array<[string, string]>} named
 * @param {string | null} empty The words of the choice of nothing, where there is one.
 */
function fillList(list, named, empty) {
  const all = empty === null ? named : [/** @type {[string, string]} */ (['', empty]), ...named];
  const print = JSON.stringify(all);
  const element = /** @type {HTMLElement} */ (list);
  if (element.dataset['print'] === print) return;
  element.dataset['print'] = print;
  const chosen = list instanceof HTMLSelectElement ? [...list.selectedOptions].map((option) => option.value) : [];
  list.replaceChildren(...all.map(([value, label]) => h('option', { value }, label)));
  if (list instanceof HTMLSelectElement && chosen.length > 0) {
    for (const option of list.options) option.selected = chosen.includes(option.value);
  }
}

/**
 * The options of the question that a ballot's form names.
 * @param {HTMLFormElement} form
 * @param {Live} live
 */
function fillChoices(form, live) {
  const list = form.querySelector('[data-kind="choices"] select');
  if (!list) return;
  const sheet = sheetOf(live.channels, valueOf(form, 'question'));
  const named = (sheet?.options ?? []).map((/** @type {any} */ option) => [option.id, wording(option.text, place.lang).text || option.id]);
  fillList(list, named, null);
}

/**
 * The item that runs is the one that ideas are about, until somebody chooses another.
 * @param {HTMLSelectElement} list
 * @param {Live} live
 */
function presetRunning(list, live) {
  const running = live.channels.get('agenda')?.running ?? '';
  if (list.dataset['running'] === running) return;
  list.dataset['running'] = running;
  if ([...list.options].some((option) => option.value === running)) list.value = running;
}

/**
 * The keypad of a pad on this laptop says itself.
 * @param {HTMLFormElement} form
 * @param {Live} live
 */
function fillPad(form, live) {
  const keypad = /** @type {HTMLInputElement | null} */ (form.querySelector('[data-name="keypad"] input'));
  if (!keypad || !form.querySelector('[data-name="channel"]')) return;
  const own = ownPad(valueOf(form, 'channel'), valueOf(form, 'seat'), live.scope);
  if (own !== null) keypad.value = own;
  else if (keypad.dataset['own'] === keypad.value) keypad.value = '';
  keypad.dataset['own'] = own ?? '';
}
