// The ballots of one round: everything that each voter did, and what of it stands (docs/rules.md, Ballots).
import { isObject } from './canonical.js';

/** @typedef {import('./chain.js').Json} Json */
/** @typedef {{place: [number, number, string, number], said: any, channel: string}} Act `said` is null where it is closed to us */
/** @typedef {{said: any, channel: string}} Standing */

/** What a withdrawal says. */
export const NOTHING = Symbol('withdrawn');

/** Which of two acts came first, by history and then by offset. @param {Act} a @param {Act} b */
const earlier = ({ place: a }, { place: b }) => {
  const at = [0, 1, 2, 3].find((n) => a[n] !== b[n]);
  return at === undefined ? 0 : (a[at] ?? 0) < (b[at] ?? 0) ? -1 : 1;
};

/** The histories of the record: it may have been restored from an earlier copy, and what was lost brought back. */
export class Histories {
  /** @type {string[]} */
  known = [];
  #happened = 0;

  /** Another history begins. @param {Json} event */
  begin({ before, epoch }) {
    for (const name of [before, epoch]) if (!this.known.includes(name)) this.known.push(name);
  }

  /** The place of what happens now. @returns {Act['place']} */
  now() {
    this.#happened += 1;
    return [Math.max(0, this.known.length - 1), 0, '', this.#happened];
  }

  /** The place of what was lost and came back: after all that was kept of its history; an unknown history goes by its name.
   * @param {Json} event @returns {Act['place']} */
  lost({ epoch, offset }) {
    const at = this.known.indexOf(epoch);
    return at >= 0 ? [at, 1, '', offset] : [this.known.filter((name) => name < epoch).length - 1, 2, epoch, offset];
  }
}

/** What each voter did in one round. */
export class Ballots {
  /** @type {Map<string, Act[]>} */
  #acts = new Map();

  /** Whether only the first ballot of a voter counts. */
  first = false;

  /** @param {string} voter @param {Act} act */
  add(voter, act) {
    const acts = this.#acts.get(voter);
    if (acts) acts.push(act);
    else this.#acts.set(voter, [act]);
  }

  /** The standing ballot of a voter. @param {string} voter @returns {Standing | null} */
  of(voter) {
    /** @type {Standing | null} */
    let standing = null;
    for (const { said, channel } of [...(this.#acts.get(voter) ?? [])].sort(earlier)) {
      if (said === NOTHING) standing = null;
      else if (!standing) standing = { said, channel };
      else if (!this.first) {
        const before = /** @type {any} */ (standing.said);
        standing = { said: isObject(before) && isObject(said) ? { ...before, ...said } : said, channel };
      }
    }
    return standing;
  }

  /** Every standing ballot. @returns {Standing[]} */
  standing() {
    return [...this.#acts.keys()].map((voter) => this.of(voter)).filter((each) => each !== null);
  }
}

/** The cells that a ballot counts in, each once. @param {any} said @returns {Set<string>} */
const cellsOf = (said) => {
  if (Array.isArray(said)) return new Set(said);
  if (isObject(said)) return new Set(Object.entries(said).map(([option, value]) => `${option}=${value}`));
  return new Set([String(said)]);
};

/** Ballots by cell. @param {any[]} choices @param {Iterable<string>} named cells that are there even at zero @returns {Map<string, number>} */
export const tally = (choices, named) => {
  const counts = new Map([...named].map((cell) => [cell, 0]));
  for (const said of choices) for (const cell of cellsOf(said)) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return counts;
};
