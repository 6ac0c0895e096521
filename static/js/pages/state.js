// The live state of a page's channels, readable: every entry by what it is, wordings in the reader's language, and what
// the meeting names in words of the catalogue; a name that has none is a code. The wire's own name of an entry, for
// whoever writes a program, stands inside it.

import { isWording, wording } from '../models/words.js';
import { h } from './dom.js';
import { place, t } from './place.js';

const TIMES = /_at_ms$/;

/** Where the catalogue has the words of a field's values. @type {Record<string, string[]>} */
const WORDED = {
  phase: ['phase'], state: ['question_state', 'report.item'], purpose: ['purpose'], standing: ['standing'], standings: ['standing'],
  level: ['level'], visibility: ['visibility'], channel: ['channel'], present: ['standing'], role: ['role'], tie: ['choice'],
};
/** A `kind` is of what the entry is about. @type {[RegExp, string[]][]} */
const KINDS = [[/^idea|^question\/idea/, ['idea_kind']], [/^call/, ['help_kind']], [/^scene|^screen|^air/, ['scene']], [/./, ['kind', 'scene', 'idea_kind', 'help_kind']]];

/**
 * The word for a value of a field, where there is one.
 * @param {string} value
 * @param {string} field
 * @param {string} entry The name of the entry that it is in.
 * @returns {string | null}
 */
function named(value, field, entry) {
  const kinds = field === 'kind' ? KINDS.find(([about]) => about.test(entry))?.[1] : WORDED[field];
  for (const of of kinds ?? []) if (t(`${of}.${value}`) !== `${of}.${value}`) return t(`${of}.${value}`);
  return null;
}

/**
 * A name of a program's: words where the forms have some, else a code.
 * @param {string} name
 */
function fieldName(name) {
  const words = t(`field.${name}`);
  return words === `field.${name}` ? h('code', {}, name) : document.createTextNode(words);
}

/**
 * A value as elements: lists as lists, wordings as words, times as times of day.
 * @param {any} value
 * @param {string} [key] The field that has it.
 * @param {string} [entry] The name of the entry.
 * @param {string} [language] Of the typed words beside it.
 * @returns {Node}
 */
export function shown(value, key = '', entry = '', language = '') {
  if (value === null || value === undefined || value === '') return document.createTextNode('–');
  if (typeof value === 'boolean') return document.createTextNode(t(value ? 'ui.yes' : 'ui.no'));
  if (typeof value === 'number') return document.createTextNode(TIMES.test(key) ? clock(value) : String(value));
  if (typeof value === 'string') return text(value, key, entry, language);
  if (isWording(value)) {
    const words = wording(value, place.lang);
    return h('span', { lang: words.language }, words.text);
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return document.createTextNode('–');
    return h('ul', {}, ...value.map((each) => h('li', {}, shown(each, key, entry))));
  }
  const rows = Object.entries(value).filter(([, each]) => each !== null);
  return h('dl', {}, ...rows.flatMap(([name, each]) => [h('dt', {}, fieldName(name)), h('dd', {}, shown(each, name, entry, value.language))]));
}

/**
 * A text: a word for what the meeting names, what somebody typed in its language, or a code.
 * @param {string} value
 * @param {string} key
 * @param {string} entry
 * @param {string} language
 */
function text(value, key, entry, language) {
  const word = named(value, key, entry);
  if (word !== null) return document.createTextNode(word);
  if (key === 'text') return h('span', language ? { lang: language } : {}, value);
  return /[a-z]/i.test(value) ? h('code', {}, value) : document.createTextNode(value);
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
      section = h('section', { 'data-channel': name }, h('h3', {}, channelName(name)), h('div', {}));
      into.append(section);
    }
    const list = /** @type {HTMLElement} */ (section.lastElementChild);
    const gone = new Set([...list.children].map((child) => /** @type {HTMLElement} */ (child).dataset['key']));
    for (const [key, value] of entries) {
      gone.delete(key);
      drawEntry(list, key, value, channels);
    }
    for (const child of [...list.children]) {
      if (gone.has(/** @type {HTMLElement} */ (child).dataset['key'])) child.remove();
    }
  }
}

/**
 * A channel: `table:17` is for table 17.
 * @param {string} name
 */
function channelName(name) {
  const [of = '', ...rest] = name.split(':');
  return t(`told.channel.${of}`, { name: rest.join(':') });
}

/**
 * What an entry is, without the ids that its words make needless: `guide/welcome` is the guide of that item.
 * @param {string} key
 * @param {import('../models/channels.js').Channels} channels
 */
function entryName(key, channels) {
  const [of = '', ...rest] = key.split('/');
  const id = rest.join('/');
  const title = channels.get('agenda')?.items?.find((/** @type {any} */ item) => item.id === id)?.title;
  if (['guide', 'order', 'published'].includes(of) && title) return h('span', {}, t(`told.${of}`), ': ', shown(title));
  const asked = of === 'votes' && (channels.get(`question/${id}`) ?? channels.get(`result/${id}`))?.title;
  if (asked) return h('span', {}, t(`told.${of}`), ': ', shown(asked));
  return h('span', {}, of === 'health' ? t('ui.table', { table: id }) : t(`told.${of}`));
}

/**
 * @param {HTMLElement} list
 * @param {string} key
 * @param {any} value
 * @param {import('../models/channels.js').Channels} channels
 */
function drawEntry(list, key, value, channels) {
  const print = JSON.stringify(value);
  let entry = /** @type {HTMLElement | null} */ (list.querySelector(`[data-key="${CSS.escape(key)}"]`));
  if (entry?.dataset['print'] === print) return;
  if (!entry) {
    entry = h('details', { 'data-key': key }, h('summary', {}), h('div', { class: 'entry' }));
    list.append(entry);
  }
  entry.dataset['print'] = print;
  const summary = /** @type {HTMLElement} */ (entry.firstElementChild);
  summary.replaceChildren(h('strong', {}, entryName(key, channels)), ' ', gist(value, key));
  /** @type {HTMLElement} */ (entry.lastElementChild).replaceChildren(h('p', { class: 'hint' }, h('code', {}, key)), shown(value, '', key));
}

/**
 * One line about an entry: its words, or its state.
 * @param {any} value
 * @param {string} entry
 * @returns {Node}
 */
function gist(value, entry) {
  if (value === null || typeof value !== 'object') return shown(value, '', entry);
  if (isWording(value)) return shown(value);
  const said = value.title ?? value.text ?? value.seat ?? null;
  const named = ['state', 'phase', 'kind'].filter((part) => typeof value[part] === 'string').map((part) => shown(value[part], part, entry));
  /** @type {string[]} */
  const parts = [];
  if (typeof value.voted === 'number' && value.state !== 'planned') parts.push(t('count.voted', { count: value.voted, present: value.present ?? 0 }));
  if (Array.isArray(value)) parts.push(String(value.length));
  const words = said ? [shown(said, 'text', entry, value.language)] : [];
  const all = [...named, ...parts].map((part, at) => h('span', { class: 'whole quiet' }, ...(said || at > 0 ? ['· '] : []), part));
  return h('span', { class: 'gist' }, ...[...words, ...all].flatMap((part, at) => (at > 0 ? [' ', part] : [part])));
}
