// Every figure of the report by its id (templates/report/figures.md, beside this file in an export).
import { tally } from './ballots.js';
import { byCodePoint } from './canonical.js';
import { compared, fraction, minus, tenths } from './fraction.js';

/** @typedef {import('./meeting.js').Meeting} Meeting */
/** @typedef {import('./questions.js').Question} Question */
/** @typedef {import('./questions.js').Round} Round */
/** @typedef {import('./fraction.js').Fraction} Fraction */
/** @typedef {{id: string, kind: string, numerator: any, denominator: any, base: number | null, share: number | null}} Figure */

const STANDINGS = ['citizen', 'party', 'official', 'expert', 'viewer'];
const IDEA_KINDS = ['agreement', 'individual', 'minority', 'quote', 'question', 'request'];
const CHANNELS = ['handset', 'laptop', 'paper', 'phone'];
const ONE_CHOICE = ['pick_one', 'yes_no', 'demographic'];

/** The figures that were made. `stated` come from what was shown, and `unknown` can only be read where ballots are closed to us. */
export class Figures {
  /** @type {Map<string, Figure>} */
  made = new Map();
  /** @type {Set<string>} */
  stated = new Set();
  /** @type {Set<string>} */
  unknown = new Set();
  /** Paths of rounds whose figures by option can only be read: ballots came back after the show. @type {string[]} */
  corrected = [];

  /** @param {string} id @param {number} n @param {number | null} [base] */
  count(id, n, base = null) {
    this.made.set(id, { id, kind: 'count', numerator: n, denominator: 1, base, share: null });
  }

  /** Both numbers stay counts. @param {string} id @param {number} n @param {number} base */
  share(id, n, base) {
    this.made.set(id, { id, kind: 'share', numerator: n, denominator: base, base, share: base === 0 ? null : tenths(fraction(n, base)) });
  }

  /** @param {string} path @param {number} n @param {number} base */
  both(path, n, base) {
    this.count(`${path}/count`, n, base);
    this.share(`${path}/share`, n, base);
  }

  /** A value in lowest terms, or none. @param {string} id @param {string} kind @param {Fraction | null} value @param {number | null} [base] @param {number | null} [share] */
  exact(id, kind, value, base = null, share = null) {
    this.made.set(id, { id, kind, numerator: value?.above ?? null, denominator: value?.below ?? null, base, share });
  }

  /** @returns {Figure[]} */
  listed() {
    return [...this.made.values()].sort((a, b) => byCodePoint(a.id, b.id));
  }
}

/** @template T @param {Iterable<T>} all @param {(one: T) => unknown} holds */
const many = (all, holds) => [...all].filter(holds).length;

/** Seats, who came, head counts. @param {Meeting} meeting @param {Figures} to */
const roomFigures = ({ seats: bySeat, heads }, to) => {
  const seats = [...bySeat.values()], attended = seats.filter((seat) => seat.attended);
  to.count('room/seats', seats.length);
  to.count('room/attended', attended.length, seats.length);
  to.count('room/present', many(seats, ({ present }) => present), seats.length);
  for (const standing of STANDINGS) {
    const total = many(seats, (seat) => seat.standing === standing);
    to.count(`room/standing/${standing}/seats`, total, seats.length);
    to.count(`room/standing/${standing}/attended`, many(attended, (seat) => seat.standing === standing), total);
  }
  const counted = [...heads.values()].filter((n) => n !== null);
  to.count('room/tables', heads.size);
  to.count('room/tables/attended', new Set(attended.map(({ table }) => table)).size, heads.size);
  to.count('room/heads', counted.reduce((sum, n) => sum + n, 0), counted.length);
};

/** Ideas that were not withdrawn, by kind and agenda item; published themes. @param {Meeting} meeting @param {Figures} to */
const ideaFigures = ({ ideas, themes, heads }, to) => {
  const standing = [...ideas].filter(([, { withdrawn }]) => !withdrawn), all = standing.length;
  const { filed, merged } = themes.now();
  const lying = new Set([...filed].filter(([theme]) => !merged.has(theme)).flatMap(([, under]) => [...under]));
  to.count('ideas/count', all);
  to.count('ideas/withdrawn', ideas.size - all, ideas.size);
  to.count('ideas/read', many(standing, ([, { read }]) => read), all);
  to.count('ideas/filed', many(standing, ([id]) => lying.has(id)), all);
  to.count('ideas/tables', new Set(standing.map(([, { table }]) => table)).size, heads.size);
  for (const kind of IDEA_KINDS) to.count(`ideas/kind/${kind}`, many(standing, ([, idea]) => idea.kind === kind), all);
  for (const item of new Set([...ideas.values()].map((idea) => idea.item))) {
    const here = standing.filter(([, idea]) => idea.item === item);
    to.count(`ideas/item/${item}/count`, here.length, all);
    to.count(`ideas/item/${item}/tables`, new Set(here.map(([, { table }]) => table)).size, heads.size);
    to.count(`ideas/item/${item}/minority`, many(here, ([, { kind }]) => kind === 'minority'), here.length);
  }
  const published = themes.published();
  to.count('themes/published', published.length);
  for (const { theme, ideas: under, tables } of published) {
    to.count(`theme/${theme}/ideas`, under);
    to.count(`theme/${theme}/tables`, tables, heads.size);
  }
};

/** The rounds of a question, and the last one that is over. @param {string} id @param {Question} question @param {Map<string, any[]>} opened @param {Figures} to */
const questionFigures = (id, question, opened, to) => {
  const asked = [...question.rounds].filter(([, { state }]) => state !== 'planned');
  if ((question.rules.purpose ?? 'topic') === 'practice' || asked.length === 0) return;
  to.count(`question/${id}/rounds`, asked.length);
  to.count(`question/${id}/rounds/voided`, many(asked, ([, { state }]) => state === 'voided'), asked.length);
  const over = asked.filter(([, { state }]) => state === 'closed' || state === 'shown').at(-1);
  if (!over) return;
  const [number, now] = over, path = `question/${id}/round/${number}`, standing = now.ballots.standing();
  to.count(`${path}/voted`, now.voted, now.present);
  to.count(`${path}/present`, now.present);
  for (const channel of CHANNELS) {
    to.count(`${path}/channel/${channel}`, many(standing, (ballot) => ballot.channel === channel), now.voted);
    if (now.votersClosed) to.unknown.add(`${path}/channel/${channel}`);
  }
  if (now.state === 'shown') resultFigures(path, question, now, now.allOpen ? now.choices() : opened.get(path) ?? null, to);
};

/** A shown round from its ballots, or where they are closed to us from what was shown.
 * @param {string} path @param {Question} question @param {Round} now @param {any[] | null} ballots @param {Figures} to */
const resultFigures = (path, question, now, ballots, to) => {
  const before = new Set(to.made.keys()), { kind } = question;
  const cells = ballots ? tally(ballots, question.cells()) : new Map(Object.entries(now.shown ?? {}));
  const at = (/** @type {string} */ cell) => {
    const n = cells.get(cell);
    if (n === undefined) throw new TypeError(`no ${cell}`);
    return n;
  };
  if (kind === 'number') numberFigures(path, cells, to);
  else if (kind === 'rating') ratingFigures(path, question, at, now.voted, to);
  else {
    const options = [...question.options.keys()];
    for (const option of options) to.both(`${path}/option/${option}`, at(option), now.voted);
    if (question.rules.purpose === 'priority') rankFigures(path, question, new Map(options.map((o) => [o, fraction(at(o))])), to);
  }
  if (ONE_CHOICE.includes(kind)) censusFigures(path, question, at, to);
  if (!ballots) {
    for (const id of to.made.keys()) if (!before.has(id)) to.stated.add(id);
    if (now.cameBack) to.corrected.push(path);
  }
  if (kind !== 'approve') return;
  to.both(`${path}/none`, many(ballots ?? [], (said) => said.length === 0), now.voted);
  if (!ballots) for (const name of ['count', 'share']) to.unknown.add(`${path}/none/${name}`);
};

/** @param {string} path @param {Map<string, number>} cells @param {Figures} to */
const numberFigures = (path, cells, to) => {
  const counts = [...cells].map(([cell, n]) => /** @type {[number, number]} */ ([Number(cell), n])).sort(([a], [b]) => a - b);
  const values = counts.flatMap(([value, n]) => Array.from({ length: n }, () => value)), base = values.length;
  for (const [value, n] of counts) to.both(`${path}/value/${value}`, n, base);
  const sum = values.reduce((total, value) => total + BigInt(value), 0n);
  to.exact(`${path}/mean`, 'mean', base ? fraction(sum, base) : null, base);
  const middle = BigInt(values[(base - 1) >> 1] ?? 0) + BigInt(values[base >> 1] ?? 0);
  to.exact(`${path}/median`, 'score', base ? fraction(middle, 2) : null, base);
};

/** @param {string} path @param {Question} question @param {(cell: string) => number} at @param {number} voted @param {Figures} to */
const ratingFigures = (path, question, at, voted, to) => {
  /** @type {Map<string, Fraction>} */
  const means = new Map();
  for (const option of question.options.keys()) {
    const counts = question.scale.map((value) => /** @type {const} */ ([value, at(`${option}=${value}`)]));
    const raters = counts.reduce((sum, [, n]) => sum + n, 0);
    to.count(`${path}/option/${option}/raters`, raters, voted);
    for (const [value, n] of counts) to.both(`${path}/option/${option}/value/${value}`, n, raters);
    if (raters) means.set(option, fraction(counts.reduce((sum, [value, n]) => sum + value * n, 0), raters));
    to.exact(`${path}/option/${option}/mean`, 'mean', means.get(option) ?? null, raters);
  }
  if (question.rules.purpose === 'priority') rankFigures(path, question, means, to);
};

/** Equal scores share a rank, unless the order of the options decides. @param {string} path @param {Question} question @param {Map<string, Fraction>} scores @param {Figures} to */
const rankFigures = (path, question, scores, to) => {
  const inOrder = question.rules.tie === 'option_order', order = [...scores];
  order.forEach(([option, score], place) => {
    const ahead = many(order.entries(), ([at, [, other]]) => {
      const difference = compared(other, score);
      return difference > 0 || (inOrder && difference === 0 && at < place);
    });
    to.exact(`${path}/option/${option}/rank`, 'rank', fraction(ahead + 1), order.length);
    to.exact(`${path}/option/${option}/score`, 'score', score);
  });
};

/** The room beside the census, over the options that have a census count. @param {string} path @param {Question} question @param {(cell: string) => number} at @param {Figures} to */
const censusFigures = (path, question, at, to) => {
  const census = [...question.options].filter(([, people]) => people !== null).map(([option, people]) => ({ option, people: people ?? 0, room: at(option) }));
  const everybody = census.reduce((sum, { people }) => sum + people, 0), here = census.reduce((sum, { room }) => sum + room, 0);
  for (const { option, people, room } of census) {
    to.share(`${path}/census/${option}/census`, people, everybody);
    to.share(`${path}/census/${option}/room`, room, here);
    const gap = everybody && here ? minus(fraction(room, here), fraction(people, everybody)) : null;
    to.exact(`${path}/census/${option}/difference`, 'share', gap, here, gap && tenths(gap));
  }
};

/** Tenths of a percent that differ at most with 95 % confidence, rounded up: Clopper and Pearson. @param {number} drawn @param {number} differing */
const differAtMost = (drawn, differing) => {
  const n = BigInt(drawn), all = 1000n ** n;
  for (let p = 0n; p < 1000n; p += 1n) {
    let ways = 1n, below = 0n;
    for (let x = 0n; x <= BigInt(differing); x += 1n) {
      below += ways * p ** x * (1000n - p) ** (n - x);
      ways = ways * (n - x) / (x + 1n);
    }
    if (20n * below <= all) return Number(p);
  }
  return 1000;
};

/** What was drawn, and how many agreed. @param {Meeting} meeting @param {Figures} to */
const sampleFigures = ({ samples: { drawn } }, to) => {
  drawn.forEach(({ pairs, outcome }, at) => {
    const path = `sample/${at + 1}`;
    to.count(`${path}/drawn`, pairs.size);
    to.count(`${path}/entered`, many(pairs.values(), ({ state }) => state === 'entered' || state === 'missing'), pairs.size);
    if (!outcome) return;
    const { compared: all, agreed, missing } = outcome, most = differAtMost(all, all - (agreed ?? 0));
    to.count(`${path}/pairs`, all, pairs.size);
    to.count(`${path}/missing`, missing, all);
    to.count(`${path}/agreed`, agreed ?? 0, all);
    to.exact(`${path}/differ_at_most`, 'share', fraction(most, 1000), all, most);
    if (agreed === null) for (const name of ['agreed', 'differ_at_most']) to.unknown.add(`${path}/${name}`);
  });
};

/** Every figure. @param {Meeting} meeting @param {Map<string, any[]>} opened published choices by round @returns {Figures} */
export const figuresOf = (meeting, opened) => {
  const to = new Figures();
  roomFigures(meeting, to);
  ideaFigures(meeting, to);
  for (const [id, question] of meeting.questions) questionFigures(id, question, opened, to);
  sampleFigures(meeting, to);
  return to;
};
