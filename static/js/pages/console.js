// The console of those who run the day: one connection, one desk, and the elements that draw them.

import './prefs.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import { Desk } from '../models/console_desk.js';
import { byId } from './dom.js';
import { showLine, watchAddress } from './line.js';
import { ask, place } from './place.js';
import '../elements/console.js';
import '../elements/follower.js';

const LINES_MS = 5_000;

watchAddress();
const live = new Live(place, ['console', 'results']);
const desk = new Desk();
keepFresh(live);
const element = /** @type {import('../elements/console.js').Console} */ (byId('console'));
element.desk = desk;
element.live = live;

/** Which tables have a laptop on the line, and whose line was lost: the record does not know that. */
async function look() {
  if (live.state !== 'open') return;
  const { ok, data } = await ask('GET', `/api/meetings/${place.meeting}/lines`);
  if (ok) desk.set({ lines: data });
}

/** Who the others are, where this page may know them. */
async function names() {
  if (place.role !== 'organiser') return;
  const { ok, data } = await ask('GET', `/api/meetings/${place.meeting}/links`);
  if (ok) desk.set({ labels: Object.fromEntries(data.map((/** @type {any} */ way) => [way.capability, way.label])) });
}

void names();
live.addEventListener('welcome', () => void look());
setInterval(() => void look(), LINES_MS);
showLine(live);
live.start();
