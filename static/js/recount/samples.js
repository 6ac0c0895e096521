// The sample audit: pairs of a question and a table drawn by dice, and the hands that were counted there.
import { tally } from './ballots.js';
import { utf8 } from './canonical.js';
import { hex, sha256 } from './sha256.js';
import { Wrong } from './wrong.js';

/** @typedef {import('./chain.js').Json} Json */
/** @typedef {import('./chain.js').Sealed} Sealed */
/** @typedef {import('./meeting.js').Meeting} Meeting */
/** @typedef {import('./questions.js').Question} Question */
/** A pair: who was present there, where it stands, its hands (null: closed to us). @typedef {{question: string, round: number, seats: string[], state: string, hands: Record<string, number> | null}} Pair */
/** `agreed` is null where hands or ballots are closed to us. @typedef {{compared: number, agreed: number | null, missing: number}} Outcome */
/** @typedef {{pairs: Map<string, Pair>, outcome: Outcome | null}} Sample */

const LEAST = 5;
const BY_HAND = ['pick_one', 'pick_up_to', 'approve', 'yes_no'];
const NOT_ASKED = ['practice', 'demographic'];

/** @param {string} question @param {number} round @param {string} table */
const named = (question, round, table) => JSON.stringify([question, round, table]);

/** @param {Sample} sample */
const waits = ({ pairs }) => [...pairs.values()].some(({ state }) => state === 'waiting');

/** Who can raise a hand on a question at a table now. @param {Meeting} meeting @param {Question} question @param {string} table */
const atTable = ({ seats }, { rules }, table) =>
  [...seats].filter(([, seat]) => seat.table === table && seat.present && rules.standings.includes(seat.standing)).map(([id]) => id);

/** Whether the hands are what the ballots of the same seats say; null where one of them is closed. @param {Pair} pair @param {Map<string, Question>} questions */
const agrees = ({ question, round, seats, state, hands }, questions) => {
  const now = questions.get(question)?.rounds.get(round);
  if (state === 'missing') return false;
  if (!now?.allOpen || !hands) return null;
  const raised = Object.entries(hands).filter(([, n]) => n !== 0);
  const said = tally(seats.flatMap((seat) => now.ballots.of(seat) ?? []).map((ballot) => ballot.said), []);
  return raised.length === said.size && raised.every(([option, n]) => said.get(option) === n);
};

/** All draws of the day. */
export class Samples {
  /** @type {Sample[]} */
  drawn = [];

  /** What can be drawn now, with the lines of its ticket that follow the dice. @param {Meeting} meeting */
  #lot({ questions, seats, heads }) {
    const lot = [];
    for (const [id, question] of questions) {
      const { rules, kind, rounds } = question;
      const over = [...rounds].filter(([, { state }]) => state === 'closed' || state === 'shown').at(-1);
      if (rules.anonymous || NOT_ASKED.includes(rules.purpose) || !BY_HAND.includes(kind) || over?.[1].state !== 'shown') continue;
      for (const table of heads.keys()) {
        const there = atTable(/** @type {any} */ ({ seats }), question, table), name = named(id, over[0], table);
        if (there.length === 0 || this.drawn.some(({ pairs }) => pairs.has(name))) continue;
        lot.push({ name, there, question: id, round: over[0], lines: [over[1].digest, id, String(over[0]), table] });
      }
    }
    return lot;
  }

  /** @param {Json} event @param {Meeting} meeting */
  draw({ dice, pairs: wanted, drawn }, meeting) {
    const ticket = (/** @type {string[]} */ lines) => hex(sha256(utf8(['town meeting sample', dice.join(''), ...lines].join('\n'))));
    const lot = this.#lot(meeting).map((each) => ({ ...each, ticket: ticket(each.lines) }));
    const taken = lot.sort((a, b) => (a.ticket < b.ticket ? -1 : 1)).slice(0, wanted);
    const said = drawn.map((/** @type {[string, number, string]} */ each) => named(...each));
    if (taken.length < LEAST || JSON.stringify(taken.map(({ name }) => name)) !== JSON.stringify(said)) throw new Wrong('sample_dice');
    const before = this.drawn.at(-1);
    if (before && waits(before)) throw new Wrong('sample_waits');
    const pairs = taken.map(({ name, there, question, round }) => /** @type {const} */ ([name, { question, round, seats: there, state: 'waiting', hands: null }]));
    this.drawn.push({ pairs: new Map(pairs), outcome: null });
  }

  /** @param {Json} event @param {Sealed} sealed @param {Map<string, Question>} questions */
  enter({ question, round, table, missing }, sealed, questions) {
    const name = named(question, round, table), sample = this.drawn.find(({ pairs }) => pairs.has(name));
    const pair = sample?.pairs.get(name), part = sealed['hands'];
    if (!sample || !pair || !waits(sample) || pair.state === 'void') throw new Wrong('sample_hands');
    pair.state = missing ? 'missing' : 'entered';
    pair.hands = typeof part === 'string' ? null : /** @type {any} */ (part)[1].hands;
    Samples.#compare(sample, questions);
  }

  /** A round is void: its pairs do not count, unless the sample was complete. @param {Json} event @param {Map<string, Question>} questions */
  without({ question, round }, questions) {
    const last = this.drawn.at(-1);
    if (!last || !waits(last)) return;
    for (const pair of last.pairs.values()) if (pair.question === question && pair.round === round) pair.state = 'void';
    Samples.#compare(last, questions);
  }

  /** Once the last hands are in. @param {Sample} sample @param {Map<string, Question>} questions */
  static #compare(sample, questions) {
    const counted = [...sample.pairs.values()].filter(({ state }) => state !== 'void');
    if (waits(sample) || counted.length < LEAST) return;
    const said = counted.map((pair) => agrees(pair, questions));
    const missing = counted.filter(({ state }) => state === 'missing').length;
    sample.outcome = { compared: counted.length, agreed: said.includes(null) ? null : said.filter(Boolean).length, missing };
  }
}
