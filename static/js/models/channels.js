// What the server has told, channel by channel, from snapshots and deltas. Pure state.

/**
 * @typedef {Record<string, any>} Entries
 * @typedef {{channel: string, offset: number, since: number | null, set: Entries, gone?: string[]}} ViewFrame
 */

export class Channels {
  constructor() {
    /** @type {Map<string, {offset: number, entries: Map<string, any>}>} */
    this.held = new Map();
  }

  /** Forget everything: it is of another history. */
  clear() {
    this.held.clear();
  }

  /**
   * Take a view frame.
   * @param {ViewFrame} frame
   * @returns {boolean} False where something before it is missing: a resync is needed.
   */
  apply(frame) {
    const channel = this.held.get(frame.channel);
    if (frame.since === null) {
      this.held.set(frame.channel, { offset: frame.offset, entries: new Map(Object.entries(frame.set)) });
      return true;
    }
    if (!channel || channel.offset < frame.since) return false;
    for (const [key, value] of Object.entries(frame.set)) channel.entries.set(key, value);
    for (const key of frame.gone ?? []) channel.entries.delete(key);
    channel.offset = Math.max(channel.offset, frame.offset);
    return true;
  }

  /**
   * Everything up to this offset has been told.
   * @param {number} offset
   */
  toldUpTo(offset) {
    for (const channel of this.held.values()) channel.offset = Math.max(channel.offset, offset);
  }

  /** @param {Iterable<string>} names */
  holdsAll(names) {
    return [...names].every((name) => this.held.has(name));
  }

  /**
   * One entry, from whichever channel has it.
   * @param {string} key
   * @returns {any}
   */
  get(key) {
    for (const { entries } of this.held.values()) if (entries.has(key)) return entries.get(key);
    return undefined;
  }

  /**
   * One entry of one channel.
   * @param {string} channel
   * @param {string} key
   * @returns {any}
   */
  of(channel, key) {
    return this.held.get(channel)?.entries.get(key);
  }

  /**
   * All entries whose key begins so (`question/`), each once.
   * @param {string} prefix
   * @returns {Array<[string, any]>}
   */
  all(prefix) {
    /** @type {Map<string, any>} */
    const found = new Map();
    for (const { entries } of this.held.values()) {
      for (const [key, value] of entries) {
        if (key.startsWith(prefix)) found.set(key.slice(prefix.length), value);
      }
    }
    return [...found];
  }
}
