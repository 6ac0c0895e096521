// The commands of a table or a seat that have no answer yet, on the disk: they outlive a reload and a flat
// battery, and belong to the device session that gave them.

/**
 * @typedef {import('./outbox.js').Sent} Sent
 * @typedef {{id: string, device: string, page: string, tables: string[], frame: Record<string, any>, at: number, n: number}} Queued
 */

/** Pages whose commands may be sent late: what a table wrote, what a seat chose. No act of a console is. */
const KEEPING = new Set(['table', 'seat']);
const BALLOTS = new Set(['cast_ballot', 'withdraw_ballot', 'ask_more_time']);

/** @param {string} page */
export function keepsQueue(page) {
  return KEEPING.has(page);
}

export class Queue {
  /**
   * @param {import('./store.js').Store} store
   * @param {{page: string, device?: string, tables?: string[]}} place
   */
  constructor(store, place) {
    this.store = store;
    this.place = place;
    this.device = place.device ?? '';
    this.n = 0;
    /** @type {Promise<any>} One thing after the other, so that a command is never deleted before it is there. */
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
   * Put a command on the disk; done when it is there.
   * @param {Sent} sent
   */
  keep(sent) {
    const { page, tables = [] } = this.place;
    const queued = { id: sent.id, device: this.device, page, tables, frame: sent.frame, at: sent.at, n: (this.n += 1) };
    return this.next(() => this.store.put('commands', queued));
  }

  /**
   * A command has its answer: nothing of it stays.
   * @param {string} id
   */
  drop(id) {
    return this.next(() => this.store.delete('commands', id));
  }

  /**
   * What this device gave and nobody has answered, in the order in which it was given.
   * @returns {Promise<Queued[]>}
   */
  async own() {
    return (await this.all()).filter((queued) => queued.device === this.device);
  }

  /**
   * What another session on this browser left behind. Its ballots can count no more and are deleted.
   * @returns {Promise<Queued[]>}
   */
  async left() {
    const others = (await this.all()).filter((queued) => queued.device !== this.device && queued.page === this.place.page);
    const dead = others.filter((queued) => BALLOTS.has(queued.frame['t']));
    for (const queued of dead) await this.drop(queued.id);
    return others.filter((queued) => !dead.includes(queued));
  }

  /** @returns {Promise<Queued[]>} */
  async all() {
    const kept = /** @type {any[]} */ (await this.next(() => this.store.all('commands')));
    return kept.sort((one, other) => one.at - other.at || one.n - other.n);
  }
}
