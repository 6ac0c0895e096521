// Who is at the table: head count, seats that are here or have left, late seats, and by what each votes.

import { html, nothing } from '/static/vendor/lit.js';
import { newId } from '../models/ids.js';
import { padOf, seatNumber, wayOf } from '../models/pads.js';
import { t } from '../pages/place.js';
import { dotted } from './dotted.js';
import { fate } from './fate.js';
import { TableElement } from './table-element.js';

/** @typedef {import('../models/pads.js').Seat} Seat */

const HEADS_MAX = 50;
const STANDINGS = ['citizen', 'party', 'official', 'expert', 'viewer'];

export class TownPeople extends TableElement {
  constructor() {
    super();
    /** @type {number | null} The head count that stands in the field, where somebody changed it. */
    this.heads = null;
    this.standing = 'citizen';
  }

  /** @override */
  render() {
    const seats = this.seats;
    if (!this.told('table')) return html`<p class="quiet">${t('ui.loading')}</p>`;
    const [head, list] = [html`<h3>${t('table.seats')}</h3>`, html`<ul class="people">${seats.map((seat) => this.line(seat))}</ul>`];
    if (this.ended) return html`${head}${list}`;
    return html`${this.headCount()}
      ${head}
      <div class="buttons everybody">
        <button type="button" ?disabled=${seats.every((seat) => seat.present || seat.left)} @click=${() => this.allHere()}>${t('table.all_here')}</button>
        ${fate(this.sent('seat'))}</div>
      ${list}
      ${this.late()}`;
  }

  headCount() {
    const told = this.told('table')?.heads;
    const now = this.heads ?? told ?? this.seats.filter((seat) => seat.present).length;
    const change = (/** @type {number} */ to) => { this.heads = Math.max(0, Math.min(HEADS_MAX, to)); this.requestUpdate(); };
    return html`<form class="heads" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); this.count(now); }}>
      <label for="heads">${t('table.heads')}</label>
      <p class="hint" id="heads-told">${told === null || told === undefined ? t('table.heads_none') : t('table.heads_told', { count: told })}</p>
      <div class="buttons"><button type="button" aria-label=${t('table.one_less')} @click=${() => change(now - 1)}>−</button>
        <input id="heads" type="number" inputmode="numeric" min="0" max=${HEADS_MAX} aria-describedby="heads-told" .value=${String(now)} ?data-kept=${true}
          @input=${(/** @type {any} */ event) => change(Number.parseInt(event.target.value, 10) || 0)}>
        <button type="button" aria-label=${t('table.one_more')} @click=${() => change(now + 1)}>+</button>
        <button type="submit">${t('table.count_heads')}</button></div>
      ${fate(this.sent('heads'))}</form>`;
  }

  /** @param {number} heads */
  count(heads) {
    this.act('heads', { t: 'count_heads', table: this.table, heads });
    this.heads = null;
  }

  /** @param {Seat} seat */
  line(seat) {
    const number = seatNumber(seat.id, this.table, this.seats);
    const way = wayOf(seat, this.device);
    const name = t('table.seat', { seat: number });
    const state = seat.present ? 'here' : seat.left ? 'left' : 'not_yet';
    return html`<li data-seat=${seat.id}><p><b>${name}</b> <span class="quiet">${t(`standing.${seat.standing}`)}</span>
        <br>${dotted(t(`table.presence.${state}`), t(`table.way.${way}`))}</p>
      ${seat.asked && !this.ended ? html`<p class="changed">${t('table.takeover', { seat: number })} ${this.button('confirm_takeover', seat, t('table.let_it'), name)}</p>` : nothing}
      ${this.ended ? nothing : this.seatActs(seat, way, name)}</li>`;
  }

  /**
   * @param {Seat} seat
   * @param {string} way
   * @param {string} name
   */
  seatActs(seat, way, name) {
    return html`<p class="buttons">
        ${seat.present ? this.button('mark_left', seat, t('table.mark_left'), name) : this.button('mark_present', seat, t('table.mark_present'), name)}
        ${way === 'here' ? this.button('release_keypad', seat, t('table.release'), name) : this.button('bind_keypad', seat, t('table.give_pad'), name)}
      </p>`;
  }

  /**
   * @param {string} command
   * @param {Seat} seat
   * @param {string} label
   * @param {string} name
   */
  button(command, seat, label, name) {
    const more = command === 'bind_keypad' ? { keypad: padOf(this.device, seat.id), channel: 'laptop' } : {};
    return html`<button type="button" class="small" aria-label="${label}: ${name}"
      @click=${() => this.act('seat', { t: command, seat: seat.id, ...more })}>${label}</button>`;
  }

  allHere() {
    for (const seat of this.seats) if (!seat.present && !seat.left) this.act('seat', { t: 'mark_present', seat: seat.id });
  }

  late() {
    return html`<form class="late" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); this.add(); }}>
      <h3>${t('table.late')}</h3>
      <label for="late-standing">${t('table.standing')}</label>
      <select id="late-standing" @change=${(/** @type {any} */ event) => { this.standing = event.target.value; }}>
        ${STANDINGS.map((each) => html`<option value=${each} ?selected=${each === this.standing}>${t(`standing.${each}`)}</option>`)}</select>
      <button type="submit">${t('table.add_seat')}</button>
      ${fate(this.sent('late'))}</form>`;
  }

  add() {
    const seat = newId('seat');
    this.act('late', { t: 'add_seat', seat, table: this.table, standing: this.standing });
    this.act('late', { t: 'bind_keypad', seat, keypad: padOf(this.device, seat), channel: 'laptop' });
  }
}
customElements.define('town-people', TownPeople);
