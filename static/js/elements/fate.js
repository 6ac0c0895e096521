// What became of an act, shown where the finger is.

import { html } from '/static/vendor/lit.js';
import { fateWords } from '../pages/fate.js';

/** @param {import('../live/outbox.js').Sent | undefined} sent */
export function fate(sent) {
  return html`<p class="fate" role="status" data-fate=${sent?.fate ?? ''}>${sent ? fateWords(sent) : ''}</p>`;
}
