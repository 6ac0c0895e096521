// What the theme desk has been told: ideas in the order in which they came, themes, acts. Pure state.

/**
 * @typedef {Record<string, string> | null} Wording
 * @typedef {{text: string, language: string, at_ms: number}} Answer
 * @typedef {{id: string, table: string, site: string, item: string, kind: string, text: string | null, language: string,
 *   revision: number, withdrawn: boolean, redacted: boolean, read: boolean, at_ms: number, answers: Answer[],
 *   themes: string[], quoted_in: string[], changed_since: boolean}} Idea
 * @typedef {{idea: string, revision: number, text: string | null, language: string}} Quote
 * @typedef {{id: string, item: string, title: Wording, ideas: number, tables: number, minority: number, quotes: Quote[],
 *   parents: string[], redacted: boolean}} Theme
 * @typedef {{id: string, title: Wording, ideas: number, tables: number, quotes: any[]}} Published
 * @typedef {{act: string, by: string, name: string, at_ms: number, undone: boolean, touched: string[]}} Act
 * @typedef {{question: string, item: string | null, title: Wording, state: string, kind: string, options: number}} Made
 * @typedef {{id: string, title: Wording, state: string, takes_ideas: boolean}} Item
 * @typedef {{channel: string, since: number | null, set: Record<string, any>, gone?: string[]}} Frame
 * @typedef {{ideas: Set<string>, themes: boolean, rest: boolean}} Changes
 */

/** An entry that is one thing of many: what stands before the slash, and its id. */
const KEY = /^([a-z]+)\/(.+)$/s;

export class Desk {
  constructor() {
    this.clear();
  }

  clear() {
    /** @type {Map<string, Idea>} */
    this.ideas = new Map();
    /** @type {Map<string, Theme>} */
    this.themes = new Map();
    /** @type {Map<string, string[]>} */
    this.orders = new Map();
    /** @type {Map<string, Published[]>} */
    this.published = new Map();
    /** @type {Map<string, Made>} */
    this.made = new Map();
    /** @type {Map<string, any>} */
    this.others = new Map();
    /** What themes are called, or were: acts are told of some that are no more. @type {Map<string, Wording>} */
    this.titles = new Map();
  }

  /** @param {string} kind */
  many(kind) {
    /** @type {Record<string, Map<string, any>>} */
    const maps = { idea: this.ideas, theme: this.themes, order: this.orders, published: this.published, made: this.made };
    return maps[kind];
  }

  /**
   * Take a frame of the desk's channel.
   * @param {Frame} frame
   * @returns {Changes} What of the desk is different.
   */
  take(frame) {
    /** @type {Changes} */
    const changes = { ideas: new Set(), themes: frame.since === null, rest: frame.since === null };
    if (frame.since === null) this.clear();
    for (const [key, value] of Object.entries(frame.set)) this.put(key, value, changes);
    for (const key of frame.gone ?? []) this.put(key, undefined, changes);
    return changes;
  }

  /**
   * @param {string} key
   * @param {any} value
   * @param {Changes} changes
   */
  put(key, value, changes) {
    const [, kind = '', id = ''] = KEY.exec(key) ?? [];
    const map = this.many(kind) ?? this.others;
    const name = this.many(kind) ? id : key;
    if (value === undefined) map.delete(name);
    else map.set(name, value);
    if (kind === 'theme' && value) this.titles.set(id, value.title);
    if (kind === 'idea') changes.ideas.add(id);
    else if (kind === 'theme' || kind === 'order') changes.themes = true;
    else changes.rest = true;
  }

  /** @returns {Item[]} The agenda items that take ideas, or have some. */
  get items() {
    const had = new Set([...this.ideas.values()].map((idea) => idea.item));
    const all = /** @type {Item[]} */ (this.others.get('agenda')?.items ?? []);
    return all.filter((item) => item.takes_ideas || had.has(item.id));
  }

  /** The item that people are most likely to theme now: the running one, else the last that has ideas, else the first. */
  get itemNow() {
    const running = this.others.get('agenda')?.running;
    const items = this.items;
    if (items.some((item) => item.id === running)) return running;
    const last = [...this.ideas.values()].at(-1)?.item;
    return last ?? items[0]?.id ?? '';
  }

  /** Whether the meeting is over: what lies here can be read, and nothing is filed any more. */
  get ended() {
    return ['closed', 'archived'].includes(this.others.get('meeting')?.phase);
  }

  /** @returns {Act[]} The team's last acts, newest first. */
  get acts() {
    return this.others.get('acts') ?? [];
  }

  /** @returns {string[]} Every table, in the order of the room. */
  get tables() {
    return this.others.get('tables') ?? [];
  }

  /**
   * The tables that are given to somebody to read.
   * @param {string} author As the acts name them: role, colon, public id.
   * @returns {string[]}
   */
  assigned(author) {
    return this.others.get('assigned')?.[author.slice(author.indexOf(':') + 1)] ?? [];
  }

  /**
   * The themes of an item, in the team's order.
   * @param {string} item
   * @returns {Theme[]}
   */
  themesOf(item) {
    const known = (this.orders.get(item) ?? []).map((id) => this.themes.get(id));
    return /** @type {Theme[]} */ (known.filter((theme) => theme !== undefined));
  }
}
