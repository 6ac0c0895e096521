// The links of a meeting's roles, to hand out, and the sheets with the codes of its tables and seats.

import { html, repeat } from '/static/vendor/lit.js';
import { copyText } from '../pages/copy.js';
import { t } from '../pages/place.js';

/** @typedef {{capability: string, role: string, label: string, url: string}} Way */

/**
 * @param {string} meeting
 * @param {Way[]} ways
 * @param {string} told What was last said of a copy.
 * @param {(words: string) => void} tell
 */
export function wayList(meeting, ways, told, tell) {
  const copy = async (/** @type {Way} */ way, /** @type {string} */ name) => {
    const done = await copyText(way.url);
    tell(t(done ? 'organiser.copied' : 'organiser.not_copied', { name }));
  };
  const sheet = (/** @type {string} */ kind) => html`<a class="button" href="/api/meetings/${meeting}/cards/${kind}s?page=organiser" target="_blank" rel="noopener">${t(`ui.${kind}_cards`)}</a>`;
  return html`<div class="ways"><p class="hint">${t('organiser.links_hint')}</p><p class="hint">${t('organiser.cards_hint')}</p>
    <p class="buttons">${sheet('table')}${sheet('seat')}</p>
    <p class="quiet copied-told" role="status">${told}</p>
    <ul class="plain">${repeat(ways, (way) => way.capability, (way) => {
      const name = [t(`role.${way.role}`), way.label].filter(Boolean).join(' ');
      return html`<li><strong>${t(`role.${way.role}`)} <span translate="no">${way.label}</span></strong>
        <button type="button" class="small" translate="no" aria-label=${t('organiser.copy_named', { name })} @click=${() => void copy(way, name)}>${t('organiser.copy')}</button><br><code>${way.url}</code></li>`;
    })}</ul></div>`;
}
