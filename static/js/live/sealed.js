// The sealed ballots of this browser on its disk: kept when they are acknowledged, brought back after a restore.

import { afterAnswer, toBringBack } from '../models/kept.js';

/**
 * @typedef {import('../models/kept.js').Kept} Kept
 * @typedef {import('../models/kept.js').Welcome} Welcome
 * @typedef {import('./outbox.js').Sent} Sent
 */

export class Sealed {
  /**
   * @param {import('./store.js').Store} store
   * @param {string} page
   */
  constructor(store, page) {
    this.store = store;
    this.page = page;
    /** @type {Promise<any>} One thing after the other, so that an answer finds what it is about. */
    this.tail = Promise.resolve();
  }

  /**
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  next(act) {
    const done = this.tail.then(act);
    this.tail = done.catch(() => undefined);
    return done;
  }

  /**
   * A command has its answer: keep what came with a ballot, or note what became of one that was brought back.
   * @param {Sent} sent
   * @param {{t: string, blob?: string | null, code?: string, offset?: number}} answer
   * @param {string} epoch
   * @param {string} device
   */
  answered(sent, answer, epoch, device) {
    if (sent.frame['t'] === 'recover_ballot') return this.next(() => this.brought(sent.id, answer, epoch));
    if (!answer.blob) return Promise.resolve();
    const { blob, offset = 0 } = answer;
    const kept = { id: sent.id, blob, seat: sent.frame['seat'] ?? null, epoch, offset, page: this.page, device };
    return this.next(() => this.store.put('ballots', kept));
  }

  /**
   * @param {string} id
   * @param {{t: string, code?: string, offset?: number}} answer
   * @param {string} epoch
   */
  async brought(id, answer, epoch) {
    const kept = (await this.kept()).find((each) => each.id === id);
    if (!kept) return;
    const after = afterAnswer(kept, answer, epoch);
    if (after) await this.store.put('ballots', after);
    else await this.store.delete('ballots', id);
  }

  /** @returns {Promise<Kept[]>} */
  async kept() {
    return /** @type {any[]} */ (await this.store.all('ballots'));
  }

  /**
   * The commands that bring back what this history lacks, in their order.
   * @param {Welcome} welcome
   * @returns {Promise<Record<string, any>[]>}
   */
  async toBring(welcome) {
    const lacking = toBringBack(await this.next(() => this.kept()), welcome, this.page);
    return lacking.map(({ id, blob, seat }) => ({ t: 'recover_ballot', id, blob, ...(seat === null ? {} : { seat }) }));
  }
}
