// What this browser keeps on its disk for the pages that must not lose anything: commands on their way, words
// half written, ballots sealed by the server. In IndexedDB, on the disk before a write is done; in memory where that is refused.

import { deleteDB, openDB } from '/static/vendor/idb.js';

/**
 * @typedef {'commands' | 'drafts' | 'notes' | 'ballots'} Shelf
 * @typedef {{id: string, [name: string]: any}} Kept
 * @typedef {import('/static/vendor/idb.js').IDBPDatabase} Database
 */

export const DATABASE = 'town';
/** One more whenever a shelf is added: the shelves that are there keep what is on them. */
const VERSION = 2;
const SHELVES = /** @type {Shelf[]} */ (['commands', 'drafts', 'notes', 'ballots']);
const WAIT_MS = 10_000;

/** Things by id on shelves. A write that is done is on the disk, if `durable` says so. */
export class Store {
  constructor() {
    this.durable = false;
    /** Why nothing is written to the disk, in the browser's words. */
    this.why = '';
    /** @type {Map<string, Map<string, Kept>>} */
    this.memory = new Map(SHELVES.map((shelf) => [shelf, new Map()]));
    /** @type {Promise<Database | null> | null} */
    this.opened = null;
    this.refused = false;
  }

  /** @returns {Promise<Database | null>} Opened anew where the browser closed it; `null` where it is refused. */
  database() {
    if (this.refused) return Promise.resolve(null);
    this.opened ??= this.open();
    return this.opened;
  }

  /** @returns {Promise<Database | null>} */
  async open() {
    try {
      const database = await inTime(openDB(DATABASE, VERSION, {
        upgrade: (made) => SHELVES
          .filter((shelf) => !made.objectStoreNames.contains(shelf))
          .forEach((shelf) => made.createObjectStore(shelf, { keyPath: 'id' })),
        blocking: () => this.close(),
        terminated: () => this.close(),
      }));
      this.durable = true;
      return database;
    } catch (error) {
      this.refuse(error);
      return null;
    }
  }

  /** @param {unknown} error */
  refuse(error) {
    this.durable = false;
    this.refused = true;
    this.why = String(error);
  }

  close() {
    void this.opened?.then((database) => database?.close());
    this.opened = null;
  }

  /**
   * Do something with a shelf on the disk; in memory where the disk takes nothing.
   * @template T
   * @param {Shelf} shelf
   * @param {IDBTransactionMode} mode
   * @param {(onDisk: any) => Promise<T>} act
   * @param {(inMemory: Map<string, Kept>) => T} instead
   * @returns {Promise<T>}
   */
  async on(shelf, mode, act, instead) {
    const held = /** @type {Map<string, Kept>} */ (this.memory.get(shelf));
    const database = await this.database();
    if (!database) return instead(held);
    try {
      const transaction = database.transaction(shelf, mode, { durability: 'strict' });
      const [answer] = await inTime(Promise.all([act(transaction.store), transaction.done]));
      return answer;
    } catch (error) {
      this.why = String(error);
      if (error instanceof DOMException && error.name === 'InvalidStateError') this.close();
      return instead(held);
    }
  }

  /**
   * @param {Shelf} shelf
   * @param {Kept} kept
   */
  put(shelf, kept) {
    return this.on(shelf, 'readwrite', (onDisk) => onDisk.put(kept), (held) => held.set(kept.id, kept));
  }

  /**
   * @param {Shelf} shelf
   * @param {string} id
   */
  delete(shelf, id) {
    return this.on(shelf, 'readwrite', (onDisk) => onDisk.delete(id), (held) => held.delete(id));
  }

  /**
   * @param {Shelf} shelf
   * @returns {Promise<Kept[]>}
   */
  all(shelf) {
    return this.on(shelf, 'readonly', (onDisk) => onDisk.getAll(), (held) => [...held.values()]);
  }

  /**
   * Whether what is written can be read again: the one proof that this browser really writes.
   * @returns {Promise<boolean>}
   */
  async writes() {
    const probe = { id: `probe-${Math.random()}` };
    await this.put('notes', probe);
    const found = (await this.all('notes')).some((kept) => kept.id === probe.id);
    await this.delete('notes', probe.id);
    return found && !this.refused;
  }

  /** Forget everything, on the disk too; nothing is written to it afterwards. */
  async wipe() {
    for (const shelf of SHELVES) await this.on(shelf, 'readwrite', (onDisk) => onDisk.clear(), (held) => held.clear());
    const database = await this.database();
    database?.close();
    this.refuse('wiped');
    if (database) await inTime(deleteDB(DATABASE)).catch(() => undefined);
  }
}

/**
 * A promise that does not wait for ever: a browser's storage may hang, and a vote must not.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function inTime(promise) {
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('the storage does not answer')), WAIT_MS));
  return Promise.race([promise, late]);
}
