// The recount of an export, in its order: the chain with the state of the meeting, then what hangs on it.
import { isObject } from './canonical.js';
import { Recorded, after, digits, lineOf, startOf } from './chain.js';
import { checkCopies, checkFiles, checkSeals, comparedFigures, openedChoices } from './checks.js';
import { figuresOf } from './figures.js';
import { jsonOf } from './files.js';
import { Meeting } from './meeting.js';
import { Unreadable, Wrong, differenceOf } from './wrong.js';

/** @typedef {import('./wrong.js').Difference} Difference */
/** @typedef {import('./files.js').Files} Files */
/** @typedef {{question: string, round: number, offset: number, head: string}} Close a close of a vote and the head of the chain after it */
/**
 * What came out. `stated` are the figures that only an audit export lets one count.
 * @typedef {{export: string, events: number, head: string, meetingClosed: boolean, counted: string[], stated: string[],
 *   closedVotes: string[], erasedParts: number, closes: Close[], differences: Difference[]}} Verdict
 */

const FORMAT = 1;
const MOST_DIFFERENCES = 50;
const HEAD_DIGITS_MIN = 16;
const BREATH = 256;
const NEWLINE = 10;

/** The manifest, if this is an export that we know. @param {Files} files */
const manifestOf = (files) => {
  if (!files.has('manifest.json')) throw new Unreadable('no_export');
  const manifest = jsonOf(files, 'manifest.json');
  if (!isObject(manifest) || !['audit', 'public'].includes(manifest.export)) throw new Unreadable('no_export');
  if (manifest.format !== FORMAT) throw new Unreadable('unknown_format');
  return manifest;
};

/** The lines of a file, and what stands after the last one. @param {Uint8Array} bytes @returns {[Uint8Array[], Uint8Array]} */
const linesOf = (bytes) => {
  const lines = [];
  let from = 0;
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return [lines, bytes.subarray(from)];
};

/** One recount: what it has found so far. */
class Recount {
  /** @param {Files} files @param {string[]} published heads */
  constructor(files, published) {
    this.files = files;
    this.published = published;
    this.manifest = manifestOf(files);
    this.meeting = new Meeting();
    /** Parts that are closed to us, as `offset/part`; with the path of the vote that they belong to. @type {Map<string, string>} */
    this.closed = new Map();
    /** @type {Verdict} */
    this.verdict = {
      export: this.manifest.export, events: 0, head: '', meetingClosed: false, counted: [], stated: [], closedVotes: [],
      erasedParts: 0, closes: [], differences: [],
    };
  }

  /** @param {string} where @param {string} code @param {Record<string, unknown>} [params] */
  differs(where, code, params = {}) {
    if (this.verdict.differences.length < MOST_DIFFERENCES) this.verdict.differences.push({ where, code, params });
  }

  /** Do a part of the work; what it throws is a difference at its place. @param {string} where @param {() => void} work @returns {boolean} whether it went well */
  attempt(where, work) {
    try {
      work();
      return true;
    } catch (error) {
      const { code, params } = differenceOf(where, error);
      this.differs(where, code, params);
      return false;
    }
  }

  /** Chain and fold every event; says at which one something is wrong, and goes on. @returns {Generator<[number, number], void>} */
  *fold() {
    const genesis = this.files.get('genesis.json'), record = this.files.get('log.ndjson'), told = this.files.get('segments.ndjson');
    if (!genesis || !record || !told) throw new Wrong('file_missing', { file: 'genesis.json, log.ndjson, segments.ndjson' });
    let head = startOf(genesis), whole = true;
    if (this.manifest.start !== digits(head)) this.differs('genesis.json', 'another_start');
    const segments = new Recorded(told, (where, code) => this.differs(where, code));
    const wanted = new Set(this.published.map((each) => each.trim().toLowerCase()));
    const look = () => {
      for (const each of wanted) if (digits(head).startsWith(each)) wanted.delete(each);
    };
    look();
    const [lines, rest] = linesOf(record);
    if (rest.length > 0) this.differs(`log.ndjson, event ${lines.length + 1}`, 'line_cut');
    for (const [at, line] of lines.entries()) {
      const offset = at + 1;
      const where = `log.ndjson, event ${offset}`;
      /** @type {[import('./chain.js').Json, import('./chain.js').Sealed] | null} */
      let read = null;
      this.attempt(where, () => {
        read = lineOf(line);
        this.#seals(offset, ...read);
      });
      // After a line that is not as it was written every head is another: one difference says it.
      whole &&= this.attempt(where, () => {
        if (!read) throw new Wrong('chain_parts');
        head = after(head, ...read);
        look();
        segments.check(offset, digits(head));
      });
      this.attempt(where, () => {
        if (!read) return;
        const [event, sealed] = read;
        this.meeting.take(offset, event, sealed);
        if (!whole || event.type !== 'voting_closed') return;
        this.verdict.closes.push({ question: event.question, round: event.round, offset, head: digits(head) });
      });
      if (offset % BREATH === 0) yield [offset, lines.length];
    }
    Object.assign(this.verdict, { events: lines.length, head: digits(head), meetingClosed: this.meeting.closed });
    if (lines.length !== this.manifest.events || lines.length !== segments.events) {
      this.differs('log.ndjson', 'events', { count: lines.length, manifest: this.manifest.events, segments: segments.events });
    } else if (digits(head) !== this.manifest.head) this.differs('manifest.json', 'another_head');
    for (const each of wanted) this.differs('log.ndjson', 'head_absent', { head: each });
  }

  /** @param {number} offset @param {import('./chain.js').Json} event @param {import('./chain.js').Sealed} sealed */
  #seals(offset, event, sealed) {
    for (const [name, part] of Object.entries(sealed)) {
      if (typeof part === 'string') {
        const path = event.type === 'ballot_unplaced' ? '' : `question/${event.question}/round/${event.round}`;
        this.closed.set(`${offset}/${name}`, path);
      } else if (name === 'voter' && this.verdict.export === 'public') throw new Wrong('says_who');
    }
  }
}

/**
 * Recount an export; yields how many events of how many are done.
 * @param {Files} files
 * @param {string[]} [published] heads that were published, at least their first 16 digits
 * @returns {Generator<[number, number], Verdict>}
 * @throws {Unreadable} it is no export
 */
export function* recounted(files, published = []) {
  if (published.some((head) => head.trim().length < HEAD_DIGITS_MIN)) throw new Unreadable('head_short', { digits: HEAD_DIGITS_MIN });
  const recount = new Recount(files, published), { verdict, meeting } = recount;
  try {
    yield* recount.fold();
  } catch (error) {
    const { code, params } = differenceOf('', error);
    recount.differs('the export', code, params);
    return verdict;
  }
  checkSeals(recount);
  const opened = openedChoices(recount);
  recount.attempt('figures.json', () => comparedFigures(recount, figuresOf(meeting, opened)));
  recount.attempt('manifest.json', () => checkCopies(recount));
  recount.attempt('manifest.json', () => checkFiles(recount));
  return verdict;
}

/** The same at one go. @param {Files} files @param {string[]} [published] @returns {Verdict} */
export const recount = (files, published = []) => {
  const work = recounted(files, published);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
};

/** @typedef {Recount} RecountNow */
