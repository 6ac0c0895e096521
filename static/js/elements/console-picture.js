// A scene drawn small, as the screen would draw it: what is on air, and what would be.
// Widths are set as a property: `styleMap` writes an attribute first, which the content policy forbids.

import { html, nothing } from '/static/vendor/lit.js';
import { picture } from '../models/scene.js';
import { textsIn } from '../pages/place.js';

/**
 * @param {any} scene With its content.
 * @param {any} timer
 * @param {number} nowMs
 */
export function smallPicture(scene, timer, nowMs) {
  const languages = /** @type {string[]} */ (scene?.languages ?? []).slice(0, 2);
  return html`<div class="small-picture" data-scene=${scene?.kind ?? 'blank'} data-languages=${languages.length}>
    ${languages.map((language) => one(picture(scene, timer, language, textsIn(language), nowMs), language))}</div>`;
}

/**
 * @param {import('../models/scene.js').Picture} made
 * @param {string} language
 */
function one(made, language) {
  return html`<div class="one" lang=${language}>
    <p class="small-title">${made.title}</p>
    ${made.note ? html`<p class="small-note">${made.note}</p>` : nothing}
    ${made.rows.length > 0 ? html`<ul>${made.rows.slice(0, 7).map((row) => html`<li class=${row.leading ? 'leading' : ''}><span class="words" lang=${row.language || language}>${row.text}</span>
      ${row.share === undefined ? nothing : html`<span class="bar" aria-hidden="true"><span .style=${`width: ${row.share / 10}%`}></span></span>`}
      ${row.figure ? html`<span class="figure">${row.figure}</span>` : nothing}</li>`)}</ul>` : nothing}
  </div>`;
}
