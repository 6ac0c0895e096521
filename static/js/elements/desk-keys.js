// The keys of the theme desk, on `?`; whoever dictates or types by other means turns them off (WCAG 2.1.4).

import { html } from '/static/vendor/lit.js';
import { t } from '../pages/place.js';
import { RoomDialog } from './room-dialog.js';

const KEYS = [['1–9', 'file'], ['⇧ 1–9', 'stay'], ['J', 'next'], ['K', 'previous'], ['F', 'move'], ['N', 'new'], ['U', 'undo'], ['M', 'minority'], ['T', 'tidy'], ['H', 'history'], ['/', 'search'], ['?', 'keys']];
const KEPT = 'themes-keys';

/** @returns {boolean} */
export function keysOn() {
  try {
    return localStorage.getItem(KEPT) !== 'off';
  } catch {
    return true;
  }
}

class DeskKeys extends RoomDialog {
  /** @override */
  heading() {
    return t('themes.keys');
  }

  /** @override */
  body() {
    return html`<dl class="keys">${KEYS.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(`themes.key_${what}`)}</dd></div>`)}</dl>
      <p class="hint">${t('themes.keys_hint')}</p>
      <div class="flag"><input id="keys-on" type="checkbox" .checked=${keysOn()} @change=${this.changed}><label for="keys-on">${t('themes.keys_on')}</label></div>`;
  }

  /** @param {Event} event */
  changed(event) {
    try {
      localStorage.setItem(KEPT, /** @type {HTMLInputElement} */ (event.target).checked ? 'on' : 'off');
    } catch {
      // a private window may keep nothing
    }
  }
}

customElements.define('town-desk-keys', DeskKeys);
