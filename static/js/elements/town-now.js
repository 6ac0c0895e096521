// Where the day is: how many are here, what is saved, how long the agenda item lasts.

import { html, nothing } from '/static/vendor/lit.js';
import { t } from '../pages/place.js';
import { leftOver } from '../models/words.js';
import { TableElement } from './table-element.js';

const LOOK_MS = 500;

export class TownNow extends TableElement {
  constructor() {
    super();
    this.timer = 0;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.timer = window.setInterval(this.drawAgain, LOOK_MS);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
  }

  /** @override */
  render() {
    return html`<p class="here">${this.here()}</p><p class="all-saved" data-fate=${this.waiting() ? 'waiting' : 'saved'}>${this.fate()}</p>${this.ended ? nothing : this.running()}`;
  }

  here() {
    const seats = this.seats;
    if (seats.length === 0) return '';
    return t('table.here', { count: seats.filter((seat) => seat.present).length, seats: seats.length });
  }

  waiting() {
    return this.live?.outbox.waiting().length ?? 0;
  }

  fate() {
    const count = this.waiting();
    return count ? t('table.waiting', { count }) : t('table.all_saved');
  }

  running() {
    const item = this.item;
    const timer = this.told('timer')?.ends_at_ms;
    const ends = item?.ends_at_ms;
    return html`<p class="timer item" ?hidden=${!ends}><span>${t('table.item_left')}</span> <span class="left" role="timer">${ends ? this.left(ends) : ''}</span></p>
      <p class="timer hall" ?hidden=${!timer}><span>${t('table.hall_timer')}</span> <span class="left" role="timer">${timer ? this.left(timer) : ''}</span></p>`;
  }

  /** @param {number} endsAt */
  left(endsAt) {
    const ms = endsAt - (this.live?.now() ?? 0);
    return ms >= 0 ? leftOver(ms) : t('table.over', { time: leftOver(-ms) });
  }
}
customElements.define('town-now', TownNow);
