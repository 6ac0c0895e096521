// How the reading goes, and which ideas lie in the pile: the left side of the theme desk.

import { html, nothing } from '/static/vendor/lit.js';
import { pulseOf, waited } from '../models/pulse.js';
import { TRAYS } from '../models/pile.js';
import { spans } from '../models/spans.js';
import { t } from '../pages/place.js';
import { RoomElement } from './room-element.js';
import { saidPlain } from './wordings.js';

const KINDS = ['agreement', 'individual', 'minority', 'quote', 'question', 'request'];
const TYPING_MS = 200;
const HOUR_MS = 3_600_000;

class DeskPulse extends RoomElement {
  /** @override */
  static hears = ['ideas', 'rest', 'themes', 'pile'];

  constructor() {
    super();
    this.typing = 0;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.clock = setInterval(() => this.tick(), 1_000);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  /** @override */
  updated() {
    this.tick();
  }

  /** Only the time that the oldest has waited moves by itself. */
  tick() {
    const mark = this.querySelector('[data-oldest]');
    if (mark) mark.textContent = this.oldest();
  }

  oldest() {
    const since = this.pulse?.oldest;
    if (!this.pulse?.all || !this.room) return '';
    if (since === null || since === undefined) return t('themes.none_waits');
    const ms = this.room.live.now() - since;
    return t(ms < HOUR_MS ? 'themes.oldest' : 'themes.oldest_hours', { time: waited(ms) });
  }

  /** @override */
  render() {
    const room = this.room;
    if (!room) return nothing;
    const { filter, mine, desk } = room;
    this.pulse = pulseOf(desk.ideas.values(), filter.item, (idea) => !filter.mine || mine.has(idea.table));
    const { all, read, percent } = this.pulse;
    return html`
      <div class="pulse">
        <p class="unread">${t('themes.unread', { count: all - read })}</p>
        ${desk.ended ? nothing : html`<p data-oldest></p>`}
        <p>${percent === null ? '' : t('themes.percent_read', { percent })}</p>
      </div>
      ${this.items()}
      ${mine.size === 0 ? nothing : html`<div class="buttons" role="group" aria-label=${t('themes.whose')}>
        ${this.choice(filter.mine, () => room.choose({ mine: true }), t('themes.mine', { tables: spans([...mine], desk.tables) }))}
        ${this.choice(!filter.mine, () => room.choose({ mine: false }), t('themes.all_tables'))}</div>`}
      <div class="trays" role="group" aria-label=${t('themes.trays')}>${TRAYS.map((tray) => this.tray(tray))}</div>
      <div class="field"><label for="search">${t('themes.search')}</label>
        <input id="search" type="search" autocomplete="off" .value=${filter.search} @input=${this.searched}></div>
      ${this.more()}`;
  }

  items() {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    const now = room.desk.itemNow;
    return html`<div class="field"><label for="item">${t('themes.item')}</label>
      <select id="item" @change=${(/** @type {Event} */ event) => this.chooseItem(/** @type {HTMLSelectElement} */ (event.target).value)}>
        ${room.desk.items.map((item) => html`<option value=${item.id} ?selected=${item.id === room.filter.item}>${saidPlain(item.title)} · ${t('themes.unread', { count: this.pulse?.unreadOf.get(item.id) ?? 0 })}</option>`)}
      </select></div>
      ${now === room.filter.item || now === '' ? nothing : html`<p class="hint">${t('themes.other_item')}
        <button type="button" class="quiet" @click=${() => this.chooseItem(now)}>${t('themes.go_there')}</button></p>`}`;
  }

  /** @param {string} item */
  chooseItem(item) {
    this.room?.choose({ item, theme: '' });
  }

  /**
   * @param {boolean} chosen
   * @param {() => void} choose
   * @param {string} words
   */
  choice(chosen, choose, words) {
    return html`<button type="button" aria-pressed=${chosen} @click=${choose}>${words}</button>`;
  }

  /** @param {import('../models/pile.js').Tray} tray */
  tray(tray) {
    const { filter } = /** @type {NonNullable<typeof this.room>} */ (this.room);
    return html`<button type="button" class="tray" data-tray=${tray} aria-pressed=${filter.theme === '' && filter.tray === tray}
      @click=${() => this.room?.choose({ tray, theme: '' })}>
      <span>${t(`themes.tray_${tray}`)}</span> <span class="number">${(this.pulse?.trays[tray] ?? 0).toLocaleString('en')}</span></button>`;
  }

  more() {
    const { desk, filter } = /** @type {NonNullable<typeof this.room>} */ (this.room);
    const option = (/** @type {string} */ value, /** @type {string} */ chosen, /** @type {string} */ words) => html`<option value=${value} ?selected=${value === chosen}>${words}</option>`;
    const pick = (/** @type {'table' | 'kind'} */ name) => (/** @type {Event} */ event) => this.room?.choose({ [name]: /** @type {HTMLSelectElement} */ (event.target).value });
    return html`<details class="more" ?open=${filter.table !== '' || filter.kind !== ''}><summary>${t('themes.more_filters')}</summary>
      <div class="field"><label for="of-table">${t('themes.of_table')}</label><select id="of-table" @change=${pick('table')}>
        ${option('', filter.table, t('themes.all_tables'))}${desk.tables.map((table) => option(table, filter.table, t('ui.table', { table })))}</select></div>
      <div class="field"><label for="of-kind">${t('themes.of_kind')}</label><select id="of-kind" @change=${pick('kind')}>
        ${option('', filter.kind, t('themes.all_kinds'))}${KINDS.map((kind) => option(kind, filter.kind, t(`idea_kind.${kind}`)))}</select></div>
    </details>`;
  }

  /** @param {Event} event */
  searched(event) {
    const search = /** @type {HTMLInputElement} */ (event.target).value;
    clearTimeout(this.typing);
    this.typing = window.setTimeout(() => this.room?.choose({ search, ...(search ? { tray: 'all', theme: '' } : {}) }), TYPING_MS);
  }
}

customElements.define('town-desk-pulse', DeskPulse);
