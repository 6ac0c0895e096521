// The meeting as its events tell it: as much of it as figures are made from.
import { Histories } from './ballots.js';
import { ALLOWED, Question, ROUND_EVENTS, Round, roundOf } from './questions.js';
import { Samples } from './samples.js';
import { Themes } from './themes.js';
import { Wrong, held } from './wrong.js';

/** @typedef {import('./chain.js').Json} Json */
/** @typedef {import('./chain.js').Sealed} Sealed */
/** @typedef {{table: string, standing: string, present: boolean, attended: boolean}} Seat */
/** @typedef {{table: string, item: string, kind: string, withdrawn: boolean, read: boolean}} Idea */

const AFTER_CLOSE = new Set(['meeting_archived', 'erratum_recorded', 'response_recorded', 'text_redacted', 'log_restored']);

/** Events that no figure depends on. */
const NO_FIGURE = new Set([
  'meeting_archived', 'response_recorded', 'item_begun', 'item_finished', 'item_extended', 'item_skipped',
  'item_moved', 'item_added', 'idea_moved', 'idea_answered', 'theme_renamed', 'themes_ordered', 'idea_quoted', 'idea_unquoted',
  'tables_assigned', 'scene_taken', 'timer_started', 'timer_stopped', 'message_sent', 'help_called', 'help_answered', 'help_closed',
  'keypad_released', 'takeover_asked', 'ballot_unplaced',
]);

/** What was asked, who came, what was written. */
export class Meeting {
  /** @type {Json} */
  plan = {};
  started = false;
  closed = false;
  /** @type {Map<string, Seat>} */
  seats = new Map();
  /** The last head count of each table, or null. @type {Map<string, number | null>} */
  heads = new Map();
  /** @type {Map<string, Question>} */
  questions = new Map();
  /** @type {Map<string, Idea>} */
  ideas = new Map();
  themes = new Themes();
  histories = new Histories();
  samples = new Samples();
  /** Parts that were taken out of the record, as `offset/part`. @type {Set<string>} */
  redacted = new Set();

  /** @param {number} offset @param {Json} event @param {Sealed} sealed */
  take(offset, event, sealed) {
    const { type } = event;
    if ((offset === 1) !== (type === 'meeting_prepared')) throw new Wrong('first_event');
    if (type === 'plan_replaced' && this.started) throw new Wrong('first_event');
    if (this.closed && !AFTER_CLOSE.has(type)) throw new Wrong('after_close');
    if (NO_FIGURE.has(type)) return;
    if (type === 'sample_drawn') return this.samples.draw(event, this);
    if (type === 'hands_entered') return this.samples.enter(event, sealed, this.questions);
    const ofRound = Object.hasOwn(ROUND_EVENTS, type) ? ROUND_EVENTS[type] : undefined;
    const other = Object.hasOwn(EVENTS, type) ? EVENTS[type] : undefined;
    if (ofRound) {
      const [question, now] = roundOf(this.questions, event);
      if (!(ALLOWED[type] ?? ['open']).includes(now.state)) throw new Wrong('round_state', { state: now.state });
      ofRound(question, now, event, sealed, { histories: this.histories, absent: () => this.#absent(question) });
      if (type === 'round_voided') this.samples.without(event, this.questions);
    } else if (other) other(this, event);
    else throw new Wrong('unknown_event', { type });
  }

  /** How many of the seats that vote on a question are present, and those that are not. @param {Question} question @returns {[number, Set<string>]} */
  #absent({ rules }) {
    const voting = [...this.seats].filter(([, { standing }]) => rules.standings.includes(standing));
    const away = voting.filter(([, { present }]) => !present).map(([id]) => id);
    return [voting.length - away.length, new Set(away)];
  }
}

/** @param {Meeting} meeting @param {Json} event */
const seated = (meeting, event) => Object.assign(held(meeting.seats, event.seat), { present: true, attended: true });

/**
 * Take a plan. Of another one before: who sits where they sat, and the heads of tables that are in both.
 * @param {Meeting} meeting
 * @param {Json} event
 */
function planned(meeting, { plan }) {
  const { heads, seats } = meeting;
  meeting.plan = plan;
  [meeting.heads, meeting.seats, meeting.questions] = [new Map(), new Map(), new Map()];
  for (const { id } of plan.tables) meeting.heads.set(id, heads.get(id) ?? null);
  for (const { id, table, standing } of plan.seats) {
    const before = seats.get(id);
    const stayed = before?.table === table ? before : null;
    meeting.seats.set(id, { table, standing, present: stayed?.present ?? false, attended: stayed?.attended ?? false });
  }
  for (const { id, rules, scale, options } of plan.questions) {
    const question = new Question(rules, scale.map((/** @type {Json} */ step) => step.value));
    for (const option of options) question.options.set(option.id, option.census ?? null);
    meeting.questions.set(id, question);
  }
}

/** @type {Record<string, (meeting: Meeting, event: Json) => void>} */
const EVENTS = {
  meeting_prepared: planned,
  plan_replaced: planned,
  meeting_started: (meeting) => {
    meeting.started = true;
  },
  meeting_closed: (meeting) => {
    meeting.closed = true;
  },
  log_restored: (meeting, event) => meeting.histories.begin(event),
  erratum_recorded: (meeting, event) => {
    if ('recovered' in event) held(held(meeting.questions, event.question).rounds, event.recovered).corrected = true;
  },
  text_redacted: (meeting, { erased }) => {
    for (const [offset, part] of erased) meeting.redacted.add(`${offset}/${part}`);
  },
  heads_counted: (meeting, { table, heads }) => void meeting.heads.set(table, heads),

  seat_added: (meeting, { seat, table, standing }) => void meeting.seats.set(seat, { table, standing, present: false, attended: false }),
  keypad_bound: seated,
  seat_marked_present: seated,
  seat_marked_left: (meeting, { seat }) => {
    held(meeting.seats, seat).present = false;
  },
  seat_moved: (meeting, { seat, table }) => {
    held(meeting.seats, seat).table = table;
  },

  question_drafted: (meeting, { question, rules, scale }) => void meeting.questions.set(question, new Question(rules, scale)),
  question_revised: (meeting, event) => {
    const question = held(meeting.questions, event.question);
    question.rules = event.rules ?? question.rules;
    question.scale = event.scale ?? question.scale;
    if (event.options_replaced) question.options = new Map();
  },
  option_added: (meeting, event) => void held(meeting.questions, event.question).options.set(event.option, event.census ?? null),
  round_added: (meeting, event) => void held(meeting.questions, event.question).rounds.set(event.round, new Round()),

  idea_written: (meeting, { idea, table, item, kind }) => void meeting.ideas.set(idea, { table, item, kind, withdrawn: false, read: false }),
  idea_revised: (meeting, { idea, kind }) => void Object.assign(held(meeting.ideas, idea), { kind, read: false }),
  idea_withdrawn: (meeting, { idea }) => {
    held(meeting.ideas, idea).withdrawn = true;
  },
  ideas_read: (meeting, { ideas }) => {
    for (const idea of ideas) held(meeting.ideas, idea).read = true;
  },

  theme_created: (meeting, event) => meeting.themes.acts.push(event),
  themes_merged: (meeting, event) => meeting.themes.acts.push(event),
  idea_filed: (meeting, event) => meeting.themes.acts.push(event),
  idea_unfiled: (meeting, event) => meeting.themes.acts.push(event),
  themes_published: (meeting, event) => meeting.themes.publish(event, meeting.ideas),
  act_undone: (meeting, { act }) => void meeting.themes.undone.add(act),
};
