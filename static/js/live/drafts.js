// Words that are being written, on the disk of this browser, so that a reload loses none of them. They
// belong to the device session that wrote them, as the queue does.

/** Events: `change`. Reads come from memory; `ready` says when the disk has been read. */
export class Drafts extends EventTarget {
  /**
   * @param {import('./store.js').Store} store
   * @param {string} device
   */
  constructor(store, device) {
    super();
    this.store = store;
    this.device = device;
    /** @type {Map<string, any>} */
    this.held = new Map();
    this.ready = this.read();
  }

  async read() {
    for (const kept of await this.store.all('drafts')) {
      if (kept['device'] === this.device && !this.held.has(kept['name'])) this.held.set(kept['name'], kept['value']);
    }
    this.dispatchEvent(new Event('change'));
  }

  /** @param {string} name */
  get(name) {
    return this.held.get(name);
  }

  /**
   * @param {string} prefix
   * @returns {Array<[string, any]>}
   */
  all(prefix) {
    return [...this.held].filter(([name]) => name.startsWith(prefix));
  }

  /**
   * Keep a draft; `null` forgets it.
   * @param {string} name
   * @param {any} value
   */
  set(name, value) {
    const id = `${this.device}/${name}`;
    if (value === null) this.held.delete(name);
    else this.held.set(name, value);
    const done = value === null ? this.store.delete('drafts', id) : this.store.put('drafts', { id, device: this.device, name, value });
    this.dispatchEvent(new Event('change'));
    return done;
  }
}
