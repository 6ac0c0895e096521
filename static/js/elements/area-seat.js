// What an area manager does for one seat: another keypad, a paper ballot, presence, another table.

import { html, nothing } from '/static/vendor/lit.js';
import { withRoom } from '../models/area.js';
import { press } from '../models/ballot.js';
import { wording } from '../models/words.js';
import { ask, place, t } from '../pages/place.js';
import { AreaElement } from './area-element.js';
import { fate } from './fate.js';
import { padOptions } from './pad-options.js';

/** @typedef {import('../models/ballot.js').Choices} Choices */

class AreaSeat extends AreaElement {
  /** @override */
  static properties = {
    ...AreaElement.properties, table_: { attribute: false }, seat: { attribute: false }, view: { state: true }, way: { state: true },
    laptops: { state: true }, said: { state: true }, choices: { state: true }, typed: { state: true },
  };

  constructor() {
    super();
    this.table_ = '';
    this.seat = '';
    /** @type {'' | 'code' | 'laptops' | 'handset' | 'paper' | 'move'} */
    this.view = '';
    /** @type {{code: string, qr: string} | null} */
    this.way = null;
    /** @type {{device: string, connected: boolean}[]} */
    this.laptops = [];
    this.said = '';
    /** @type {Choices} */
    this.choices = null;
    this.typed = '';
  }

  /** @override */
  render() {
    const seat = this.table(this.table_)?.seats.find((each) => each.id === this.seat);
    if (!seat) return html`<p class="quiet">${t('ui.loading')}</p>`;
    const sheet = this.sheet;
    const votes = sheet?.standings.includes(seat.standing) ?? false;
    return html`<div class="seat-body">
      ${seat.asked ? html`<p class="need" data-trouble="takeover">${t('area.takeover_long')}
        <button type="button" class="primary" @click=${() => this.act('keypad', { t: 'confirm_takeover', seat: seat.id })}>${t('area.takeover')}</button></p>` : nothing}
      <h3>${t('area.another_keypad')}</h3>
      <div class="choices">
        ${this.way_('code', t('area.by_phone'), () => this.showCode())}
        ${this.way_('laptops', t('area.by_laptop'), () => this.toLaptop())}
        ${this.way_('handset', t('area.by_handset'))}
        <button type="button" @click=${() => this.bind(`paper:${seat.id}`, 'paper')}>${t('area.by_paper')}</button>
        <button type="button" ?disabled=${seat.keypad === null} @click=${() => this.act('keypad', { t: 'release_keypad', seat: seat.id })}>${t('area.release')}</button>
      </div>
      ${this.inside()}${this.said ? html`<p class="fate" data-fate="refused" role="status">${this.said}</p>` : fate(this.sent('keypad'))}
      <h3>${t('area.paper')}</h3>
      ${votes ? this.paper() : html`<p class="hint">${t(sheet ? 'area.does_not_vote' : 'area.no_vote')}</p>`}
      <h3>${t('area.person')}</h3>
      <div class="choices">${seat.present
    ? html`<button type="button" @click=${() => this.act('person', { t: 'mark_left', seat: seat.id })}>${t('area.has_left')}</button>`
    : html`<button type="button" @click=${() => this.act('person', { t: 'mark_present', seat: seat.id })}>${t('area.is_here')}</button>`}
        ${this.way_('move', t('area.move'))}</div>
      ${this.view === 'move' ? this.moving() : nothing}${fate(this.sent('person'))}</div>`;
  }

  /**
   * A button that opens a part of this seat, or does its work at once.
   * @param {'code' | 'laptops' | 'handset' | 'move'} view
   * @param {string} words
   * @param {() => unknown} [act]
   */
  way_(view, words, act = () => undefined) {
    const opens = () => {
      this.said = '';
      this.view = this.view === view ? '' : view;
      void act();
    };
    return html`<button type="button" aria-expanded=${this.view === view} @click=${opens}>${words}</button>`;
  }

  inside() {
    if (this.view === 'code') {
      return this.way === null ? html`<p class="quiet">${t('ui.loading')}</p>` : html`<div class="card-way"><p>${t('area.code_hint')}</p>
        <img src=${this.way.qr} alt=${t('ui.qr_of', { code: this.way.code })} width="240" height="240"><p class="code"><code>${this.way.code}</code></p></div>`;
    }
    if (this.view === 'laptops') {
      return html`<div class="choices">${this.laptops.map((laptop, at) => html`<button type="button" @click=${() => this.bind(`${laptop.device}:${this.seat}`, 'laptop')}>
        ${t('area.laptop_number', { number: at + 1 })} ${t(laptop.connected ? 'area.connected' : 'area.not_connected')}</button>`)}</div>`;
    }
    if (this.view === 'handset') {
      return html`<form @submit=${this.bindHandset}><label for="handset">${t('area.handset')}</label>
        <input id="handset" type="text" required maxlength="40" autocomplete="off" autocapitalize="off" spellcheck="false"><button type="submit">${t('area.bind')}</button></form>`;
    }
    return nothing;
  }

  /**
   * @param {string} keypad
   * @param {string} channel
   */
  bind(keypad, channel) {
    this.view = '';
    this.said = '';
    this.act('keypad', { t: 'bind_keypad', seat: this.seat, keypad, channel });
  }

  /** @param {SubmitEvent} event */
  bindHandset(event) {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (/** @type {HTMLElement} */ (event.target).querySelector('input'));
    this.bind(input.value.trim(), 'handset');
  }

  async showCode() {
    this.way = null;
    const { ok, data } = await ask('GET', `/api/meetings/${place.meeting}/seats/${encodeURIComponent(this.seat)}/way`);
    if (ok) this.way = data;
    else this.fail(data);
  }

  /** One laptop is taken at once: the third tap; of several somebody chooses. */
  async toLaptop() {
    const { ok, data } = await ask('GET', `/api/meetings/${place.meeting}/laptops/${encodeURIComponent(this.table_)}`);
    const here = ok ? data.filter((/** @type {any} */ laptop) => laptop.connected) : [];
    if (!ok) this.fail(data);
    else if (data.length === 0) this.fail({ say: t('area.no_laptop') });
    else if (here.length === 1) this.bind(`${here[0].device}:${this.seat}`, 'laptop');
    else this.laptops = data;
  }

  /** @param {any} data */
  fail(data) {
    this.view = '';
    this.said = data?.say ?? t('ui.offline');
  }

  paper() {
    const sheet = this.sheet;
    if (!sheet) return nothing;
    if (this.view !== 'paper') {
      return html`<button type="button" @click=${() => ((this.choices = null), (this.typed = ''), (this.view = 'paper'))}>${t('area.enter_paper')}</button>${fate(this.sent('paper'))}`;
    }
    const { text, language } = wording(sheet.title, place.lang);
    const filled = sheet.kind === 'number' ? this.typed.trim() !== '' : this.choices !== null && (sheet.kind === 'approve' || Object.keys(this.choices).length > 0);
    return html`<div class="paper"><p class="paper-title" lang=${language}>${text}</p>
      <p class="hint">${sheet.kind === 'pick_up_to' ? t('count.choices_max', { count: sheet.choices_max }) : t(`kind.${sheet.kind}`)}</p>
      ${padOptions(sheet, this.choices, this.typed, {
    option: (id) => this.mark(id), rate: (id, value) => (this.choices = { .../** @type {any} */ (this.choices ?? {}), [id]: value }), number: (typed) => (this.typed = typed),
  })}
      <p class="hint">${t('area.paper_flag')}</p>
      <p class="buttons"><button type="button" class="primary" ?disabled=${!filled} @click=${this.castPaper}>${t('area.cast_paper')}</button>
      <button type="button" @click=${() => (this.view = '')}>${t('area.cancel')}</button></p></div>`;
  }

  /** @param {string} option */
  mark(option) {
    const { choices, beyond } = press(/** @type {any} */ (this.sheet), this.choices, option);
    this.said = beyond ? t('refusal.too_many_choices', { limit: this.sheet?.choices_max ?? 1 }) : '';
    this.choices = choices;
  }

  castPaper() {
    const sheet = this.sheet;
    if (!sheet) return;
    const choices = sheet.kind === 'number' ? Number.parseInt(this.typed, 10) : this.choices;
    this.act('paper', { t: 'cast_paper_ballot', question: sheet.question, round: sheet.round, seat: this.seat, choices });
    this.view = '';
  }

  moving() {
    const tables = this.tables.map((table) => this.table(table)).filter((table) => table !== undefined);
    const free = withRoom(/** @type {any} */ (tables), this.table_);
    if (free.length === 0) return html`<p class="hint">${t('area.no_room')}</p>`;
    return html`<div class="choices">${free.map((table) => html`<button type="button" @click=${() => this.act('person', { t: 'move_seat', seat: this.seat, table: table.id })}>${t('area.to_table', { table: table.id })}</button>`)}</div>`;
  }
}

customElements.define('town-area-seat', AreaSeat);
