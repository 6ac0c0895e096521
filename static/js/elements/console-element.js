// What the parts of the console stand on: the meeting, and what this console has before itself.

import { LiveElement } from './live-element.js';
import { dayOf } from '../models/console_day.js';
import { place } from '../pages/place.js';
import { button } from './console-parts.js';

/**
 * @typedef {import('../models/console_desk.js').Desk} Desk
 * @typedef {import('../live/socket.js').Live} Live
 */

/** What a meeting that is over takes, by its phase: `_in_phase` of the core. */
const AFTER_CLOSE = /** @type {Record<string, string[]>} */ ({
  closed: ['archive_meeting', 'record_erratum', 'record_response', 'redact_text'],
  archived: ['redact_text'],
});

export class ConsoleElement extends LiveElement {
  /** @override */
  static properties = { ...LiveElement.properties, desk: { attribute: false }, active: { attribute: false } };

  constructor() {
    super();
    /** @type {Desk} */
    this.desk = /** @type {any} */ (undefined);
    /** Whether it is seen: what is not seen is not drawn. */
    this.active = true;
    /** How often it draws itself for the time that passes, in ms; 0: never. */
    this.every = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.ticking = undefined;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    if (this.every) this.ticking = setInterval(() => this.requestUpdate(), this.every);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.ticking);
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  shouldUpdate(changed) {
    return (this.active || changed.has('active')) && Boolean(this.live && this.desk);
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (!changed.has('desk')) return;
    changed.get('desk')?.removeEventListener('change', this.heard);
    this.desk.addEventListener('change', this.heard);
  }

  /** The connection; an element without one is not drawn. */
  get line() {
    return /** @type {Live} */ (this.live);
  }

  get day() {
    return dayOf(this.line.channels);
  }

  get now() {
    return this.line.now();
  }

  /**
   * Whether the role may give a command, and the meeting still takes it.
   * @param {string} command
   */
  may(command) {
    const still = !this.ended || (AFTER_CLOSE[this.told('meeting').phase] ?? []).includes(command);
    return command === 'report' || (place.may.includes(command) && still);
  }

  /** Whether the line is down: what were pressed now would reach the hall late, when nobody means it any more. */
  get down() {
    return this.line.state !== 'open';
  }

  /**
   * A button that gives a command to the hall: dead while the line is down.
   * @param {string} label
   * @param {() => void} press
   * @param {Parameters<typeof button>[2]} [more]
   */
  gives(label, press, more = {}) {
    return button(label, press, { ...more, disabled: this.down || Boolean(more.disabled) });
  }

  /** @param {string} question */
  questionOf(question) {
    return this.day.questions.find((each) => each.question === question) ?? null;
  }
}
