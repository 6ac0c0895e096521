// Voting at the table: the row of seats, and the pads that go from hand to hand. Between two turns the screen
// shows nothing of any choice, and what a seat chose is forgotten the moment its turn ends.

import { html, nothing } from '/static/vendor/lit.js';
import { ballotCommand, emptyCounts, press } from '../models/ballot.js';
import { spans } from '../models/spans.js';
import { endsAt, markOf, nextSeat, padOf, rated, seatNumber, sendsAtEnd, voteOf, wayOf } from '../models/pads.js';
import { leftOver, wording } from '../models/words.js';
import { place, t } from '../pages/place.js';
import { dotted } from './dotted.js';
import { keysOn } from './keys-switch.js';
import { optionOf, padOptions } from './pad-options.js';
import { TableElement } from './table-element.js';

/**
 * @typedef {import('../models/pads.js').Seat} Seat
 * @typedef {import('../models/pads.js').Sheet} Sheet
 * @typedef {import('../models/ballot.js').Choices} Choices
 * @typedef {{seat: string, choices: Choices, typed: string, pressed: boolean, more: boolean, at: number, beyond: boolean,
 *   sent: import('../live/outbox.js').Sent | null}} Turn
 */

const LOOK_MS = 250;
const WARN_MS = 5_000;
const BALLOTS = new Set(['cast_ballot', 'withdraw_ballot']);

export class TownPads extends TableElement {
  constructor() {
    super();
    /** The seat that the laptop is passed to: its turn has not begun. */
    this.to = '';
    /** @type {Turn | null} */
    this.turn = null;
    /** Which vote all this is about. */
    this.vote = '';
    this.passing = false;
    /** @type {string[]} */
    this.skipped = [];
    /** Seats whose turn gave a ballot: known here only, and only until the vote ends. @type {Set<string>} */
    this.given = new Set();
    /** What became of the ballot of the seat that had the laptop last. @type {{seat: string, sent: import('../live/outbox.js').Sent | null} | null} */
    this.last = null;
    /** Ballots that were acknowledged; the view that tells who has voted may be a moment late. @type {import('../live/outbox.js').Sent[]} */
    this.landed = [];
    /** Ballots that were refused when their seat had long passed the laptop on. @type {{seat: string, say: string, fate: string}[]} */
    this.failed = [];
    this.onFate = (/** @type {Event} */ event) => this.settled(/** @type {CustomEvent} */ (event).detail);
    this.timer = 0;
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.keyed(event);
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (voteOf(this.sheet) !== this.vote) this.newVote();
    if (!changed.has('live')) return;
    /** @type {any} */ (changed.get('live'))?.removeEventListener('fate', this.onFate);
    this.live?.addEventListener('fate', this.onFate);
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.timer = window.setInterval(() => this.look(), LOOK_MS);
    document.addEventListener('keydown', this.onKey);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
    document.removeEventListener('keydown', this.onKey);
  }

  // --- what is known ---

  /** Seats with a ballot, as far as anybody may know. @returns {Set<string>} */
  get voted() {
    const told = this.told('voted');
    if (told?.question !== this.sheet?.question || !Array.isArray(told?.seats)) return this.given;
    const voted = new Set(/** @type {string[]} */ (told.seats));
    const heard = this.live?.channels.held.get(`table:${this.table}`)?.offset ?? 0;
    for (const { frame, offset = 0 } of this.landed) {
      if (offset <= heard) continue;
      if (frame['t'] === 'cast_ballot') voted.add(frame['seat']);
      else voted.delete(frame['seat']);
    }
    return voted;
  }

  /** Seats whose ballot is on its way. @returns {Set<string>} */
  get waiting() {
    const frames = (this.live?.outbox.waiting() ?? []).map((sent) => sent.frame);
    return new Set(frames.filter((frame) => BALLOTS.has(frame['t']) && frame['question'] === this.sheet?.question).map((frame) => frame['seat']));
  }

  /** @param {Sheet} sheet */
  marker(sheet) {
    const known = { device: this.device, voted: this.voted, waiting: this.waiting };
    return (/** @type {Seat} */ seat) => markOf(seat, sheet, known);
  }

  /**
   * @param {Sheet} sheet
   * @param {string | null} after
   */
  next(sheet, after) {
    return nextSeat(this.seats, this.marker(sheet), this.skipped, after);
  }

  /** @param {string} id */
  number(id) {
    return seatNumber(id, this.table, this.seats);
  }

  /** @param {string} id */
  seat(id) {
    return this.seats.find((seat) => seat.id === id);
  }

  // --- time ---

  /** Look at the clock: a turn that is idle ends, and what is to be given at its end goes before the close. */
  look() {
    const sheet = this.sheet;
    const now = Date.now();
    if (this.turn && sheet) {
      const closing = sheet.closing || (sheet.closes_at_ms !== null && sheet.closes_at_ms - (this.live?.now() ?? 0) < 1_500);
      if (now >= endsAt(this.turn) || (closing && sendsAtEnd(sheet) && this.turn.pressed)) this.endTurn(sheet);
    }
    if (sheet || this.passing) this.requestUpdate();
  }

  /** Another vote is open, or none: what was remembered of the last one is forgotten. */
  newVote() {
    this.vote = voteOf(this.sheet);
    this.turn = null;
    this.to = '';
    this.last = null;
    this.skipped = [];
    this.given = new Set();
    this.landed = [];
    if (this.vote) this.passing = false;
  }

  // --- turns ---

  /** @param {string} seat */
  pass(seat) {
    this.passing = true;
    this.to = seat;
    this.turn = null;
    this.requestUpdate();
  }

  /** The person at the seat has the laptop: an empty pad. */
  begin() {
    const seat = this.seat(this.to);
    if (!seat || !this.sheet) return;
    if (wayOf(seat, this.device) !== 'here') {
      this.act(`pad/${seat.id}`, { t: 'bind_keypad', seat: seat.id, keypad: padOf(this.device, seat.id), channel: 'laptop' });
    } else if (!seat.present) this.act(`pad/${seat.id}`, { t: 'mark_present', seat: seat.id });
    this.skipped = this.skipped.filter((id) => id !== seat.id);
    this.turn = { seat: seat.id, choices: null, typed: '', pressed: false, more: false, at: Date.now(), beyond: false, sent: null };
    this.requestUpdate();
  }

  /**
   * @param {Sheet} sheet
   * @param {Partial<Turn>} change
   */
  pressed(sheet, change) {
    if (!this.turn) return;
    this.turn = { ...this.turn, beyond: false, ...change, pressed: true, more: false, at: Date.now() };
    if (!sendsAtEnd(sheet) && !this.turn.beyond) this.cast(sheet);
    this.requestUpdate();
  }

  /** @param {Sheet} sheet */
  cast(sheet) {
    if (!this.turn) return;
    this.turn.sent = this.act('ballot', ballotCommand(sheet, this.turn.seat, this.turn.choices));
    if (this.turn.sent.frame['t'] === 'cast_ballot') this.given.add(this.turn.seat);
    else this.given.delete(this.turn.seat);
  }

  /**
   * @param {Sheet} sheet
   * @param {string} option
   */
  onOption(sheet, option) {
    const { choices, beyond } = press(sheet, this.turn?.choices ?? null, option);
    this.pressed(sheet, { choices, beyond });
  }

  /**
   * @param {Sheet} sheet
   * @param {string} typed
   */
  onNumber(sheet, typed) {
    const value = Number(typed);
    const good = typed !== '' && Number.isInteger(value) && value >= sheet.number_min && value <= sheet.number_max;
    this.pressed(sheet, { typed, choices: good ? value : null });
  }

  /** @param {Sheet} sheet */
  endTurn(sheet) {
    const turn = this.turn;
    if (!turn) return;
    const nothing = turn.choices === null || (Array.isArray(turn.choices) && turn.choices.length === 0 && !emptyCounts(sheet));
    if (sendsAtEnd(sheet) && turn.pressed && !nothing) this.cast(sheet);
    this.last = { seat: turn.seat, sent: turn.sent };
    if (!turn.sent && !this.skipped.includes(turn.seat)) this.skipped = [...this.skipped, turn.seat];
    this.acts.delete('ballot');
    this.turn = null;
    this.to = this.next(sheet, turn.seat) ?? '';
    this.requestUpdate();
  }

  /** @param {Sheet} sheet */
  skip(sheet) {
    this.skipped = [...this.skipped.filter((id) => id !== this.to), this.to];
    this.last = null;
    this.to = this.next(sheet, this.to) ?? '';
    this.requestUpdate();
  }

  stop() {
    this.passing = false;
    this.turn = null;
    this.to = '';
    this.requestUpdate();
  }

  /** @param {Sheet} sheet */
  moreTime(sheet) {
    if (!this.turn) return;
    this.act('more', { t: 'ask_more_time', question: sheet.question, seat: this.turn.seat });
    this.turn = { ...this.turn, more: true, at: Date.now() };
    this.requestUpdate();
  }

  /** @param {KeyboardEvent} event */
  keyed(event) {
    const sheet = this.sheet;
    if (!this.turn || !sheet || event.ctrlKey || event.altKey || event.metaKey) return;
    const option = keysOn() ? optionOf(sheet, event.code) : undefined;
    const enters = ['Enter', 'NumpadEnter'].includes(event.code) && !(event.target instanceof HTMLButtonElement);
    if (option === undefined && !(enters && this.turn.pressed)) return;
    event.preventDefault();
    if (option === undefined) this.endTurn(sheet);
    else this.onOption(sheet, option);
  }

  // --- what came too late ---

  /** @param {import('../live/outbox.js').Sent} sent */
  settled(sent) {
    if (!BALLOTS.has(sent.frame['t'])) return;
    if (sent.fate === 'saved') this.landed = [...this.landed.slice(-20), sent];
    if (sent.fate === 'saved' || (this.passing && this.sheet && [this.turn?.sent, this.last?.sent].includes(sent))) return;
    this.failed = [...this.failed.filter(({ seat }) => seat !== sent.frame['seat']), { seat: sent.frame['seat'], say: sent.say, fate: sent.fate }];
    this.requestUpdate();
  }

  failures() {
    if (this.failed.length === 0) return nothing;
    return html`<section class="failed" role="alert" aria-label=${t('table.not_counted')}><h2>${t('table.not_counted')}</h2>
      <ul>${this.failed.map(({ seat, say, fate }) => html`<li>${t(`table.last.${fate}`, { seat: this.number(seat), reason: say })}</li>`)}</ul>
      <button type="button" @click=${() => { this.failed = []; this.requestUpdate(); }}>${t('table.understood')}</button></section>`;
  }

  // --- drawing ---

  /** @override */
  render() {
    const sheet = this.sheet;
    return html`${this.failures()}${sheet ? this.row(sheet) : this.waits()}
      <dialog class="pads" aria-labelledby="pads-title" @cancel=${(/** @type {Event} */ event) => { event.preventDefault(); if (sheet && this.turn) this.endTurn(sheet); else this.stop(); }}>
        ${this.passing ? this.face(sheet) : nothing}</dialog>`;
  }

  /** @override */
  updated() {
    const dialog = /** @type {HTMLDialogElement | null} */ (this.querySelector('dialog'));
    if (!dialog) return;
    if (this.live) this.live.busy = this.passing;
    const step = this.passing ? `${this.turn ? 'turn' : 'between'}/${this.turn?.seat ?? this.to}/${voteOf(this.sheet)}` : '';
    if (this.passing && !dialog.open) dialog.showModal();
    else if (!this.passing && dialog.open) dialog.close();
    if (step && dialog.dataset['step'] !== step) /** @type {HTMLElement | null} */ (dialog.querySelector('#pads-title'))?.focus();
    dialog.dataset['step'] = step;
  }

  /** @param {Sheet} sheet */
  row(sheet) {
    const mark = this.marker(sheet);
    const next = this.next(sheet, null);
    return html`<section class="vote" aria-labelledby="vote-title">
      <div class="vote-head"><h2 id="vote-title">${t('table.vote_open')}</h2> ${this.progress(sheet)} ${this.closes(sheet)}</div>
      ${sheet.anonymous ? html`<p class="quiet">${t('table.anonymous')}</p>` : nothing}
      ${sheet.first_only ? html`<p class="quiet">${t('table.first_only')}</p>` : nothing}
      ${next ? html`<button type="button" class="primary pass" @click=${() => this.pass(next)}>${t('table.pass_to', { seat: this.number(next) })}</button>`
    : html`<p class="quiet pass">${t('table.no_pad_left')}</p>`}
      <ul class="seats" aria-label=${t('table.seats')}>${this.seats.map((seat) => this.seatButton(seat, mark(seat), next))}</ul>
    </section>`;
  }

  /** Between votes: who votes on this laptop, and that nothing is to be done yet. */
  waits() {
    const here = this.seats.filter((seat) => !seat.left && wayOf(seat, this.device) === 'here').map((seat) => this.number(seat.id));
    if (here.length === 0 || this.ended) return nothing;
    return html`<p class="pads-wait">${t('table.pads_wait', { count: here.length, seats: spans(here, this.seats.map((seat) => this.number(seat.id))) })}</p>`;
  }

  /**
   * @param {Seat} seat
   * @param {import('../models/pads.js').Mark} mark
   * @param {string | null} next
   */
  seatButton(seat, mark, next) {
    const number = this.number(seat.id);
    const way = wayOf(seat, this.device);
    const words = mark === 'elsewhere' ? t(`table.way.${way}`) : t(`table.mark.${mark}`);
    const off = mark === 'not_asked';
    return html`<li><button type="button" class="seat" data-mark=${mark} ?data-next=${seat.id === next} ?disabled=${off}
      @click=${() => this.pass(seat.id)}><b>${t('table.seat', { seat: number })}</b> <span>${words}</span></button></li>`;
  }

  /** @param {Sheet} sheet */
  progress(sheet) {
    const told = this.told('voted');
    const known = Array.isArray(told?.seats) ? told.seats.length : this.given.size;
    return html`<p class="progress">${t(sheet.anonymous ? 'table.pads_passed' : 'table.have_voted', { count: known, of: told?.of ?? 0 })}</p>`;
  }

  /** @param {Sheet} sheet */
  closes(sheet) {
    const left = sheet.closes_at_ms === null ? '' : leftOver(sheet.closes_at_ms - (this.live?.now() ?? 0));
    return html`<p class="closes" role="timer" aria-label=${t('table.closes_in')}>${left}</p>`;
  }

  /** @param {Sheet | undefined} sheet */
  face(sheet) {
    if (!sheet) return this.over();
    if (this.turn) return this.pad(sheet, this.turn);
    return this.to ? this.between(sheet, this.to) : this.finished(sheet);
  }

  over() {
    return html`<div class="blank"><h2 id="pads-title" tabindex="-1">${t('table.vote_over')}</h2>
      <p>${t('table.hand_back')}</p><button type="button" class="primary" @click=${() => this.stop()}>${t('table.back')}</button></div>`;
  }

  /** @param {Sheet} sheet */
  finished(sheet) {
    return html`<div class="blank">${this.lastFate()}<h2 id="pads-title" tabindex="-1">${t('table.no_pad_left')}</h2>
      ${this.progress(sheet)}${this.closes(sheet)}<p>${t('table.hand_back')}</p>
      <button type="button" class="primary" @click=${() => this.stop()}>${t('table.back')}</button></div>`;
  }

  /**
   * The blank screen between two turns.
   * @param {Sheet} sheet
   * @param {string} to
   */
  between(sheet, to) {
    const number = this.number(to);
    const seat = this.seat(to);
    const way = seat ? wayOf(seat, this.device) : 'none';
    const other = way === 'here' || way === 'none';
    return html`<div class="blank">${this.lastFate()}
      <h2 id="pads-title" tabindex="-1">${t('table.pass_to', { seat: number })}</h2>
      ${this.progress(sheet)}${this.closes(sheet)}
      ${other ? nothing : html`<p class="changed">${t(`table.takes_from.${way}`, { seat: number })}</p>`}
      ${this.voted.has(to) ? html`<p>${t(sheet.first_only ? 'table.voted_for_good' : 'table.voted_before', { seat: number })}</p>` : nothing}
      <button type="button" class="primary" @click=${() => this.begin()}>${t('table.i_am', { seat: number })}</button>
      <p class="buttons"><button type="button" @click=${() => this.skip(sheet)}>${t('table.skip', { seat: number })}</button>
        <button type="button" @click=${() => this.stop()}>${t('table.back')}</button></p>
    </div>`;
  }

  lastFate() {
    const { seat, sent } = this.last ?? {};
    if (!seat) return nothing;
    const number = this.number(seat);
    const fate = sent?.fate ?? 'none';
    return html`<p class="last" data-fate=${fate} role="status">${t(`table.last.${fate}`, { seat: number, reason: sent?.say ?? '' })}</p>`;
  }

  /**
   * @param {Sheet} sheet
   * @param {Turn} turn
   */
  pad(sheet, turn) {
    const { text, language } = wording(sheet.title, place.lang);
    const rule = sheet.kind === 'pick_up_to' ? t('count.choices_max', { count: sheet.choices_max }) : t(`kind.${sheet.kind}`);
    const pressed = {
      option: (/** @type {string} */ id) => this.onOption(sheet, id),
      rate: (/** @type {string} */ id, /** @type {number} */ value) => this.pressed(sheet, { choices: rated(sheet, turn.choices, id, value) }),
      number: (/** @type {string} */ typed) => this.onNumber(sheet, typed),
    };
    return html`<div class="pad">
      <p class="pad-head"><b>${t('table.seat', { seat: this.number(turn.seat) })}</b> ${this.turnFate(sheet, turn)} ${this.closes(sheet)}</p>
      <h2 id="pads-title" tabindex="-1" lang=${language}>${text}</h2>
      <p class="rule">${dotted(rule, sheet.first_only ? t('table.first_only') : nothing)}</p>
      ${padOptions(sheet, turn.choices, turn.typed, pressed)}
      <p class="pad-acts">
        <button type="button" class="primary" @click=${() => this.endTurn(sheet)}>${t('table.done')}</button>
        ${emptyCounts(sheet) ? html`<button type="button" @click=${() => this.pressed(sheet, { choices: [] })}>${t('option.none')}</button>` : nothing}
        <button type="button" @click=${() => this.moreTime(sheet)}>${t('command.ask_more_time')}</button>
        ${this.voted.has(turn.seat) && !sheet.first_only ? html`<button type="button" @click=${() => this.takeBack(sheet)}>${t('command.withdraw_ballot')}</button>` : nothing}
      </p>
      <p class="idle" role="status">${this.idle(turn)}</p>
    </div>`;
  }

  /** @param {Sheet} sheet */
  takeBack(sheet) {
    if (!this.turn) return;
    this.turn = { ...this.turn, choices: null, typed: '' };
    this.cast(sheet);
    this.turn = { ...this.turn, pressed: true, at: Date.now() };
    this.requestUpdate();
  }

  /**
   * One place all the turn long: a status that is put in with its words already there is not read aloud.
   * @param {Sheet} sheet
   * @param {Turn} turn
   */
  turnFate(sheet, turn) {
    const { fate, say } = turn.beyond ? { fate: 'refused', say: t('refusal.too_many_choices', { limit: sheet.choices_max }) } : turn.sent ?? { fate: 'none', say: '' };
    const words = {
      saved: t('fate.saved'), waiting: t('fate.not_yet_saved'), refused: turn.beyond ? say : t('fate.refused', { reason: say }), unknown: say || t('fate.unknown'),
      none: turn.pressed && sendsAtEnd(sheet) ? t('table.press_done') : '',
    };
    return html`<span class="mark" data-fate=${fate === 'none' ? nothing : fate} role="status">${words[/** @type {keyof typeof words} */ (fate)]}</span>`;
  }

  /** @param {Turn} turn */
  idle(turn) {
    const left = endsAt(turn) - Date.now();
    if (turn.more && left > WARN_MS) return t('table.more_time_asked');
    return left <= WARN_MS ? t('table.closing_pad', { count: Math.max(0, Math.ceil(left / 1_000)) }) : '';
  }
}
customElements.define('town-pads', TownPads);
