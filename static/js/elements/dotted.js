// Several things in one line with dots between them. Where the line breaks there is no dot, neither at its end nor at
// the start of the next (base.css, .dotted).

import { html, nothing } from '/static/vendor/lit.js';

/** @param {unknown[]} parts What is empty or `nothing` is left out. */
export function dotted(...parts) {
  const said = parts.filter((part) => part !== nothing && part !== '');
  return html`<span class="dotted">${said.map((part, at) => (at === 0 ? html`<span>${part}</span>` : html` <span><span class="dot">· </span>${part}</span>`))}</span>`;
}
