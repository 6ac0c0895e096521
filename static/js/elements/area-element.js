// What the elements of an area manager's page share: own tables, their seats, the open vote.

import { LiveElement } from './live-element.js';

/**
 * @typedef {import('../models/pads.js').Seat} Seat
 * @typedef {import('../models/pads.js').Sheet} Sheet
 * @typedef {{id: string, heads: number | null, seats: Seat[], seats_max: number, language: string | null}} Table
 */

export class AreaElement extends LiveElement {
  /** @returns {string[]} The tables of this area, in the order of the room. */
  get tables() {
    return this.live?.scope['tables'] ?? [];
  }

  /**
   * One entry of a table's own channel.
   * @param {string} table
   * @param {string} key
   * @returns {any}
   */
  ofTable(table, key) {
    return this.live?.channels.held.get(`table:${table}`)?.entries.get(key);
  }

  /**
   * @param {string} table
   * @returns {Table | undefined}
   */
  table(table) {
    return this.ofTable(table, 'table');
  }

  /** The vote that is open. @returns {Sheet | undefined} */
  get sheet() {
    const open = this.told('open');
    return open?.question ? open : undefined;
  }
}
