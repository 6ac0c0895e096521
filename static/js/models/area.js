// The tables of an area manager: what each needs, in an order that stands still under a thumb, and what seats are called. Pure.

import { findings, natural } from './room_health.js';

/**
 * @typedef {import('./room_health.js').Health} Health
 * @typedef {import('./room_health.js').Call} Call
 * @typedef {import('./pads.js').Seat} Seat
 * @typedef {{table: string, trouble: string, since: number | null, call?: Call}} Need
 */

/** A vote is slow at a table where so few have voted after so long. */
const SLOW_MS = 10_000;

/**
 * What the tables need, the most urgent first: help, a seat that two devices want, silence, votes that do not come, keypads, heads.
 * @param {{health: Health[], calls: Call[], running: any, open: any, nowMs: number}} room Of one's own tables.
 * @returns {Need[]}
 */
export function needs({ health, calls, running, open, nowMs }) {
  /** @type {Need[]} */
  const found = findings({ health, calls, lines: {}, running, nowMs });
  const slow = health.filter((each) => isSlow(each, open, nowMs)).map((each) => ({ table: each.table, trouble: 'slow', since: null }));
  const cut = found.findIndex((need) => need.trouble === 'keypads' || need.trouble === 'gap');
  found.splice(cut < 0 ? found.length : cut, 0, ...slow);
  return found;
}

/**
 * @param {Health} table
 * @param {any} open
 * @param {number} nowMs
 */
function isSlow(table, open, nowMs) {
  if (!open?.question || open.opened_at_ms === null || table.voted === null) return false;
  return nowMs - open.opened_at_ms >= SLOW_MS && table.voted * 2 < table.present;
}

/**
 * The wanted order, unless it must not move now: then what was there stays in place, what is new comes last.
 * @param {string[]} before
 * @param {string[]} wanted
 * @param {boolean} still
 */
export function steady(before, wanted, still) {
  if (!still) return wanted;
  const kept = before.filter((id) => wanted.includes(id));
  return [...kept, ...wanted.filter((id) => !kept.includes(id))];
}

/**
 * What a seat is called: its id, or for one that was added during the day its table and its place.
 * @param {string} seat
 * @param {string} table
 * @param {{id: string}[]} seats Of the table.
 * @returns {{planned: boolean, name: string}}
 */
export function seatName(seat, table, seats) {
  if (!/^seat_[0-9a-f]{32}$/.test(seat)) return { planned: true, name: seat };
  return { planned: false, name: `${table}-${seats.findIndex((each) => each.id === seat) + 1}` };
}

/**
 * The tables with a free place, the emptiest first.
 * @param {{id: string, seats: any[], seats_max: number}[]} tables
 * @param {string} but
 */
export function withRoom(tables, but) {
  const free = (/** @type {{seats: any[], seats_max: number}} */ table) => table.seats_max - table.seats.length;
  return tables.filter((table) => table.id !== but && free(table) > 0).sort((a, b) => free(b) - free(a) || natural(a.id, b.id));
}
