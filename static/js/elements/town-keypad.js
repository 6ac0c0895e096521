// <town-keypad>: the keypad of a seat on a phone: one question at a time, and what became of each press.

import { html, nothing } from '/static/vendor/lit.js';
import { ballotCommand, press } from '../models/ballot.js';
import { progress, readNumber, roundOf, standing, stateOf } from '../models/keypad.js';
import { markPassed } from '../models/marks.js';
import { leftOver } from '../models/words.js';
import { fateWords } from '../pages/fate.js';
import { t } from '../pages/place.js';
import { answerParts, answerWords, optionsOf, worded } from './keypad-options.js';
import { LiveElement } from './live-element.js';

/**
 * @typedef {import('../models/keypad.js').Sheet} Sheet
 * @typedef {import('../models/ballot.js').Choices} Choices
 */

const TICK_MS = 250;
const SAID_MS = 5_000;
const SEVERAL = new Set(['pick_up_to', 'approve', 'rating']);

export class TownKeypad extends LiveElement {
  constructor() {
    super();
    /** Whether this page came from a scan or a code: then it takes its seat by itself. */
    this.arrived = false;
    /** Whether this device was the keypad of the seat since the page was opened. */
    this.held = false;
    this.pressed = '';
    /** What the page itself refuses, before anything is sent. */
    this.wrong = '';
    /** @type {{round: string, choices: Choices} | null} Chosen, and not yet given: where the first answer counts. */
    this.draft = null;
    this.asking = false;
    /** @type {{sheet: Sheet, choices: Choices, fate: string} | null} The vote before: what was answered there. */
    this.over = null;
    this.round = '';
    /** @type {number | null} */
    this.left = null;
    /** @type {unknown[]} What is said aloud, in sentences, and a moment later gone from the page. */
    this.spoken = [];
    this.spokenAt = 0;
    /** Of which request for more time it was said that it arrived. @type {unknown} */
    this.moreSaid = undefined;
    /** What had the focus before something changed. @type {HTMLElement | null} */
    this.focused = null;
    this.ticking = 0;
  }

  /** @override */
  connectedCallback() {
    this.replaceChildren(); // what stood here while the page was loading
    super.connectedCallback();
    this.ticking = window.setInterval(() => this.tick(), TICK_MS);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.ticking);
  }

  get device() {
    return String(this.live?.scope['device'] ?? '');
  }

  /** @returns {Sheet | undefined} */
  get sheet() {
    const sheet = this.told('open');
    return sheet?.question ? sheet : undefined;
  }

  get state() {
    return stateOf({ seat: this.told('seat'), device: this.device, sheet: this.sheet, phase: this.told('meeting')?.phase ?? '' });
  }

  /** @param {Sheet} sheet */
  standing(sheet) {
    return standing(sheet, this.told('ballot'), this.live?.outbox.waiting() ?? [], this.sent('ballot'));
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  willUpdate(changed) {
    super.willUpdate(changed);
    const state = this.state;
    const first = this.live?.state === 'open' && !this.sent('seat');
    if (first && (state === 'free' || (state === 'elsewhere' && this.arrived))) this.take();
    if (!['waiting', 'free', 'elsewhere', 'asked'].includes(state)) {
      this.held = true;
      this.arrived = false;
    }
    const { sheet } = this;
    const round = sheet ? roundOf(sheet) : '';
    this.focused = this.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
    if (round !== this.round) this.turn(sheet, round);
    const more = this.sent('more');
    if (more?.fate === 'saved' && more !== this.moreSaid) {
      this.moreSaid = more;
      this.speak([t('seat.more_time_asked')]);
    }
    if (sheet) this.over = { sheet, choices: this.standing(sheet).choices, fate: this.standing(sheet).fate };
  }

  /** Where the button with the focus went away, reading goes on at what took its place. @override */
  updated() {
    const { focused } = this;
    if (!focused || focused.isConnected) return;
    /** @type {HTMLElement | null} */ (this.querySelector(focused.dataset['then'] ?? '#ballot h1'))?.focus();
  }

  /**
   * Say something aloud.
   * @param {unknown[]} sentences
   */
  speak(sentences) {
    this.spoken = sentences;
    this.spokenAt = Date.now();
  }

  /**
   * Another question is open, or none.
   * @param {Sheet | undefined} sheet
   * @param {string} round
   */
  turn(sheet, round) {
    const before = this.round;
    this.round = round;
    this.draft = null;
    this.asking = false;
    this.wrong = '';
    this.pressed = '';
    this.left = null;
    if (sheet) this.speak([t('question_state.open'), worded(sheet.title)]);
    else if (before) this.speak([t('question_state.closed'), this.outcome(true)]);
  }

  /** Take the seat: by itself after a scan and where nobody has it, else when somebody asks for it. */
  take() {
    this.act('seat', { t: 'join_seat', seat: String(this.live?.scope['seat'] ?? '') });
  }

  tick() {
    if (this.spoken.length > 0 && Date.now() - this.spokenAt > SAID_MS) {
      this.spoken = [];
      this.requestUpdate();
    }
    const until = this.sheet?.closes_at_ms;
    if (!until || !this.live) return;
    const left = until - this.live.now();
    const mark = this.left === null ? null : markPassed(this.left, left);
    this.left = left;
    if (mark !== null) this.speak([mark >= 60 ? t('air.minutes_left', { count: mark / 60 }) : t('air.seconds_left', { count: mark })]);
    this.requestUpdate();
  }

  /**
   * Give a ballot; where the first answer counts it is kept until it is confirmed.
   * @param {Sheet} sheet
   * @param {Choices} choices
   */
  choose(sheet, choices) {
    this.wrong = '';
    if (!sheet.first_only) this.give(sheet, choices);
    else {
      this.draft = { round: roundOf(sheet), choices };
      this.asking = !SEVERAL.has(sheet.kind);
      this.requestUpdate();
    }
  }

  /**
   * @param {Sheet} sheet
   * @param {Choices} choices
   */
  give(sheet, choices) {
    this.draft = null;
    this.asking = false;
    this.act('ballot', ballotCommand(sheet, String(this.live?.scope['seat'] ?? ''), choices));
  }

  /** @override */
  render() {
    const seat = this.told('seat');
    const { state } = this;
    return html`<p class="who"><span id="seat-name">${seat ? t('ui.seat', { seat: seat.id }) : ''}</span>${seat ? html` <span class="quiet">${t('seat.as', { standing: t(`standing.${seat.standing}`) })}</span>` : nothing}</p>
      <div class="unseen" role="status">${this.spoken.map((each) => html`<p>${each}</p> `)}</div>
      <div id="holder" role="alert" ?hidden=${!['elsewhere', 'asked'].includes(state)}>${this.holder(state)}</div>
      <div id="ballot">${this.main(state)}</div>
      ${this.bar(state)}`;
  }

  /** @param {string} state */
  holder(state) {
    if (state === 'asked') return html`<p>${t('ui.takeover_asked')}</p>`;
    if (state !== 'elsewhere') return nothing;
    return html`<p>${t('ui.seat_elsewhere')}</p> <button type="button" class="primary" @click=${() => this.take()}>${t(this.held ? 'seat.take_back' : 'seat.take')}</button>`;
  }

  /** @param {string} state */
  main(state) {
    const { sheet } = this;
    switch (state) {
      case 'vote':
        return sheet ? this.question(sheet) : nothing;
      case 'not_asked':
        return html`<h1 id="asked" tabindex="-1">${worded(sheet?.title)}</h1><p>${t('seat.not_asked', { standings: (sheet?.standings ?? []).map((each) => t(`standing.${each}`)).join(', ') })}</p>`;
      case 'quiet':
        return this.quiet();
      case 'before':
        return html`<h1>${t('seat.before')}</h1>${this.consent()}`;
      case 'after':
        return html`<h1>${t('seat.after')}</h1><p>${t('seat.after_hint')}</p>`;
      case 'waiting':
        return html`<p class="quiet">${t('ui.loading')}</p>`;
      case 'free':
        return this.held ? html`<button type="button" class="primary wide" @click=${() => this.take()}>${t('seat.take')}</button>` : html`<p class="quiet">${t('ui.loading')}</p>`;
      default:
        return nothing;
    }
  }

  /** No vote is open: what became of the last one, and what comes. */
  quiet() {
    const { over } = this;
    if (!over && this.live && ['offline', 'connecting'].includes(this.live.state)) return html`<h1>${t('seat.no_line')}</h1><p>${t('seat.no_line_hint')}</p>${this.consent()}`;
    if (!over) return html`<h1>${t('seat.ready')}</h1><p>${t('ui.no_vote_open')}</p>${this.consent()}`;
    return html`<h1 tabindex="-1">${t('question_state.closed')}</h1><p class="asked-before">${worded(over.sheet.title)}</p>
      <div class="outcome">${this.outcome()}</div>
      <p class="quiet">${t('seat.next')} ${t('ui.no_vote_open')}</p>`;
  }

  /**
   * What was saved in the vote that is over.
   * @param {boolean} [aloud] In one sentence, where it is heard and not seen.
   */
  outcome(aloud = false) {
    const { over } = this;
    if (over?.fate !== 'saved' || over.choices === null) return t('seat.unanswered');
    return html`${t('seat.answered')} ${aloud ? answerParts(over.sheet, over.choices).map((part, at) => html`${at > 0 ? ', ' : ''}${part}`) : answerWords(over.sheet, over.choices)}`;
  }

  consent() {
    const meeting = this.told('meeting');
    return meeting?.consent ? html`<div class="consent"><h2>${t('seat.consent')}</h2><p>${worded(meeting.consent)}</p></div>` : nothing;
  }

  /** @param {Sheet} sheet */
  question(sheet) {
    const { choices, fate } = this.standing(sheet);
    const drafted = this.draft ? this.draft.choices : choices;
    const final = sheet.first_only && fate === 'saved';
    const pad = {
      choices: drafted, fate: this.draft ? '' : fate, pressed: this.pressed, wrong: this.wrong,
      press: (/** @type {string} */ option) => this.press(sheet, drafted, option),
      rate: (/** @type {string} */ option, /** @type {number} */ value) => {
        this.pressed = option;
        this.choose(sheet, { .../** @type {Record<string, number>} */ (drafted ?? {}), [option]: value });
      },
      number: (/** @type {string} */ typed) => this.number(sheet, typed),
    };
    return html`<h1 id="asked" tabindex="-1">${worded(sheet.title)}</h1>
      ${sheet.kind === 'number' && !final ? nothing : html`<p class="rule">${this.rule(sheet)}</p>`}
      ${sheet.anonymous ? html`<p class="secret">${t('seat.anonymous')}</p>` : nothing}
      ${final ? html`<p>${t('seat.answered')} ${answerWords(sheet, choices)}</p>` : optionsOf(sheet, pad)}
      <p class="quiet">${t(sheet.first_only ? 'ui.first_only' : 'ui.change_until_close')}</p>
      <div class="after">${choices !== null && !sheet.first_only ? html`<button type="button" class="quiet" @click=${() => this.give(sheet, null)}>${t('command.withdraw_ballot')}</button>` : nothing}
        ${this.moreTime(sheet)}</div>`;
  }

  /** @param {Sheet} sheet */
  rule(sheet) {
    if (sheet.kind === 'pick_up_to') return t('count.choices_max', { count: sheet.choices_max });
    return t(`air.rule.${sheet.kind}`, { least: String(sheet.number_min), most: String(sheet.number_max) });
  }

  /** @param {Sheet} sheet */
  moreTime(sheet) {
    const asked = this.told('ballot');
    const done = (asked?.question === sheet.question && asked.more_time) || (this.sent('more')?.fate === 'saved' && this.sent('more')?.frame['question'] === sheet.question);
    if (done) return html`<p class="asked-for" tabindex="-1">${t('seat.more_time_asked')}</p>`;
    return html`<button type="button" class="quiet" data-then=".asked-for" @click=${() => this.act('more', { t: 'ask_more_time', question: sheet.question, seat: String(this.live?.scope['seat'] ?? '') })}>${t('command.ask_more_time')}</button>`;
  }

  /**
   * @param {Sheet} sheet
   * @param {Choices} chosen
   * @param {string} option
   */
  press(sheet, chosen, option) {
    const { choices, beyond } = press(sheet, chosen, option);
    this.pressed = option;
    if (!beyond) return this.choose(sheet, choices);
    this.wrong = t('refusal.too_many_choices', { limit: sheet.choices_max });
    return this.requestUpdate();
  }

  /**
   * @param {Sheet} sheet
   * @param {string} typed
   */
  number(sheet, typed) {
    const number = readNumber(typed, sheet);
    if (number !== null) return this.choose(sheet, number);
    this.wrong = t('seat.number_wrong', { least: String(sheet.number_min), most: String(sheet.number_max) });
    return this.requestUpdate();
  }

  /**
   * What remains and what became of the last press: at the lower edge, where the thumb is.
   * @param {string} state
   */
  bar(state) {
    const { sheet } = this;
    const seat = this.sent('seat');
    if (state !== 'vote' || !sheet) {
      const refused = seat?.fate === 'refused' && !['vote', 'quiet'].includes(state) ? seat : null;
      const late = this.sent('ballot');
      const told = refused ?? (late?.fate === 'refused' || late?.fate === 'unknown' ? late : null);
      return html`<div class=${told ? 'bar-below' : 'unseen'}><p class="fate" id="seat-fate" role="status" data-fate=${told?.fate ?? ''}>${told ? fateWords(told) : ''}</p></div>`;
    }
    const { choices, fate, say } = this.standing(sheet);
    const now = this.draft ? this.draft.choices : choices;
    const made = progress(sheet, now);
    const shown = this.wrong ? { fate: 'refused', say: this.wrong } : { fate: this.draft ? '' : fate, say };
    const timed = sheet.closes_at_ms !== null && this.live !== undefined;
    return html`<div class="bar-below" ?data-empty=${!(shown.fate || made || timed || this.draft || sheet.closing)}>
      ${this.draft ? this.confirm(sheet, this.draft.choices) : nothing}
      <div class="remains"><p class="fate" id="seat-fate" role="status" data-fate=${shown.fate}>${shown.fate ? fateWords(shown) : ''}</p>
        ${made ? html`<p class="made">${t('seat.made', { done: String(made.done), of: String(made.of) })}</p>` : nothing}
        <p id="closes" class="closes" aria-hidden="true">${sheet.closing ? '' : sheet.closes_at_ms && this.live ? leftOver(sheet.closes_at_ms - this.live.now()) : ''}</p></div>
      ${sheet.closing ? html`<p class="closing" role="status">${t('question_state.closing')}</p>` : nothing}
    </div>`;
  }

  /**
   * The first answer counts: it is asked once before it is given.
   * @param {Sheet} sheet
   * @param {Choices} choices
   */
  confirm(sheet, choices) {
    const nothingChosen = choices === null || (Array.isArray(choices) && choices.length === 0 && sheet.kind !== 'approve');
    if (!this.asking) return html`<button type="button" class="primary wide" ?disabled=${nothingChosen} @click=${() => { this.asking = true; this.requestUpdate(); }}>${t('seat.send')}</button>`;
    return html`<div class="final" role="group" aria-labelledby="final"><p id="final">${t('seat.final')}</p>${answerWords(sheet, choices)}
      <div class="buttons"><button type="button" class="primary" @click=${() => this.give(sheet, choices)}>${t('seat.send_final')}</button>
        <button type="button" @click=${() => { this.draft = null; this.asking = false; this.requestUpdate(); }}>${t('seat.think_again')}</button></div></div>`;
  }
}

customElements.define('town-keypad', TownKeypad);
