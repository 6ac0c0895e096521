// The plenary screen: the words of the scene on air, large, in its languages side by side.
// /listen is the same as text and table, announced when it changes.

import './prefs.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import { picture } from '../models/scene.js';
import { byId, fill, h } from './dom.js';
import { showLine, watchAddress } from './line.js';
import { place, textsIn } from './place.js';

/** @typedef {import('../models/scene.js').Row} Row */

watchAddress();
const live = new Live(place);
keepFresh(live);
const air = byId('air');
let drawn = '';

/** @param {Row} row */
function line(row) {
  const bar = row.share === undefined ? null : h('span', { class: 'bar', 'aria-hidden': 'true' }, h('span', { class: 'fill' }));
  const fillOf = /** @type {HTMLElement | undefined} */ (bar?.firstElementChild ?? undefined);
  fillOf?.style.setProperty('inline-size', `${(row.share ?? 0) / 10}%`);
  return h('li', { class: row.leading ? 'leading' : null },
    h('span', { class: 'words', lang: row.language || null }, row.text), bar,
    row.figure ? h('span', { class: 'figure' }, row.figure) : null,
    row.base ? h('span', { class: 'base' }, row.base) : null);
}

function draw() {
  const scene = live.channels.get('scene');
  if (!scene) return;
  const timer = live.channels.get('timer');
  const languages = place.page === 'listen' ? [place.lang] : scene.languages.slice(0, 2);
  const pictures = languages.map((/** @type {string} */ language) => picture(scene, timer, language, textsIn(language), live.now()));
  const print = JSON.stringify(pictures);
  if (print === drawn) return;
  drawn = print;
  document.body.dataset['scene'] = scene.kind;
  fill(air, ...pictures.map((/** @type {import('../models/scene.js').Picture} */ made, /** @type {number} */ at) =>
    h('section', { lang: languages[at], class: 'picture' },
      h('h1', {}, made.title),
      made.note ? h('p', { class: 'note' }, made.note) : null,
      made.rows.length > 0 ? h('ul', { class: 'rows' }, ...made.rows.map(line)) : null)));
}

live.addEventListener('view', draw);
setInterval(draw, 500);
showLine(live);
live.start();
