// What one console has before itself: which part of the page, which picture in the preview, what was put aside.
// Nothing of it is the meeting's: another console has its own.

/** @typedef {import('./console_scene.js').Scene} Scene */

/** Event: `change`. */
export class Desk extends EventTarget {
  constructor() {
    super();
    this.tab = 'run';
    /** Keys of steps that were put aside. @type {ReadonlySet<string>} */
    this.aside = new Set();
    /** The step, or act, that waits for a second press. */
    this.armed = '';
    /** The question that the vote's panel is about; empty: the one of now. */
    this.question = '';
    /** The planned question that was chosen to be asked next. */
    this.first = '';
    /** The screen that keys and steps are about; empty: the first. */
    this.screen = '';
    /** What was put into the preview by hand; null: the next step's scene. @type {Scene | null} */
    this.preview = null;
    /** Tables to write to. */
    this.tables = '';
    /** The table that is looked at. */
    this.table = '';
    /** Lines of tables, as the server last said. @type {Record<string, import('./room_health.js').Line>} */
    this.lines = {};
    /** Who the others are: labels of capabilities, where this page may know them. @type {Record<string, string>} */
    this.labels = {};
  }

  /** @param {Partial<Omit<Desk, keyof EventTarget>>} more */
  set(more) {
    Object.assign(this, more);
    this.dispatchEvent(new Event('change'));
  }

  /** @param {string} key */
  putAside(key) {
    this.set({ aside: new Set([...this.aside, key]), armed: '' });
  }
}
