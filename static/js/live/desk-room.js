// One member's place at the theme desk: what the desk was told, the pile they read, the idea before them, what they did.
// It tells in small: `ideas`, `themes`, `rest`, `pile`, `current`, `given`, at most once a frame each; `hints` when ready.

import { Desk } from '../models/desk.js';
import { chosenBy, fileable, Pile, unread } from '../models/pile.js';
import { newId } from '../models/ids.js';
import { Hinting } from './desk-hints.js';

/**
 * @typedef {import('./outbox.js').Sent} Sent
 * @typedef {import('../models/desk.js').Idea} Idea
 * @typedef {import('../models/pile.js').Filter} Filter
 * @typedef {{key: string, params?: Record<string, string>, theme?: string, title?: Record<string, string>}} Words What was
 *   done, to be said: an id, its parameters, and the theme that it is about, by its id or its words.
 * @typedef {{sent: Sent, words: Words, idea: string | null, undoes: boolean, undoable: boolean}} Given
 */

const READ_AT_ONCE = 400;
const READ_AFTER_MS = 300;
const GIVEN_KEPT = 50;
/** Nobody reads so fast: a second tap on what filed the one before. */
const TAP_MS = 200;
/** Whoever goes on sooner has leafed past. */
const READ_LEAST_MS = 500;

export class DeskRoom extends EventTarget {
  /**
   * @param {import('./socket.js').Live} live
   * @param {{me: string, role: string}} place
   */
  constructor(live, { me, role }) {
    super();
    this.live = live;
    this.me = me;
    this.leads = role === 'theme_leader' || role === 'organiser';
    this.desk = new Desk();
    this.pile = new Pile();
    /** @type {Filter} */
    this.filter = unread();
    /** The idea that is read, in the revision that was shown. @type {{id: string, revision: number} | null} */
    this.current = null;
    /** @type {string[]} */
    this.trail = [];
    /** Those that were gone back from: next comes to them again. @type {string[]} */
    this.ahead = [];
    /** Read marks that were given: an idea with its revision. @type {Set<string>} */
    this.marked = new Set();
    /** @type {string[]} */
    this.toMark = [];
    /** @type {Given[]} */
    this.given = [];
    this.words = new Map();
    /** @type {Set<string>} */
    this.due = new Set();
    this.openedAt = 0;
    this.filedAt = -TAP_MS;
    this.hinting = new Hinting(this);
    live.addEventListener('view', (event) => this.hear(/** @type {CustomEvent} */ (event).detail));
    live.addEventListener('fate', (event) => this.fated(/** @type {CustomEvent<Sent>} */ (event).detail));
    window.addEventListener('pagehide', () => this.markNow());
  }

  // --- what is told ---

  /** @param {import('../models/desk.js').Frame} frame */
  hear(frame) {
    if (frame.channel !== 'desk') return;
    const changes = this.desk.take(frame);
    if (changes.ideas.size > 0) this.hinting.changed(changes.ideas);
    if (this.filter.item === '' && this.desk.itemNow !== '') this.begin();
    else if (changes.ideas.size > 0) this.tell('ideas');
    if (changes.themes) this.tell('themes');
    if (changes.rest) this.tell('rest');
  }

  /** @param {string} name */
  tell(name) {
    if (this.due.size === 0) requestAnimationFrame(() => this.tellNow());
    this.due.add(name);
  }

  tellNow() {
    const due = new Set(this.due);
    this.due.clear();
    if (due.has('ideas') && this.pile.follow(this.chosen())) due.add('pile');
    for (const name of due) this.dispatchEvent(new Event(name));
  }

  begin() {
    this.choose(unread(this.desk.itemNow, this.mine.size > 0));
    for (const name of ['ideas', 'themes', 'rest']) this.tell(name);
    this.next();
  }

  // --- what is read ---

  /** Whether no table has written anything under the topic yet. */
  get noneYet() {
    for (const idea of this.desk.ideas.values()) if (idea.item === this.filter.item) return false;
    return true;
  }

  /** The tables that are this member's to read; none: all. */
  get mine() {
    return new Set(this.desk.assigned(this.me));
  }

  /** @returns {string[]} */
  chosen() {
    const good = chosenBy(this.filter, this.mine, this.words);
    return [...this.desk.ideas.values()].filter(good).map((idea) => idea.id);
  }

  /**
   * Read other ideas. The pile begins anew; the idea that is read stays.
   * @param {Partial<Filter>} filter
   */
  choose(filter) {
    this.ahead = [];
    this.filter = { ...this.filter, ...filter };
    this.tidy();
    this.tell('themes');
  }

  /** Put the pile in order: what is done goes. */
  tidy() {
    this.pile.fill(this.chosen());
    this.tell('pile');
  }

  /** @returns {Idea | undefined} */
  get idea() {
    return this.current ? this.desk.ideas.get(this.current.id) : undefined;
  }

  /**
   * Put an idea before the reader; the one before it has been read.
   * @param {string | null} id
   */
  open(id) {
    if (this.current && this.current.id !== id) {
      this.leave();
      this.trail.push(this.current.id);
    }
    this.show(id);
  }

  /** @param {string | null} id */
  show(id) {
    const idea = id === null ? undefined : this.desk.ideas.get(id);
    this.current = idea ? { id: idea.id, revision: idea.revision } : null;
    this.openedAt = performance.now();
    this.hinting.ask();
    this.tell('current');
  }

  /** The one that is read has been read, unless it was only leafed past. */
  leave() {
    if (this.current && performance.now() - this.openedAt >= READ_LEAST_MS) this.read(this.current.id);
  }

  /** The next one: in the tray of the unread those that were left too. */
  next() {
    const again = this.ahead.pop();
    if (again !== undefined) {
      this.open(again);
      return;
    }
    const over = (/** @type {string} */ id) => this.isMarked(id);
    const left = this.filter.tray === 'unread' && this.filter.theme === '';
    this.open(this.pile.after(this.current?.id ?? this.trail.at(-1) ?? null, left ? { over, again: true } : {}));
  }

  /** Back to the one that was read before. */
  previous() {
    const id = this.trail.pop();
    if (id === undefined) return;
    if (this.current) this.ahead.push(this.current.id);
    this.leave();
    this.show(id);
  }

  /** The table has changed the words that are read: read the new ones. */
  readAgain() {
    if (this.current) this.show(this.current.id);
  }

  /** @param {string} id */
  isMarked(id) {
    return this.marked.has(`${id} ${this.desk.ideas.get(id)?.revision}`);
  }

  /**
   * Mark an idea as read, soon and with others.
   * @param {string} id
   */
  read(id) {
    const idea = this.desk.ideas.get(id);
    if (!idea || idea.read || this.isMarked(id)) return;
    this.marked.add(`${id} ${idea.revision}`);
    if (this.toMark.length === 0) setTimeout(() => this.markNow(), READ_AFTER_MS);
    this.toMark.push(id);
  }

  markNow() {
    if (this.desk.ended) this.toMark = []; // nobody takes the marks any more; here they stay
    while (this.toMark.length > 0) this.live.give({ t: 'read_ideas', ideas: this.toMark.splice(0, READ_AT_ONCE) });
  }

  // --- what is done ---

  /**
   * Give a command of the desk.
   * @param {Record<string, any>} command
   * @param {Words} words
   * @param {Partial<Given>} [more]
   * @returns {Given}
   */
  give(command, words, more = {}) {
    const given = { sent: this.live.give(command), words, idea: null, undoes: false, undoable: true, ...more };
    this.given = [...this.given.slice(-GIVEN_KEPT), given];
    this.tell('given');
    return given;
  }

  /** @param {Sent} sent */
  fated(sent) {
    const given = this.given.find((each) => each.sent.id === sent.id);
    if (!given) return;
    if (given.undoes) this.undone(given);
    this.tell('given');
  }

  /** @param {Given} undo */
  undone({ sent, idea }) {
    const was = this.given.find((given) => given.sent.id === sent.frame['act']);
    if (was) was.undoable = sent.fate === 'refused';
    if (sent.fate === 'saved' && idea && idea !== this.current?.id) this.open(idea);
  }

  /**
   * File the idea that is read under a theme.
   * @param {string} theme
   * @param {{stay?: boolean, idea?: string}} [how] `stay`: do not go on to the next; `idea`: another one than is read.
   * @returns {'filed' | 'already' | 'changed' | 'not' | 'nothing' | 'over' | 'soon'} `soon`: a second tap, meant for the one before.
   */
  file(theme, { stay = false, idea: other } = {}) {
    const idea = other === undefined ? this.idea : this.desk.ideas.get(other);
    if (this.desk.ended) return 'over';
    if (!idea) return 'nothing';
    if (other === undefined && performance.now() - this.filedAt < TAP_MS) return 'soon';
    const read = other === undefined ? this.current?.revision : idea.revision;
    if (!fileable(idea)) return 'not';
    if (read !== idea.revision) {
      this.readAgain();
      return 'changed';
    }
    if (idea.themes.includes(theme) && !idea.changed_since) return 'already';
    this.give({ t: 'file_idea', idea: idea.id, revision: idea.revision, theme },
      { key: 'themes.did_file', params: { table: idea.table }, theme }, { idea: idea.id });
    this.read(idea.id);
    if (!stay && other === undefined) {
      this.filedAt = performance.now();
      this.next();
    }
    return 'filed';
  }

  /**
   * @param {string} idea
   * @param {string} theme
   */
  unfile(idea, theme) {
    const table = this.desk.ideas.get(idea)?.table ?? '';
    this.give({ t: 'unfile_idea', idea, theme }, { key: 'themes.did_unfile', params: { table }, theme }, { idea });
  }

  /**
   * Choose an idea as a quote of a theme, or no more.
   * @param {string} id
   * @param {string} theme
   */
  quote(id, theme) {
    const idea = this.desk.ideas.get(id);
    if (!idea) return;
    const params = { table: idea.table };
    if (this.quoted(id, theme)) this.give({ t: 'unquote_idea', theme, idea: id }, { key: 'themes.did_unquote', params, theme }, { idea: id });
    else this.give({ t: 'quote_idea', theme, idea: id, revision: idea.revision }, { key: 'themes.did_quote', params, theme }, { idea: id });
  }

  /**
   * @param {string} idea
   * @param {string} theme
   */
  quoted(idea, theme) {
    return this.desk.themes.get(theme)?.quotes.some((quote) => quote.idea === idea) ?? false;
  }

  /**
   * A new theme, and the idea that is read under it.
   * @param {Record<string, string>} title
   * @param {boolean} files
   */
  create(title, files) {
    const theme = newId('theme');
    const reading = this.current;
    const given = this.give({ t: 'create_theme', theme, item: this.filter.item, title }, { key: 'themes.did_create', title });
    const idea = reading && this.desk.ideas.get(reading.id);
    if (files && idea && fileable(idea) && reading.revision === idea.revision) this.file(theme);
    return given;
  }

  /** What an undo would take back: the own act, as it was given here or as the server tells. */
  get undoes() {
    const own = this.given.findLast((given) => given.undoable && !given.undoes && given.sent.fate !== 'refused');
    const told = this.desk.acts.find((act) => act.by === this.me && !act.undone && act.name !== 'OptionAdded');
    return { own, act: own?.sent.id ?? told?.act };
  }

  /** Undo this member's last act that stands; what there is none of is said. @returns {boolean} */
  undo() {
    const { own, act } = this.undoes;
    if (act === undefined) return false;
    if (own) own.undoable = false;
    this.undoAct(act, own?.words ?? { key: 'themes.did_something' }, own?.idea ?? null);
    return true;
  }

  /**
   * @param {string} act
   * @param {Words} words
   * @param {string | null} idea
   */
  undoAct(act, words, idea = null) {
    this.give({ t: 'undo_act', act }, words, { undoes: true, undoable: false, idea });
  }
}
