// What the theme team did. An act that was undone is as if it had never been.
import { held } from './wrong.js';

/** @typedef {import('./chain.js').Json} Json */
/** @typedef {{theme: string, ideas: number, tables: number}} Published */

/** Acts in their order, and what was published when. */
export class Themes {
  /** @type {Json[]} */
  acts = [];
  /** @type {Set<string>} */
  undone = new Set();
  /** @type {{item: string, command: string, themes: Published[]}[]} */
  #publications = [];

  /** The ideas of each theme, and the themes that went into others. @returns {{filed: Map<string, Set<string>>, merged: Set<string>}} */
  now() {
    const filed = new Map(), merged = new Set();
    for (const { type, command, theme, idea, parents } of this.acts) {
      if (this.undone.has(command)) continue;
      if (type === 'theme_created') filed.set(theme, new Set());
      else if (type === 'idea_filed') held(filed, theme).add(idea);
      else if (type === 'idea_unfiled') held(filed, theme).delete(idea);
      else {
        filed.set(theme, new Set(parents.flatMap((/** @type {string} */ parent) => [...held(filed, parent)])));
        for (const parent of parents) merged.add(parent);
      }
    }
    return { filed, merged };
  }

  /** A publication keeps the counts of its moment. @param {Json} event @param {Map<string, {table: string, withdrawn: boolean}>} ideas */
  publish({ item, command, themes }, ideas) {
    const { filed } = this.now();
    this.#publications.push({
      item,
      command,
      themes: themes.map((/** @type {string} */ theme) => {
        const standing = [...held(filed, theme)].map((idea) => held(ideas, idea)).filter(({ withdrawn }) => !withdrawn);
        return { theme, ideas: standing.length, tables: new Set(standing.map(({ table }) => table)).size };
      }),
    });
  }

  /** The last publication of each agenda item. @returns {Published[]} */
  published() {
    const last = new Map();
    for (const { item, command, themes } of this.#publications) if (!this.undone.has(command)) last.set(item, themes);
    return [...last.values()].flat();
  }
}
