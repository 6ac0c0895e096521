// One table of an area: its people, its calls, its laptop; and one of its seats when it is tapped.

import { html, nothing } from '/static/vendor/lit.js';
import { seatName } from '../models/area.js';
import { newId } from '../models/ids.js';
import { ask, place, t } from '../pages/place.js';
import { AreaElement } from './area-element.js';
import './area-seat.js';
import { fate } from './fate.js';

/** @typedef {import('./area-element.js').Table} Table */

class AreaTable extends AreaElement {
  /** @override */
  static properties = { ...AreaElement.properties, id_: { attribute: false }, seat: { state: true }, said: { state: true }, sure: { state: true } };

  constructor() {
    super();
    this.id_ = '';
    this.seat = '';
    /** What the page itself has to say about the laptop. */
    this.said = '';
    /** The laptop that all pads are about to be put on. */
    this.sure = '';
  }

  /** @override */
  render() {
    const table = this.table(this.id_);
    if (!table) return html`<p class="quiet">${t('ui.loading')}</p>`;
    return html`<h1 tabindex="-1">${t('ui.table', { table: table.id })}</h1>
      ${this.ended ? html`<p class="calm">${t('area.over')}</p>` : this.calls()}
      <h2>${t('area.seats')}</h2><ul class="seats">${table.seats.map((seat) => this.row(table, seat))}</ul>
      ${this.ended ? nothing : html`${this.adding(table)}${this.laptop(table)}${this.heads(table)}`}`;
  }

  /**
   * @param {Table} table
   * @param {import('./area-element.js').Seat} seat
   */
  row(table, seat) {
    const voted = this.ofTable(table.id, 'voted');
    const opened = this.seat === seat.id && !this.ended;
    const { planned, name } = seatName(seat.id, table.id, table.seats);
    return html`<li class="seat" data-seat=${seat.id}><button type="button" class="seat-open" ?disabled=${this.ended} aria-expanded=${opened} @click=${() => (this.seat = opened ? '' : seat.id)}>
        <strong>${t(planned ? 'ui.seat' : 'area.added_seat', { seat: name })}</strong>
        <span>${t(seat.channel ? `channel.${seat.channel}` : 'area.no_keypad')}</span>
        <span class="marks">${seat.asked ? html`<span class="mark warn">${t('area.trouble_takeover')}</span>` : nothing}
          ${voted?.seats?.includes(seat.id) ? html`<span class="mark">${t('area.has_voted')}</span>` : nothing}
          <span>${t(seat.left ? 'area.left' : seat.present ? 'area.here' : 'area.absent')}</span></span></button>
      ${opened ? html`<town-area-seat .live=${this.live} .table_=${table.id} .seat=${seat.id}></town-area-seat>` : nothing}</li>`;
  }

  calls() {
    const open = (this.live?.channels.all('call/') ?? []).map(([, call]) => call).filter((call) => call.table === this.id_ && call.closed_at_ms === null);
    return open.map((call) => html`<div class="need" data-trouble="help"><p><strong>${t(`help_kind.${call.kind}`)}</strong> ${call.text ? html`<span translate="no" lang="">${call.text}</span>` : nothing}</p>
      <p class="buttons">${call.answered_at_ms === null ? html`<button type="button" @click=${() => this.act('call', { t: 'answer_help', call: call.id })}>${t('area.on_my_way')}</button>` : html`<span class="mark">${t('area.somebody_comes')}</span>`}
      <button type="button" @click=${() => this.act('call', { t: 'close_help', call: call.id })}>${t('area.helped')}</button></p>${fate(this.sent('call'))}</div>`);
  }

  /** @param {Table} table */
  adding(table) {
    const full = table.seats.length >= table.seats_max;
    return html`<h2>${t('area.late')}</h2><p class="hint">${full ? t('area.full', { most: table.seats_max }) : t('area.late_hint')}</p>
      <button type="button" ?disabled=${full} @click=${() => this.add(table)}>${t('area.add_seat')}</button>${fate(this.sent('add'))}`;
  }

  /** @param {Table} table */
  add(table) {
    const seat = newId('seat');
    this.act('add', { t: 'add_seat', seat, table: table.id });
    this.seat = seat;
  }

  /** @param {Table} table */
  laptop(table) {
    const pads = table.seats.filter((seat) => seat.channel === 'laptop');
    return html`<h2>${t('area.laptop')}</h2><p class="hint">${t('area.laptop_hint', { count: pads.length })}</p>
      ${this.sure ? html`<p class="buttons"><button type="button" class="primary" @click=${() => this.moveAll(pads)}>${t('area.laptop_sure', { count: pads.length })}</button>
        <button type="button" @click=${() => (this.sure = '')}>${t('area.cancel')}</button></p>`
    : html`<button type="button" ?disabled=${pads.length === 0} @click=${this.askLaptop}>${t('area.laptop_new')}</button>`}
      <p class="fate" role="status" data-fate=${this.said ? 'refused' : (this.sent('laptop')?.fate ?? '')}>${this.said}</p>${this.said ? nothing : fate(this.sent('laptop'))}`;
  }

  async askLaptop() {
    const { ok, data } = await ask('GET', `/api/meetings/${place.meeting}/laptops/${encodeURIComponent(this.id_)}`);
    const newest = ok ? (data.find((/** @type {any} */ each) => each.connected) ?? data[0]) : undefined;
    this.said = !ok ? (data?.say ?? t('ui.offline')) : newest ? '' : t('area.no_laptop');
    this.sure = newest?.device ?? '';
  }

  /** @param {import('./area-element.js').Seat[]} pads */
  moveAll(pads) {
    for (const seat of pads) this.act('laptop', { t: 'bind_keypad', seat: seat.id, keypad: `${this.sure}:${seat.id}`, channel: 'laptop' });
    this.sure = '';
  }

  /** @param {Table} table */
  heads(table) {
    const give = (/** @type {number} */ by) => this.act('heads', { t: 'count_heads', table: table.id, heads: Math.max(0, (table.heads ?? table.seats.filter((seat) => seat.present).length) + by) });
    return html`<h2>${t('area.heads')}</h2><p class="hint">${t('area.heads_hint', { count: table.seats.filter((seat) => seat.present).length })}</p><p class="stepper"><button type="button" aria-label=${t('area.one_less')} @click=${() => give(-1)}>−</button>
      <output>${table.heads === null ? t('area.not_counted') : t('count.people', { count: table.heads })}</output><button type="button" aria-label=${t('area.one_more')} @click=${() => give(1)}>+</button></p>${fate(this.sent('heads'))}`;
  }
}

customElements.define('town-area-table', AreaTable);
