// The keys of the theme desk, on `?`, and the switch that turns them off.

import { html } from '/static/vendor/lit.js';
import { t } from '../pages/place.js';
import { keysSwitch } from './keys-switch.js';
import { RoomDialog } from './room-dialog.js';

const KEYS = [['1–9', 'file'], ['⇧ 1–9', 'stay'], ['J', 'next'], ['K', 'previous'], ['F', 'move'], ['N', 'new'], ['U', 'undo'], ['M', 'minority'], ['T', 'tidy'], ['H', 'history'], ['/', 'search'], ['?', 'keys']];

class DeskKeys extends RoomDialog {
  /** @override */
  heading() {
    return t('themes.keys');
  }

  /** @override */
  body() {
    return html`<dl class="keys">${KEYS.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(`themes.key_${what}`)}</dd></div>`)}</dl>
      <p class="hint">${t('themes.keys_hint')}</p>
      ${keysSwitch()}`;
  }
}

customElements.define('town-desk-keys', DeskKeys);
