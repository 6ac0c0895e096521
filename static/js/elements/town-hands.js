// The drawn pairs of some tables, and the form in which the hands counted there are entered.

import { html, nothing } from '/static/vendor/lit.js';
import { natural } from '../models/room_health.js';
import { nameOf, pairsAt, readHands } from '../models/sample.js';
import { t } from '../pages/place.js';
import { said } from './console-parts.js';
import { fate } from './fate.js';
import { LiveElement } from './live-element.js';

/** @typedef {import('../models/sample.js').Pair} Pair */

export class TownHands extends LiveElement {
  /** @override */
  static properties = { ...LiveElement.properties, own: { attribute: false }, opened: { state: true }, unread: { state: true } };

  constructor() {
    super();
    /** The tables of this page; null: all. @type {string[] | null} */
    this.own = null;
    /** The pair whose form is open. */
    this.opened = '';
    /** Whether a field of that form is no number. */
    this.unread = false;
  }

  /** @override */
  render() {
    const sample = this.told('sample');
    const pairs = pairsAt(sample, this.own, natural);
    if (!sample?.waiting || pairs.length === 0 || this.ended) return nothing;
    const left = pairs.filter(({ state }) => state === 'waiting').length;
    return html`<section class="hands" aria-labelledby="hands-title"><h2 id="hands-title">${t('sample.to_count')}</h2>
      <p class="quiet">${t('sample.how')}</p><p role="status">${left === 0 ? t('sample.all_here') : t('sample.left', { count: left })}</p>
      <ul>${pairs.map((pair) => this.pair(pair, sample.questions[pair.question]))}</ul></section>`;
  }

  /**
   * @param {Pair} pair
   * @param {import('../models/sample.js').Sample['questions'][string] | undefined} question
   */
  pair(pair, question) {
    const name = nameOf(pair), open = this.opened === name && pair.state !== 'void';
    return html`<li data-state=${pair.state}><button type="button" class="pair" aria-expanded=${open} ?disabled=${pair.state === 'void'} @click=${() => this.open(open ? '' : name)}>
        <strong>${t('ui.table', { table: pair.table })}</strong> <span class="about">${said(question?.title)}</span> <span class="state">${t(`sample.state.${pair.state}`)}</span></button>
      ${open ? this.form(pair, question?.options ?? []) : nothing}${fate(this.sent(name))}</li>`;
  }

  /** @param {string} name */
  open(name) {
    this.opened = name;
    this.unread = false;
  }

  /**
   * @param {Pair} pair
   * @param {{id: string, text: import('../models/sample.js').Text}[]} options
   */
  form(pair, options) {
    const { question, round, table } = pair;
    const give = (/** @type {Record<string, any>} */ more) => {
      this.act(nameOf(pair), { t: 'enter_hands', question, round, table, hands: {}, ...more });
      this.open('');
    };
    const submitted = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const fields = /** @type {HTMLFormElement} */ (event.target).elements;
      const hands = readHands(options.map(({ id }) => id), (id) => /** @type {HTMLInputElement} */ (fields.namedItem(`hands-${id}`)).value);
      this.unread = hands === null;
      if (hands) give({ hands });
    };
    return html`<form class="hands-form" novalidate @submit=${submitted}>
      ${options.map(({ id, text }) => html`<div class="hand"><label for="hands-${id}">${said(text)}</label>
        <input id="hands-${id}" name="hands-${id}" type="text" inputmode="numeric" maxlength="2" size="3" autocomplete="off"></div>`)}
      ${this.unread ? html`<p class="fate" data-fate="refused" role="alert">${t('sample.every_option')}</p>` : nothing}
      <p class="buttons"><button type="submit">${t('command.enter_hands')}</button>
        <button type="button" class="quiet" @click=${() => give({ missing: true })}>${t('sample.cannot')}</button></p></form>`;
  }
}

customElements.define('town-hands', TownHands);
