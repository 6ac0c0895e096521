// The pile of ideas that somebody reads: which belong to it, in an order that stands still while they read. Pure.

import { folded } from './folded.js';

/**
 * @typedef {import('./desk.js').Idea} Idea
 * @typedef {'unread' | 'unfiled' | 'minority' | 'question' | 'request' | 'changed' | 'all'} Tray
 * @typedef {{item: string, tray: Tray, mine: boolean, table: string, kind: string, theme: string, search: string}} Filter
 */

/** @type {Tray[]} */
export const TRAYS = ['unread', 'unfiled', 'minority', 'question', 'request', 'changed', 'all'];

/** @returns {Filter} */
export function unread(item = '', mine = false) {
  return { item, tray: 'unread', mine, table: '', kind: '', theme: '', search: '' };
}

/** Kinds that are about something else than themes: to experts, to an office. */
const ASIDE = new Set(['question', 'request']);

/**
 * Whether an idea lies in a tray.
 * @param {Idea} idea
 * @param {Tray} tray
 */
export function inTray(idea, tray) {
  switch (tray) {
    case 'unread':
      return !idea.read && !idea.withdrawn;
    case 'unfiled':
      return idea.themes.length === 0 && !idea.withdrawn && !idea.redacted && !ASIDE.has(idea.kind);
    case 'minority':
    case 'question':
    case 'request':
      return idea.kind === tray && !idea.withdrawn;
    case 'changed':
      return idea.changed_since && !idea.withdrawn;
    default:
      return true;
  }
}

/**
 * Whether an idea can lie under a theme, or be quoted.
 * @param {Idea} idea
 */
export function fileable(idea) {
  return !idea.withdrawn && !idea.redacted && idea.kind !== 'request';
}

/**
 * What chooses the ideas of a filter. The folded words of a table's ideas are kept from search to search.
 * @param {Filter} filter
 * @param {Set<string>} mine The tables that are one's own to read.
 * @param {Map<string, {revision: number, words: string}>} kept
 * @returns {(idea: Idea) => boolean}
 */
export function chosenBy(filter, mine, kept = new Map()) {
  const search = folded(filter.search);
  return (idea) =>
    idea.item === filter.item &&
    (filter.theme ? idea.themes.includes(filter.theme) || idea.quoted_in.includes(filter.theme) : inTray(idea, filter.tray)) &&
    (!filter.mine || mine.has(idea.table)) &&
    (!filter.table || idea.table === filter.table) &&
    (!filter.kind || idea.kind === filter.kind) &&
    (!search || wordsOf(idea, kept).includes(search));
}

/**
 * @param {Idea} idea
 * @param {Map<string, {revision: number, words: string}>} kept
 */
function wordsOf(idea, kept) {
  const known = kept.get(idea.id);
  if (known?.revision === idea.revision && idea.text !== null) return known.words;
  const words = folded(idea.text ?? '');
  kept.set(idea.id, { revision: idea.revision, words });
  return words;
}

/** An order of ideas that only grows at its end: nothing moves under the finger until somebody asks for it. */
export class Pile {
  constructor() {
    /** @type {string[]} */
    this.ids = [];
    /** @type {Map<string, number>} */
    this.places = new Map();
    /** @type {Set<string>} */
    this.wanted = new Set();
  }

  /**
   * Begin anew with these.
   * @param {string[]} ids
   */
  fill(ids) {
    this.ids = [];
    this.places = new Map();
    this.follow(ids);
  }

  /**
   * These belong to the pile now: new ones go to its end, those that belong no more keep their place.
   * @param {string[]} ids
   * @returns {boolean} Whether anything came.
   */
  follow(ids) {
    this.wanted = new Set(ids);
    const before = this.ids.length;
    for (const id of ids) {
      if (this.places.has(id)) continue;
      this.places.set(id, this.ids.length);
      this.ids.push(id);
    }
    return this.ids.length > before;
  }

  /** How many lie in it still that belong there no more. */
  get done() {
    return this.ids.length - this.wanted.size;
  }

  /**
   * The next one that belongs to the pile; behind the last one it begins again, where it may.
   * @param {string | null} from
   * @param {{over?: (id: string) => boolean, again?: boolean}} [how] `over`: what is passed over.
   * @returns {string | null}
   */
  after(from, { over = () => false, again = false } = {}) {
    const good = (/** @type {string} */ id) => id !== from && this.wanted.has(id) && !over(id);
    const at = from === null ? -1 : (this.places.get(from) ?? -1);
    return this.ids.slice(at + 1).find(good) ?? (again ? this.ids.slice(0, Math.max(0, at)).find(good) : undefined) ?? null;
  }
}
