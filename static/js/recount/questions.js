// Questions and their rounds: what was asked, and the rules that a ballot, a close and a show keep.
import { Ballots, NOTHING, tally } from './ballots.js';
import { byCodePoint, canonical, isObject, utf8 } from './canonical.js';
import { hex, sha256, unhex } from './sha256.js';
import { Wrong, held } from './wrong.js';

/** @typedef {import('./chain.js').Json} Json */
/** @typedef {import('./chain.js').Sealed} Sealed */
/** @typedef {import('./ballots.js').Histories} Histories */

/** One asking of a question. */
export class Round {
  state = 'planned';
  ballots = new Ballots();
  votersClosed = false;
  choicesClosed = false;
  voted = 0;
  present = 0;
  digest = '';
  /** @type {string | null} */
  salt = null;
  /** @type {Json | null} */
  shown = null;
  /** Seats that were not present at the close. @type {Set<string>} */
  absent = new Set();
  /** Ballots that came back after the show, and whether an erratum says so. */
  cameBack = 0;
  corrected = false;

  get allOpen() {
    return !this.votersClosed && !this.choicesClosed;
  }

  /** The choices that count. */
  choices() {
    return this.ballots.standing().map(({ said }) => said);
  }
}

/** A question. */
export class Question {
  /** @type {Map<number, Round>} */
  rounds = new Map([[1, new Round()]]);
  /** Its options in their order, each with its census count or null. @type {Map<string, number | null>} */
  options = new Map();

  /** @param {Json} rules @param {number[]} scale */
  constructor(rules, scale) {
    this.rules = rules;
    this.scale = scale;
  }

  get kind() {
    return String(this.rules.kind);
  }

  /** The cells that a result names, even at zero. @returns {string[]} */
  cells() {
    const options = [...this.options.keys()];
    return this.kind === 'rating' ? options.flatMap((option) => this.scale.map((value) => `${option}=${value}`)) : options;
  }

  /** @param {any} said @throws {Wrong} where a ballot says what the question does not allow */
  checkChoices(said) {
    if (!this.#allows(said)) throw new Wrong('choices_not_allowed');
  }

  /** @param {any} said */
  #allows(said) {
    const { number_min: least = 0, number_max: most = 100, choices_max: some = 1 } = this.rules;
    if (this.kind === 'number') return Number.isInteger(said) && least <= said && said <= most;
    if (this.kind === 'rating') {
      return isObject(said) && Object.entries(said).every(([option, value]) => this.options.has(option) && this.scale.includes(value));
    }
    if (!Array.isArray(said) || new Set(said).size !== said.length) return false;
    const room = this.kind === 'approve' ? this.options.size : this.kind === 'pick_up_to' ? some : 1;
    return said.length <= room && (said.length > 0 || this.kind === 'approve') && said.every((option) => this.options.has(option));
  }
}

/** @param {Round} now @param {any[]} choices @throws {Wrong} where the digest of the close is of other choices */
export const checkDigest = (now, choices) => {
  const salt = unhex(now.salt);
  if (!salt) throw new Wrong('no_seal');
  const listed = `[${choices.map(canonical).sort(byCodePoint).join(',')}]`;
  if (hex(sha256(salt, utf8(listed))) !== now.digest) throw new Wrong('digest');
};

/** @param {Question} question @param {Round} now @param {any[]} choices @throws {Wrong} where other counts were shown */
export const checkShown = (question, now, choices) => {
  const counted = tally(choices, question.cells()), shown = now.shown ?? {};
  for (const cell of [...new Set([...counted.keys(), ...Object.keys(shown)])].sort(byCodePoint)) {
    if (counted.get(cell) !== shown[cell]) {
      throw new Wrong('shown', { cell, shown: shown[cell] ?? '–', counted: counted.get(cell) ?? '–' });
    }
  }
};

/** What a close says of its ballots, or one that came back after it. @param {Round} now @param {Sealed} sealed */
const checkCount = (now, sealed) => {
  const salt = sealed.digest;
  if (salt === undefined) throw new TypeError('digest');
  now.salt = typeof salt === 'string' ? null : salt[1].digest_salt ?? null;
  const { length } = now.ballots.standing();
  if (!now.votersClosed && length !== now.voted) throw new Wrong('voted', { said: now.voted, counted: length });
  if (now.allOpen && now.salt !== null) checkDigest(now, now.choices());
};

/** Who voted, or null where that is closed to us. @param {Round} now @param {Sealed} sealed @returns {string | null} */
const voterOf = (now, sealed) => {
  const voter = sealed.voter;
  if (voter === undefined) throw new TypeError('voter');
  if (typeof voter !== 'string') return voter[1].voter;
  now.votersClosed = true;
  return null;
};

/** What a ballot says, or null where that is closed to us. @param {Round} now @param {Sealed} sealed */
const saidOf = (now, sealed) => {
  const choices = sealed.choices;
  if (choices === undefined) throw new TypeError('choices');
  if (typeof choices !== 'string') return choices[1].choices;
  now.choicesClosed = true;
  return null;
};

/**
 * What a ballot, a withdrawal, a close and a show do to a round.
 * @type {Record<string, (question: Question, now: Round, event: Json, sealed: Sealed, world: {histories: Histories, absent: () => [number, Set<string>]}) => void>}
 */
export const ROUND_EVENTS = {
  voting_opened: (question, now) => {
    now.state = 'open';
    now.ballots.first = question.rules.first_only === true;
  },
  ballot_cast: (question, now, event, sealed, { histories }) => {
    const who = voterOf(now, sealed), said = saidOf(now, sealed);
    if (who === null) return;
    if (now.ballots.first && now.ballots.of(who)) throw new Wrong('second_ballot');
    if (said !== null) question.checkChoices(said);
    now.ballots.add(who, { place: histories.now(), said, channel: event.channel });
  },
  ballot_withdrawn: (_question, now, event, sealed, { histories }) => {
    const who = voterOf(now, sealed);
    if (who !== null) now.ballots.add(who, { place: histories.now(), said: NOTHING, channel: event.channel });
  },
  ballot_recovered: (question, now, event, sealed, { histories }) => {
    if (histories.known.length === 0) throw new Wrong('never_restored');
    const who = voterOf(now, sealed), said = saidOf(now, sealed) ?? null;
    const closed = typeof sealed.choices === 'string';
    if (who !== null) {
      if (!closed && (said === null) !== event.withdrawn) throw new Wrong('withdrawn_or_not');
      if (said !== null) question.checkChoices(said);
      now.ballots.add(who, { place: histories.lost(event), said: event.withdrawn ? NOTHING : said, channel: event.channel });
    }
    if ((now.digest !== '') !== 'digest' in event) throw new Wrong('new_count');
    if (now.state === 'shown') now.cameBack += 1;
    if ('digest' in event) countAnew(now, event, sealed, who);
  },
  voting_closed: (_question, now, event, sealed, { absent }) => {
    Object.assign(now, { state: 'closed', digest: event.digest, voted: event.voted, present: event.present });
    const [present, away] = absent();
    now.absent = away;
    if (present !== now.present) throw new Wrong('present', { said: now.present, counted: present });
    checkCount(now, sealed);
  },
  results_shown: (question, now, event) => {
    Object.assign(now, { state: 'shown', shown: event.cells });
    if (event.voters !== now.voted) throw new Wrong('shown_voters', { said: event.voters, counted: now.voted });
    if (now.allOpen) checkShown(question, now, now.choices());
  },
  round_voided: (_question, now) => {
    now.state = 'voided';
  },
  voting_extended: () => {},
  closing_announced: () => {},
  void_asked: () => {},
  again_asked: () => {},
  more_time_asked: () => {},
};

/** In which states of a round an event may happen to it; where none is named, only while it is open. @type {Record<string, string[]>} */
export const ALLOWED = {
  voting_opened: ['planned'],
  results_shown: ['closed'],
  round_voided: ['open', 'closed', 'shown'],
  void_asked: ['open', 'closed', 'shown'],
  again_asked: ['closed', 'shown', 'voided'],
  ballot_recovered: ['open', 'closed', 'shown', 'voided'],
};

/** The count of a round that was over when a ballot came back. @param {Round} now @param {Json} event @param {Sealed} sealed @param {string | null} who */
const countAnew = (now, event, sealed, who) => {
  const present = now.present + (who !== null && now.absent.delete(who) ? 1 : 0);
  if (!now.votersClosed && event.present !== present) throw new Wrong('present', { said: event.present, counted: present });
  Object.assign(now, { voted: event.voted, present: event.present, digest: event.digest });
  checkCount(now, sealed);
};

/** The round that an event is about. @param {Map<string, Question>} questions @param {Json} event @returns {[Question, Round]} */
export const roundOf = (questions, event) => {
  const question = held(questions, event.question);
  return [question, held(question.rounds, event.round)];
};
