// What the elements of the theme desk stand on: lit in the light DOM, drawn again only for what they hear.

import { LitElement } from '/static/vendor/lit.js';

/** @typedef {import('../live/desk-room.js').DeskRoom} DeskRoom */

/** An element names what it hears in `hears`; 5,000 ideas may change without it being drawn. */
export class RoomElement extends LitElement {
  /** @override */
  static properties = { room: { attribute: false } };

  /** @type {string[]} */
  static hears = [];

  constructor() {
    super();
    /** @type {DeskRoom | undefined} */
    this.room = undefined;
    this.heard = () => this.requestUpdate();
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  willUpdate(changed) {
    if (!changed.has('room')) return;
    for (const name of /** @type {typeof RoomElement} */ (this.constructor).hears) {
      changed.get('room')?.removeEventListener(name, this.heard);
      this.room?.addEventListener(name, this.heard);
    }
  }
}
