// The area manager's page: which of the own tables need somebody, then all of them, then one of them.

import { html, nothing } from '/static/vendor/lit.js';
import { needs, steady } from '../models/area.js';
import { natural } from '../models/room_health.js';
import { howLong } from '../models/words.js';
import { t } from '../pages/place.js';
import { AreaElement } from './area-element.js';
import './area-table.js';
import { fate } from './fate.js';
import './town-hands.js';

/** @typedef {import('../models/area.js').Need} Need */

/** So long after a touch nothing moves. */
const STILL_MS = 3_000;

class TownArea extends AreaElement {
  /** @override */
  static properties = { ...AreaElement.properties, opened: { state: true } };

  constructor() {
    super();
    this.opened = '';
    this.touchedAt = -STILL_MS;
    /** @type {string[]} */
    this.order = [];
    this.back = (/** @type {PopStateEvent} */ event) => (this.opened = event.state?.table ?? '');
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('popstate', this.back);
    this.clock = setInterval(() => this.opened === '' && this.requestUpdate(), 1_000);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('popstate', this.back);
    clearInterval(this.clock);
  }

  /** @param {string} table */
  open(table) {
    this.opened = table;
    history.pushState({ table }, '');
    window.scrollTo(0, 0);
    void this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('h1'))?.focus());
  }

  close() {
    if (history.state?.table) history.back();
    else this.opened = '';
  }

  /** @override */
  render() {
    if (this.live === undefined || !this.live.channels.held.has('floor')) return html`<p class="quiet">${t('ui.loading')}</p>`;
    if (this.opened) {
      return html`<button type="button" class="back" @click=${this.close}>← ${t('area.all_tables')}</button>
        <town-area-table .live=${this.live} .id_=${this.opened}></town-area-table>`;
    }
    return html`<div @pointerdown=${() => (this.touchedAt = performance.now())}>${this.needing()}<town-hands .live=${this.live} .own=${this.tables}></town-hands>${this.all()}</div>`;
  }

  /** @returns {Need[]} In an order that stands still while a thumb is near. */
  found() {
    if (this.ended) return [];
    const own = new Set(this.tables);
    const agenda = this.told('agenda');
    const health = (this.live?.channels.all('health/') ?? []).map(([, each]) => each).filter((each) => own.has(each.table));
    const calls = (this.live?.channels.all('call/') ?? []).map(([, call]) => call).filter((call) => own.has(call.table));
    const running = agenda?.items.find((/** @type {any} */ item) => item.id === agenda.running) ?? null;
    const all = needs({ health, calls, running, open: this.told('open'), nowMs: this.live?.now() ?? 0 });
    const named = new Map(all.map((need) => [`${need.trouble} ${need.call?.id ?? need.table}`, need]));
    this.order = steady(this.order, [...named.keys()], performance.now() - this.touchedAt < STILL_MS);
    return this.order.map((id) => /** @type {Need} */ (named.get(id)));
  }

  needing() {
    const found = this.found();
    return html`<section aria-labelledby="needing"><h1 id="needing" tabindex="-1">${t(this.ended ? 'area.over' : 'area.needing')}</h1>
      ${this.ended ? html`<p class="calm">${t('area.over_hint')}</p>` : found.length === 0 ? html`<p class="calm">${t('area.all_well')}</p>` : html`<ul class="needs">${found.map((need) => this.need(need))}</ul>`}</section>`;
  }

  /** @param {Need} need */
  need({ table, trouble, since, call }) {
    const time = since === null ? '' : t('count.for', { time: howLong((this.live?.now() ?? 0) - since, t) });
    return html`<li class="need" data-trouble=${trouble}>
      <button type="button" class="to-table" @click=${() => this.open(table)}><strong>${t('ui.table', { table })}</strong>
        <span>${call ? t(`help_kind.${call.kind}`) : this.trouble(table, trouble)}</span><span class="time">${time}</span></button>
      ${call ? this.call(call) : nothing}</li>`;
  }

  /**
   * What is amiss, with the figures that differ.
   * @param {string} table
   * @param {string} trouble
   */
  trouble(table, trouble) {
    const { heads = 0, present = 0, keypads = 0 } = this.told(`health/${table}`) ?? {};
    if (trouble === 'gap') return t('area.trouble_gap', { heads: String(heads), present: String(present) });
    if (trouble === 'keypads') return t('area.trouble_keypads', { count: present - keypads, present: String(present) });
    return t(`area.trouble_${trouble}`);
  }

  /** @param {import('../models/room_health.js').Call} call */
  call(call) {
    const where = `call ${call.id}`;
    return html`${call.text ? html`<p class="call-text" translate="no" lang="">${call.text}</p>` : nothing}
      <p class="buttons">${call.answered_at_ms === null
    ? html`<button type="button" @click=${() => this.act(where, { t: 'answer_help', call: call.id })}>${t('area.on_my_way')}</button>`
    : html`<span class="mark">${t('area.somebody_comes')}</span>`}
      <button type="button" @click=${() => this.act(where, { t: 'close_help', call: call.id })}>${t('area.helped')}</button></p>${this.sent(where) ? fate(this.sent(where)) : nothing}`;
  }

  all() {
    const voting = this.sheet;
    return html`<section aria-labelledby="all-tables"><h2 id="all-tables">${t('area.my_tables')}</h2>
      <ul class="tiles">${[...this.tables].sort(natural).map((table) => {
      const health = this.told(`health/${table}`);
      return html`<li><button type="button" class="tile" @click=${() => this.open(table)}><strong>${t('ui.table', { table })}</strong>
        <span>${t('area.present', { present: health?.present ?? 0, seats: health?.seats ?? 0 })}</span>
        <span>${voting && health?.voted !== null && health?.voted !== undefined ? t('area.voted', { voted: health.voted }) : t('area.ideas', { count: health?.ideas ?? 0 })}</span></button></li>`;
    })}</ul></section>`;
  }
}

customElements.define('town-area', TownArea);
