// What was refused, until somebody has seen it: it lies over the page and moves nothing.

import { html, nothing } from '/static/vendor/lit.js';
import { t } from '../pages/place.js';
import { givenWords } from './desk-words.js';
import { RoomElement } from './room-element.js';

class DeskRefused extends RoomElement {
  /** @override */
  static hears = ['given'];

  constructor() {
    super();
    /** @type {Set<string>} */
    this.seen = new Set();
  }

  /** @override */
  render() {
    const room = this.room;
    const refused = room?.given.filter((given) => given.sent.fate === 'refused' && !this.seen.has(given.sent.id)) ?? [];
    return html`<div class="refused" role="alert">${!room || refused.length === 0 ? nothing : html`
      <ul>${refused.map((given) => html`<li><span>${givenWords(room, given)}</span>
        ${given.idea ? html`<button type="button" @click=${() => this.look(given)}>${t('themes.to_the_idea')}</button>` : nothing}
        <button type="button" @click=${() => this.dismiss(given)}>${t('themes.understood')}</button></li>`)}</ul>`}</div>`;
  }

  /** @param {import('../live/desk-room.js').Given} given */
  look(given) {
    this.room?.open(given.idea);
    this.dismiss(given);
  }

  /** @param {import('../live/desk-room.js').Given} given */
  dismiss(given) {
    this.seen.add(given.sent.id);
    this.requestUpdate();
  }
}

customElements.define('town-desk-refused', DeskRefused);
