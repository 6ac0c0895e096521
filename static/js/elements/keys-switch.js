// Whether single keys act on this page: whoever dictates, or types by other means, turns them off (WCAG 2.1.4).
// The browser remembers it, page by page.

import { html } from '/static/vendor/lit.js';
import { place, t } from '../pages/place.js';

const KEPT = `${place.page}-keys`;
/** What holds in this window where the browser keeps nothing. */
let here = true;

/** @returns {boolean} */
export function keysOn() {
  try {
    return (localStorage.getItem(KEPT) ?? 'on') !== 'off' && here;
  } catch {
    return here;
  }
}

/** @param {Event} event */
function changed(event) {
  here = /** @type {HTMLInputElement} */ (event.target).checked;
  try {
    localStorage.setItem(KEPT, here ? 'on' : 'off');
  } catch {
    // a private window may keep nothing
  }
}

/** The switch, for the list of a page's keys. */
export function keysSwitch() {
  return html`<div class="flag"><input id="keys-on" type="checkbox" .checked=${keysOn()} @change=${changed}><label for="keys-on">${t('ui.keys_on')}</label></div>`;
}
