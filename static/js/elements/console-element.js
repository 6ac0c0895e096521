// What the parts of the console stand on: the meeting, and what this console has before itself.

import { LiveElement } from './live-element.js';
import { dayOf } from '../models/console_day.js';
import { place } from '../pages/place.js';

/**
 * @typedef {import('../models/console_desk.js').Desk} Desk
 * @typedef {import('../live/socket.js').Live} Live
 */

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

  /** @param {string} command */
  may(command) {
    return command === 'report' || place.may.includes(command);
  }

  /** @param {string} question */
  questionOf(question) {
    return this.day.questions.find((each) => each.question === question) ?? null;
  }
}
