// Where the day is, and the one obvious next step. What it does when pressed is in models/next_step.js.

import { html, nothing } from '/static/vendor/lit.js';
import { takeCommand } from '../models/console_scene.js';
import { nextStep } from '../models/next_step.js';
import { drift, hallClock, plannedStarts } from '../models/schedule.js';
import { languagesMissing, proposedLength } from '../models/vote_length.js';
import { leftOver } from '../models/words.js';
import { ask, t } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { button, languageName, said, timeAt, timed, timeOfDay } from './console-parts.js';
import { fate } from './fate.js';

/** @typedef {import('../models/next_step.js').Step} Step */

const FOR_WHOM = /** @type {Record<string, string>} */ ({ start_meeting: 'organiser', close_meeting: 'organiser' });

export class ConsoleNext extends ConsoleElement {
  constructor() {
    super();
    this.every = 500;
    /** Seconds that were typed for the next vote, by question; none: the proposed ones. @type {Map<string, number>} */
    this.seconds = new Map();
  }

  /** @override */
  render() {
    const { step, waiting } = nextStep({ ...this.day, first: this.desk.first }, (command) => this.may(command), this.desk.aside, this.now);
    const sent = this.sent('next'); // without a line its place is kept for what the line is
    return html`${this.where()}
      <div class="next">
        ${step ? this.offered(step) : this.nothingToDo(waiting)}
        ${step && waiting ? html`<p class="hint">${this.waitsFor(waiting)}</p>` : nothing}
        ${this.down ? html`<p class="down" role="status">${t('console.down')}</p>` : nothing}
        ${this.down && (!sent || sent.fate === 'saved') ? nothing : fate(sent)}
      </div>`;
  }

  /** The item that runs, its times, and how far the day is behind. */
  where() {
    const day = this.day;
    const meeting = this.told('meeting');
    const item = day.running;
    if (!meeting) return html`<h1>${t('page.console')}</h1>`;
    if (!item || this.ended) return html`<h1>${said(meeting.title)}</h1><p class="times">${t(`phase.${meeting.phase}`)}</p>`;
    const start = plannedStarts(day.items)[day.items.indexOf(item)] ?? null;
    const left = (item.ends_at_ms ?? 0) - this.now;
    return html`<h1>${said(item.title)}</h1>
      <p class="times">
        <span class="left ${left < 0 ? 'over' : ''}">${left < 0 ? timed('console.over', `+${leftOver(-left + 999)}`) : timed('console.left', leftOver(left))}</span>
        ${start === null ? nothing : html`<span>${t('console.planned', { time: timeOfDay(start) })}</span>`}
        <span>${t('console.begun', { time: timeAt(item.begun_at_ms, meeting.time_zone) })}</span>
        ${this.behind(meeting)}
      </p>`;
  }

  /** @param {any} meeting */
  behind(meeting) {
    const clock = hallClock(meeting.time_zone);
    const minutes = drift(this.day.items, { nowMs: this.now, sameDay: clock.dayOf(this.now) === meeting.date, minuteOf: clock.minuteOf });
    if (minutes === null) return nothing;
    const words = minutes > 0 ? t('console.behind', { count: minutes }) : minutes < 0 ? t('console.ahead', { count: -minutes }) : t('console.on_time');
    return html`<span class="drift" data-late=${minutes > 4 ? 'yes' : 'no'}>${words}</span>`;
  }

  /** @param {Step} step */
  offered(step) {
    if (this.desk.armed === step.key) return this.confirmed(step);
    return html`<p class="about" id="next-about"><strong>${t(step.early ? 'console.next_later' : 'console.next')}</strong> ${this.about(step)}</p>
      <div class="next-row">
        <button type="button" class=${step.early ? 'big' : 'primary big'} id="next-step" aria-keyshortcuts="N" aria-describedby="next-about" ?disabled=${this.down} @click=${() => this.press(step)}>${this.label(step)} <kbd aria-hidden="true">N</kbd></button>
        ${step.command === 'open_voting' ? this.length(step) : nothing}
        ${button(t('console.not_now'), () => this.desk.putAside(step.key), { kind: 'quiet' })}
      </div>`;
  }

  /** @param {Step} step */
  label(step) {
    if (step.scene) return t(`console.take.${step.scene.kind}`);
    if (step.command === 'report') return t('console.open_report');
    if (step.command === 'open_voting') {
      const seconds = this.secondsOf(step);
      return seconds ? t('console.open_for', { seconds }) : t('command.open_voting');
    }
    return t(step.command === 'begin_item' ? 'console.begin' : step.command === 'finish_item' ? 'console.finish' : `command.${step.command}`);
  }

  /**
   * What the step is about, where that does not stand beside it already: the item that runs, the vote that is open.
   * @param {Step} step
   */
  about(step) {
    const pads = step.command === 'open_voting' ? this.proposal(step).pads : 0;
    const { running, open } = this.day;
    const above = step.question ? step.question === open && ['', open.question].includes(this.desk.question) : step.item === running;
    return html`${step.question && !above ? said(step.question.title) : nothing}
      ${step.item && !step.question && !above ? said(step.item.title) : nothing}
      ${pads ? html` <span class="quiet">${t('console.pads', { count: pads })}</span>` : nothing}`;
  }

  /** @param {Step} step */
  proposal(step) {
    return proposedLength(step.question?.seconds ?? 0, this.told('channels'));
  }

  /** @param {Step} step */
  secondsOf(step) {
    return this.seconds.get(step.question?.question ?? '') ?? this.proposal(step).seconds;
  }

  /** @param {Step} step */
  length(step) {
    const changed = (/** @type {Event} */ event) => {
      const seconds = Number.parseInt(/** @type {HTMLInputElement} */ (event.target).value, 10);
      this.seconds.set(step.question?.question ?? '', Number.isFinite(seconds) ? Math.max(0, seconds) : 0);
      this.requestUpdate();
    };
    return html`<label class="length" for="vote-seconds">${t('console.seconds')}
      <input id="vote-seconds" type="number" min="0" max="10800" step="5" .value=${String(this.secondsOf(step))} @input=${changed}></label>`;
  }

  /**
   * What is asked a second time: what ends something, or goes on without a language.
   * @param {Step} step
   */
  confirmed(step) {
    const missing = this.missing(step);
    const words = missing.length > 0 ? t('console.missing', { languages: missing.map(languageName).join(', ') })
      : step.final ? t('console.final') : t('console.early', { count: this.minutesLeft() });
    const yes = missing.length > 0 ? t('console.open_anyway') : step.final ? t('command.close_meeting') : this.label(step);
    return html`<p class="asks" role="alert">${words}</p>
      <div class="next-row">
        <button type="button" class=${step.final ? 'danger big' : 'primary big'} id="next-yes" ?disabled=${this.down} @click=${() => this.press(step)}>${yes}</button>
        ${button(t('console.cancel'), () => this.disarm())}
      </div>`;
  }

  minutesLeft() {
    return Math.max(1, Math.round(((this.day.running?.ends_at_ms ?? 0) - this.now) / 60_000));
  }

  disarm() {
    this.desk.set({ armed: '' });
    this.later('#next-step');
  }

  /**
   * Put the focus where the hand is, once it is drawn.
   * @param {string} selector
   */
  later(selector) {
    void this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector(selector))?.focus());
  }

  /** @param {Step} step */
  missing(step) {
    return step.command === 'open_voting' && step.question ? languagesMissing(step.question, this.day.languages) : [];
  }

  /** The shortcut: press whatever is offered. */
  go() {
    const button_ = /** @type {HTMLButtonElement | null} */ (this.querySelector('#next-step, #next-yes'));
    button_?.click();
  }

  /** @param {Step} step */
  press(step) {
    const asksTwice = step.early || step.final || this.missing(step).length > 0;
    if (asksTwice && this.desk.armed !== step.key) {
      this.desk.set({ armed: step.key });
      this.later('#next-yes');
      return;
    }
    const opens = step.command === 'open_voting' ? { first: '', question: '' } : {};
    this.desk.set({ armed: '', preview: null, ...opens });
    if (step.command === 'report') void openReport();
    else this.act('next', this.command(step));
  }

  /**
   * @param {Step} step
   * @returns {Record<string, any>}
   */
  command(step) {
    if (step.scene && step.screen) return takeCommand(step.screen, step.scene, null);
    if (step.command === 'open_voting') {
      const missing = this.missing(step);
      return { t: 'open_voting', question: step.question?.question, seconds: this.secondsOf(step), ...(missing.length > 0 ? { languages_missing: missing } : {}) };
    }
    if (step.item) return { t: step.command, item: step.item.id };
    return step.question ? { t: step.command, question: step.question.question } : { t: step.command };
  }

  /** @param {Step | null} waiting */
  nothingToDo(waiting) {
    return html`<p class="calm">${waiting ? this.waitsFor(waiting) : t('console.nothing')}</p>`;
  }

  /** @param {Step} step */
  waitsFor(step) {
    if (step.command === 'wait') return t('console.closing');
    if (step.command === 'report') return t('console.over_now');
    const act = step.scene ? t(`console.take.${step.scene.kind}`) : t(`command.${step.command}`);
    return t('console.waits', { who: t(`role.${FOR_WHOM[step.command] ?? 'lead_facilitator'}`), act });
  }
}

/** The report has a session of its own. */
async function openReport() {
  const { ok, data } = await ask('POST', '/api/session', { page: 'report' });
  if (ok) location.assign(`/${data.page}`);
}

customElements.define('town-console-next', ConsoleNext);
