// The live state of a page's channels, readable: every entry by its name, wordings in the reader's language.

import { isWording, wording } from '../models/words.js';
import { h } from './dom.js';
import { place, t } from './place.js';

const TIMES = /_at_ms$/;

/**
 * A value as elements: lists as lists, wordings as words, times as times of day.
 * @param {any} value
 * @param {string} key
 * @returns {Node}
 */
export function shown(value, key = '') {
  if (value === null || value === undefined || value === '') return document.createTextNode('–');
  if (typeof value === 'boolean') return document.createTextNode(t(value ? 'ui.yes' : 'ui.no'));
  if (typeof value === 'number') return document.createTextNode(TIMES.test(key) ? clock(value) : String(value));
  if (typeof value === 'string') return document.createTextNode(value);
  if (isWording(value)) {
    const { text, language } = wording(value, place.lang);
    return h('span', { lang: language }, text);
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return document.createTextNode('–');
    return h('ul', {}, ...value.map((each) => h('li', {}, shown(each))));
  }
  const rows = Object.entries(value).filter(([, each]) => each !== null);
  return h('dl', {}, ...rows.flatMap(([name, each]) => [h('dt', {}, name), h('dd', {}, shown(each, name))]));
}

/** @param {number} ms */
function clock(ms) {
  return new Date(ms).toLocaleTimeString(place.lang, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/**
 * The sections of all channels; sections that are open stay open.
 * @param {import('../models/channels.js').Channels} channels
 * @param {HTMLElement} into
 */
export function drawState(channels, into) {
  for (const [name, { entries }] of channels.held) {
    let section = /** @type {HTMLElement | null} */ (into.querySelector(`[data-channel="${CSS.escape(name)}"]`));
    if (!section) {
      section = h('section', { 'data-channel': name }, h('h3', {}, name), h('div', {}));
      into.append(section);
    }
    const list = /** @type {HTMLElement} */ (section.lastElementChild);
    const gone = new Set([...list.children].map((child) => /** @type {HTMLElement} */ (child).dataset['key']));
    for (const [key, value] of entries) {
      gone.delete(key);
      drawEntry(list, key, value);
    }
    for (const child of [...list.children]) {
      if (gone.has(/** @type {HTMLElement} */ (child).dataset['key'])) child.remove();
    }
  }
}

/**
 * @param {HTMLElement} list
 * @param {string} key
 * @param {any} value
 */
function drawEntry(list, key, value) {
  const print = JSON.stringify(value);
  let entry = /** @type {HTMLElement | null} */ (list.querySelector(`[data-key="${CSS.escape(key)}"]`));
  if (entry?.dataset['print'] === print) return;
  if (!entry) {
    entry = h('details', { 'data-key': key }, h('summary', {}), h('div', { class: 'entry' }));
    list.append(entry);
  }
  entry.dataset['print'] = print;
  const summary = /** @type {HTMLElement} */ (entry.firstElementChild);
  summary.replaceChildren(h('code', {}, key), ' ', gist(value));
  /** @type {HTMLElement} */ (entry.lastElementChild).replaceChildren(shown(value));
}

/**
 * One line about an entry: its words, or its state.
 * @param {any} value
 * @returns {Node}
 */
function gist(value) {
  if (value === null || typeof value !== 'object') return shown(value);
  if (isWording(value)) return shown(value);
  const said = value.title ?? value.text ?? value.seat ?? null;
  const parts = [value.state, value.phase, value.kind].filter((part) => typeof part === 'string');
  if (typeof value.voted === 'number') parts.push(t('count.voted', { count: value.voted, present: value.present ?? 0 }));
  if (Array.isArray(value)) parts.push(String(value.length));
  return h('span', { class: 'gist' }, ...(said ? [shown(said), ' '] : []), parts.join(' · '));
}
