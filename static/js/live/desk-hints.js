// The hints for the idea that is read, worked out between frames: a slice at a time, so that no key press waits.

import { Hints } from '../models/hints.js';

/**
 * @typedef {import('./desk-room.js').DeskRoom} DeskRoom
 * @typedef {{idea: string, likely: string[], same: string[]}} Hinted
 */

const SLICE_MS = 6;
const SETTLE_MS = 80;

const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

export class Hinting {
  /** @param {DeskRoom} room */
  constructor(room) {
    this.room = room;
    this.hints = new Hints();
    /** @type {Set<string>} */
    this.toLearn = new Set();
    /** Under which themes each idea lay when it was looked at last. @type {Map<string, string[]>} */
    this.under = new Map();
    /** @type {Set<string>} */
    this.stale = new Set();
    /** @type {Hinted | null} */
    this.hinted = null;
    this.running = false;
    this.asked = 0;
  }

  /** @param {Set<string>} ideas */
  changed(ideas) {
    for (const id of ideas) this.toLearn.add(id);
    this.ask();
  }

  /** Work out the hints for the idea that is read, once nobody is leafing on. */
  ask() {
    this.asked = performance.now();
    if (!this.running) void this.run();
  }

  async run() {
    this.running = true;
    while (this.toLearn.size > 0 || this.asked > 0) {
      await this.learn();
      if (this.asked === 0) continue;
      if (performance.now() - this.asked < SETTLE_MS) {
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        continue;
      }
      this.asked = 0;
      await this.work();
    }
    this.running = false;
  }

  async learn() {
    let began = performance.now();
    for (const id of this.toLearn) {
      this.toLearn.delete(id);
      this.look(id);
      if (performance.now() - began < SLICE_MS) continue;
      await pause();
      began = performance.now();
    }
  }

  /** @param {string} id */
  look(id) {
    const idea = this.room.desk.ideas.get(id);
    const now = idea && !idea.withdrawn ? idea.themes : [];
    for (const theme of [...(this.under.get(id) ?? []), ...now]) this.stale.add(theme);
    this.under.set(id, now);
    this.hints.learn(id, idea && !idea.withdrawn && idea.kind !== 'request' ? (idea.text ?? '') : '');
  }

  async work() {
    const { desk, filter } = this.room;
    const id = this.room.current?.id;
    if (id === undefined) return;
    const themes = desk.themesOf(filter.item);
    for (const theme of themes) if (!this.hints.themes.has(theme.id)) this.stale.add(theme.id);
    const waiting = themes.filter((theme) => this.stale.has(theme.id));
    if (waiting.length > 0) {
      const ideas = this.gathered();
      for (const theme of waiting) {
        this.stale.delete(theme.id);
        this.hints.gather(theme.id, Object.values(theme.title ?? {}).join(' '), ideas.get(theme.id) ?? []);
        await pause();
      }
    }
    const idea = desk.ideas.get(id);
    if (!idea || id !== this.room.current?.id) return;
    const free = themes.map((theme) => theme.id).filter((theme) => !idea.themes.includes(theme));
    const likely = idea.kind === 'request' || idea.redacted ? [] : this.hints.likely(id, free);
    await pause();
    const same = this.hints.same(id, (other) => desk.ideas.get(other)?.item === idea.item);
    this.hinted = { idea: id, likely, same };
    this.room.dispatchEvent(new Event('hints'));
  }

  /** @returns {Map<string, string[]>} The ideas under each theme. */
  gathered() {
    /** @type {Map<string, string[]>} */
    const found = new Map();
    for (const [id, themes] of this.under) {
      for (const theme of themes) {
        const ideas = found.get(theme);
        if (ideas) ideas.push(id);
        else found.set(theme, [id]);
      }
    }
    return found;
  }
}
