// What the elements of a page stand on: lit in the light DOM, drawn again when the meeting tells something.

import { LitElement } from '/static/vendor/lit.js';

/**
 * @typedef {import('../live/socket.js').Live} Live
 * @typedef {import('../live/outbox.js').Sent} Sent
 */

const HEARD = ['view', 'fate', 'line', 'welcome', 'queue'];

/**
 * Draws itself from `live`, and remembers what it gave. A command is given under the name of the place
 * on the page where its fate is shown: `this.act('heads', {t: 'count_heads', …})`, then `fate(this.sent('heads'))`.
 */
export class LiveElement extends LitElement {
  /** @override */
  static properties = { live: { attribute: false } };

  constructor() {
    super();
    /** @type {Live | undefined} */
    this.live = undefined;
    /** @type {Map<string, Sent>} */
    this.acts = new Map();
    this.heard = () => this.requestUpdate();
  }

  /**
   * No shadow: one style sheet, labels and ids that reach, text that a page search finds.
   * @override
   */
  createRenderRoot() {
    return this;
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  willUpdate(changed) {
    if (!changed.has('live')) return;
    for (const name of HEARD) {
      changed.get('live')?.removeEventListener(name, this.heard);
      this.live?.addEventListener(name, this.heard);
    }
  }

  /**
   * One entry of what the meeting has told.
   * @param {string} key
   * @returns {any}
   */
  told(key) {
    return this.live?.channels.get(key);
  }

  /** Whether the meeting is over: from then on it takes corrections and responses, and nothing else. */
  get ended() {
    return ['closed', 'archived'].includes(this.told('meeting')?.phase);
  }

  /**
   * Give a command.
   * @param {string} where The place whose fate it is.
   * @param {Record<string, any>} command With `t`.
   * @returns {Sent}
   */
  act(where, command) {
    if (!this.live) throw new Error('an element acts before it is live');
    const sent = this.live.give(command);
    this.acts.set(where, sent);
    this.requestUpdate();
    return sent;
  }

  /**
   * What was last given at a place.
   * @param {string} where
   */
  sent(where) {
    return this.acts.get(where);
  }
}
