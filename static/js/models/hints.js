// Hints for the theme team, from letters alone: likely themes, and ideas in the same words. It never files. Pure.
//
// How this works. An idea is counted by its runs of two to four letters, so that Thai needs no word breaks. A theme is
// the mean of its ideas, weighted by how rare a run is (TF-IDF); an idea is likely to belong where the angle is least.
// Same words are first looked for among those that share most runs, then compared letter by letter, as in
// rapidfuzz: twice the longest common subsequence by both lengths, from 0.8 on. Paraphrases are not found, and an idea
// in another language never is: whoever reads decides.

import { folded } from './folded.js';

const SPACES = 1 << 16;
const SHORTEST = 2;
const LONGEST = 4;
const SAME = 0.8;
const SHARED = 0.4;
const COMPARED = 24;
const FAINT = 0.06;

/**
 * @typedef {{words: string, runs: Uint16Array, times: Uint8Array}} Counted
 * @typedef {{sum: Float32Array, norm: number, size: number, ideas: Map<string, Counted>}} Middle
 */

export class Hints {
  constructor() {
    /** @type {Map<string, Counted>} */
    this.ideas = new Map();
    /** @type {Map<string, Middle>} */
    this.themes = new Map();
    this.rare = new Uint16Array(SPACES);
  }

  /**
   * Count an idea's words; a second time in the place of the first.
   * @param {string} id
   * @param {string} text
   */
  learn(id, text) {
    const words = folded(text);
    const known = this.ideas.get(id);
    if (known?.words === words) return;
    if (known) for (const run of known.runs) this.rare[run] = (this.rare[run] ?? 1) - 1;
    const counted = count(words);
    for (const run of counted.runs) this.rare[run] = (this.rare[run] ?? 0) + 1;
    this.ideas.set(id, counted);
  }

  /**
   * What a theme is made of now: its title, and the ideas filed under it.
   * @param {string} theme
   * @param {string} title
   * @param {Iterable<string>} ideas
   */
  gather(theme, title, ideas) {
    const wanted = new Map([['', count(folded(title))]]);
    for (const id of ideas) {
      const counted = this.ideas.get(id);
      if (counted) wanted.set(id, counted);
    }
    const known = this.themes.get(theme);
    const grows = known && this.ideas.size < 2 * known.size && [...known.ideas].every(([id, was]) => sameWords(wanted.get(id), was));
    const middle = grows ? known : { sum: new Float32Array(SPACES), norm: 0, size: this.ideas.size, ideas: new Map() };
    for (const [id, counted] of wanted) {
      if (middle.ideas.has(id)) continue;
      middle.ideas.set(id, counted);
      this.add(middle.sum, counted);
    }
    middle.norm = length(middle.sum);
    this.themes.set(theme, middle);
  }

  /** @param {string} theme */
  forget(theme) {
    this.themes.delete(theme);
  }

  /**
   * @param {Float32Array} sum
   * @param {Counted} counted
   */
  add(sum, counted) {
    const weights = this.weights(counted);
    counted.runs.forEach((run, at) => {
      sum[run] = (sum[run] ?? 0) + (weights[at] ?? 0);
    });
  }

  /**
   * @param {Counted} counted
   * @returns {Float32Array} Of length one.
   */
  weights({ runs, times }) {
    const made = new Float32Array(runs.length);
    for (let at = 0; at < runs.length; at += 1) {
      const found = this.rare[/** @type {number} */ (runs[at])] ?? 0;
      made[at] = (1 + Math.log(times[at] ?? 1)) * (1 + Math.log((1 + this.ideas.size) / (1 + found)));
    }
    const norm = length(made) || 1;
    return made.map((weight) => weight / norm);
  }

  /**
   * The themes that an idea's letters are nearest to, the nearest first.
   * @param {string} id
   * @param {string[]} among
   * @param {number} most
   * @returns {string[]}
   */
  likely(id, among, most = 3) {
    const counted = this.ideas.get(id);
    if (!counted) return [];
    const weights = this.weights(counted);
    const scored = among.map((theme) => /** @type {const} */ ([theme, this.near(this.themes.get(theme), id, counted, weights)]));
    return scored.filter(([, score]) => score >= FAINT).sort((a, b) => b[1] - a[1]).slice(0, most).map(([theme]) => theme);
  }

  /**
   * @param {Middle | undefined} middle
   * @param {string} id An idea is no evidence for itself.
   * @param {Counted} counted
   * @param {Float32Array} weights
   */
  near(middle, id, counted, weights) {
    if (!middle || middle.norm === 0) return 0;
    const own = middle.ideas.has(id) ? 1 : 0;
    let dot = 0;
    counted.runs.forEach((run, at) => {
      const weight = weights[at] ?? 0;
      dot += weight * ((middle.sum[run] ?? 0) - own * weight);
    });
    return dot / middle.norm;
  }

  /**
   * The ideas in the same words, or nearly, the nearest first.
   * @param {string} id
   * @param {(other: string) => boolean} among
   * @param {number} most
   * @returns {string[]}
   */
  same(id, among = () => true, most = 8) {
    const counted = this.ideas.get(id);
    if (!counted || counted.words === '') return [];
    const marked = new Uint8Array(SPACES);
    for (const run of counted.runs) marked[run] = 1;
    /** @type {[string, Counted, number][]} */
    const near = [];
    for (const [other, { words, runs, times }] of this.ideas) {
      if (other === id) continue;
      let shared = 0;
      for (const run of runs) shared += /** @type {number} */ (marked[run]);
      const share = words === counted.words ? 1 : (2 * shared) / (runs.length + counted.runs.length || 1);
      if (share >= SHARED) near.push([other, { words, runs, times }, share]);
    }
    near.sort((a, b) => b[2] - a[2]);
    const compared = near.filter(([other]) => among(other)).slice(0, COMPARED);
    const alike = compared.map(([other, { words }]) => /** @type {const} */ ([other, likeness(counted.words, words)]));
    return alike.filter(([, ratio]) => ratio >= SAME).sort((a, b) => b[1] - a[1]).slice(0, most).map(([other]) => other);
  }
}

/**
 * @param {Counted | undefined} a
 * @param {Counted} b
 */
function sameWords(a, b) {
  return a?.words === b.words;
}

/**
 * How often each run of letters is in some words.
 * @param {string} words Folded.
 * @returns {Counted}
 */
function count(words) {
  /** @type {Map<number, number>} */
  const found = new Map();
  for (let from = 0; from < words.length; from += 1) {
    let hash = 0x811c9dc5;
    for (let at = from; at < Math.min(words.length, from + LONGEST); at += 1) {
      hash = Math.imul(hash ^ words.charCodeAt(at), 0x01000193) >>> 0;
      const run = (hash ^ (hash >>> 16)) & (SPACES - 1);
      if (at - from + 1 >= SHORTEST) found.set(run, (found.get(run) ?? 0) + 1);
    }
  }
  return { words, runs: Uint16Array.from(found.keys()), times: Uint8Array.from(found.values(), (n) => Math.min(n, 255)) };
}

/** @param {Float32Array} numbers */
function length(numbers) {
  let sum = 0;
  for (let at = 0; at < numbers.length; at += 1) sum += /** @type {number} */ (numbers[at]) ** 2;
  return Math.sqrt(sum);
}

/**
 * How alike two words are: 1 for the same, twice their longest common subsequence by both lengths.
 * @param {string} a
 * @param {string} b
 */
export function likeness(a, b) {
  if (a === b) return 1;
  let before = new Uint16Array(b.length + 1);
  let row = new Uint16Array(b.length + 1);
  for (let i = 1; i <= a.length; i += 1) {
    const letter = a.charCodeAt(i - 1);
    for (let j = 1; j <= b.length; j += 1) {
      row[j] = letter === b.charCodeAt(j - 1) ? /** @type {number} */ (before[j - 1]) + 1
        : Math.max(/** @type {number} */ (before[j]), /** @type {number} */ (row[j - 1]));
    }
    [before, row] = [row, before];
  }
  return (2 * /** @type {number} */ (before[b.length])) / (a.length + b.length || 1);
}
