// The seal of the record after the last vote, as the hall saw it; and plainly, if this laptop noted another one.

import { html, nothing } from '/static/vendor/lit.js';
import { Witness } from '../live/witness.js';
import { shortHead } from '../models/closes.js';
import { place, t } from '../pages/place.js';
import { LiveElement } from './live-element.js';

/** @typedef {import('../models/closes.js').Close} Close */

export class TownCloses extends LiveElement {
  constructor() {
    super();
    this.witness = new Witness(String(place.meeting ?? ''));
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  willUpdate(changed) {
    super.willUpdate(changed);
    const { epoch = null, history = {} } = this.live ?? {};
    if (epoch && this.closes) this.witness.hear(this.closes, epoch, history);
  }

  /** @returns {Close[] | undefined} */
  get closes() {
    return this.told('closes');
  }

  /** @override */
  render() {
    const last = this.closes?.at(-1);
    return html`${this.witness.wrong ? this.alarm(this.witness.wrong) : nothing}
      ${last ? html`<p class="quiet last-close">${t('closes.last')} <code translate="no">${shortHead(last, place.lang)}</code></p>` : nothing}`;
  }

  /** @param {import('../models/closes.js').Difference} wrong */
  alarm({ noted, now }) {
    return html`<section class="changed notice" role="alert" aria-labelledby="closes-title">
      <h2 id="closes-title">${t('closes.another')}</h2>
      <p>${t('closes.noted')} <code translate="no">${shortHead(noted, place.lang)}</code></p>
      <p>${now ? t('closes.now') : t('closes.gone')} ${now ? html`<code translate="no">${shortHead(now, place.lang)}</code>` : nothing}</p>
      <p>${t('closes.do')}</p></section>`;
  }
}
customElements.define('town-closes', TownCloses);
