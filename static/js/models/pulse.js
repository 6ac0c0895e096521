// How the reading goes: unread, waiting, read in percent, what lies in each tray. Pure.

import { inTray, TRAYS } from './pile.js';

/**
 * @typedef {import('./desk.js').Idea} Idea
 * @typedef {import('./pile.js').Tray} Tray
 * @typedef {{all: number, read: number, percent: number | null, oldest: number | null, trays: Record<Tray, number>,
 *   minorityTables: number, unreadOf: Map<string, number>}} Pulse
 */

/**
 * @param {Iterable<Idea>} ideas
 * @param {string} item What the figures are about; `unreadOf` tells of every item.
 * @param {(idea: Idea) => boolean} mine
 * @returns {Pulse} `oldest` is when the unread one that waits longest came, in ms; `percent` is rounded down, so that
 *   100 means all, and null where there is nothing to read.
 */
export function pulseOf(ideas, item, mine) {
  const trays = /** @type {Record<Tray, number>} */ (Object.fromEntries(TRAYS.map((tray) => [tray, 0])));
  /** @type {Pulse} */
  const pulse = { all: 0, read: 0, percent: null, oldest: null, trays, minorityTables: 0, unreadOf: new Map() };
  const minority = new Set();
  for (const idea of ideas) {
    if (idea.withdrawn || !mine(idea)) continue;
    if (!idea.read) pulse.unreadOf.set(idea.item, (pulse.unreadOf.get(idea.item) ?? 0) + 1);
    if (idea.item !== item) continue;
    pulse.all += 1;
    if (idea.read) pulse.read += 1;
    else pulse.oldest = Math.min(pulse.oldest ?? idea.at_ms, idea.at_ms);
    for (const tray of TRAYS) if (inTray(idea, tray)) trays[tray] += 1;
    if (idea.kind === 'minority') minority.add(idea.table);
  }
  pulse.minorityTables = minority.size;
  pulse.percent = pulse.all === 0 ? null : Math.floor((100 * pulse.read) / pulse.all);
  return pulse;
}

/**
 * A time that has passed: minutes and seconds, or hours and minutes with an h.
 * @param {number} ms
 */
export function waited(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
