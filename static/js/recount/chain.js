// The chain of hashes through the record, computed anew beside what the export says of it.
import { canonical, isObject, textOf, utf8 } from './canonical.js';
import { hex, sha256, unhex } from './sha256.js';
import { Wrong } from './wrong.js';

const STEP = 8;
const COMMITMENT_BYTES = 32, SALT_BYTES = 16;

/** @typedef {Record<string, any>} Json */
/** @typedef {Record<string, [string, Json] | string>} Sealed by the part's name: salt and fields, or the commitment alone */

/** A line of the record. @param {Uint8Array} line @returns {[Json, Sealed]} */
export const lineOf = (line) => {
  const text = textOf(line);
  let record;
  try {
    record = JSON.parse(text);
  } catch {
    throw new Wrong('no_json');
  }
  if (canonical(record) !== text) throw new Wrong('not_canonical');
  if (!Array.isArray(record) || record.length !== 2 || !record.every(isObject)) throw new Wrong('no_event');
  return /** @type {[Json, Sealed]} */ (record);
};

/** What the chain holds of a sealed part. @param {[string, Json] | string} part */
export const commitment = (part) => {
  const closed = typeof part === 'string';
  if (!closed && part.length !== 2) throw new Wrong('no_seal');
  const bytes = unhex(closed ? part : part[0]);
  if (bytes?.length !== (closed ? COMMITMENT_BYTES : SALT_BYTES)) throw new Wrong('no_seal');
  return closed ? bytes : sha256(bytes, utf8(canonical(part[1])));
};

/** The head before the first event. @param {Uint8Array} genesis */
export const startOf = (genesis) => sha256(utf8('townmeeting log\n'), genesis);

/** The head after one more event. @param {Uint8Array} head @param {Json} open @param {Sealed} sealed */
export const after = (head, open, sealed) =>
  sha256(head, utf8(canonical(open)), ...Object.entries(sealed).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => commitment(part)));

/** What segments.ndjson says: the first digits of the head after each event, and the whole head after each batch. */
export class Recorded {
  /** @param {Uint8Array} file @param {(where: string, code: string) => void} differs */
  constructor(file, differs) {
    this.steps = '';
    /** @type {Map<number, string>} */
    this.heads = new Map();
    const lines = textOf(file).split('\n');
    if (lines.at(-1) === '') lines.pop();
    lines.forEach((line, at) => {
      const wrong = this.#take(line);
      if (wrong) differs(`segments.ndjson, line ${at + 1}`, wrong);
    });
  }

  get events() {
    return this.steps.length / STEP;
  }

  /** @param {string} line @returns {string | null} what is wrong with it */
  #take(line) {
    let told;
    try {
      told = JSON.parse(line);
    } catch {
      return 'no_json';
    }
    const { first, last, head, steps } = told ?? {};
    if (canonical(told) !== line || typeof steps !== 'string' || typeof head !== 'string') return 'not_canonical';
    if (steps.length !== STEP * (last - first + 1) || steps.length % STEP !== 0) return 'not_canonical';
    const follows = first === this.events + 1 && steps.endsWith(head.slice(0, STEP));
    this.steps += steps;
    this.heads.set(last, head);
    return follows ? null : 'segment_apart';
  }

  /** Compare the head after an event. @param {number} offset @param {string} head */
  check(offset, head) {
    if (offset > this.events) throw new Wrong('segments_end');
    if (head.slice(0, STEP) !== this.steps.slice(STEP * (offset - 1), STEP * offset)) throw new Wrong('chain_parts');
    if (head !== (this.heads.get(offset) ?? head)) throw new Wrong('batch_head');
  }
}

/** The head as digits. */
export const digits = hex;
