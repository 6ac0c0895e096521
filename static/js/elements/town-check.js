// The self-check of a table's laptop: it ends in "ready", or says what to do. And the end of the day.

import { html, nothing } from '/static/vendor/lit.js';
import { canKeep, keepPage } from '../live/keep.js';
import { wipe } from '../live/wipe.js';
import { checked, verdict } from '../models/check.js';
import { ask, place, t } from '../pages/place.js';
import { TableElement } from './table-element.js';

const LOOK_MS = 5_000;

/** Events: `begin` (somebody goes on to the table), `wiped` (nothing of the meeting is left here). */
export class TownCheck extends TableElement {
  /** @override */
  static properties = { ...TableElement.properties, opening: { type: Boolean } };

  constructor() {
    super();
    /** Whether it stands before the table, at the beginning. */
    this.opening = false;
    /** @type {boolean | null} */
    this.writes = null;
    /** @type {boolean | null} */
    this.keeps = null;
    /** @type {number | null} */
    this.beside = null;
    this.asking = false;
    this.wiping = false;
    this.timer = 0;
    this.onWelcome = () => void this.look();
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.timer = window.setInterval(() => void this.look(), LOOK_MS);
    window.addEventListener('resize', this.drawAgain);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
    window.removeEventListener('resize', this.drawAgain);
  }

  /** @override */
  firstUpdated() {
    this.live?.addEventListener('welcome', this.onWelcome);
    void this.tryStorage();
    void this.look();
  }

  async tryStorage() {
    this.writes = (await this.live?.store.writes()) ?? false;
    this.requestUpdate();
  }

  /** Ask what the server knows: whether another laptop of this table is connected; and keep the page. */
  async look() {
    if (this.live?.state !== 'open') return this.requestUpdate();
    const { ok, data } = await ask('GET', '/api/session');
    if (ok) this.beside = data.beside;
    if (canKeep() && place.assets === this.live.assets) {
      this.keeps = await Promise.race([keepPage(place), new Promise((resolve) => setTimeout(() => resolve(this.keeps ?? false), LOOK_MS))]);
    }
    return this.requestUpdate();
  }

  get found() {
    const { state = 'connecting', aheadMs = 0, assets = '' } = this.live ?? {};
    return {
      state, aheadMs, writes: this.writes, had: place.assets, told: assets, width: window.innerWidth,
      beside: this.beside, keeps: this.keeps, secure: canKeep(),
    };
  }

  /** Whether the table can begin. */
  get verdict() {
    return verdict(checked(this.found));
  }

  /** @override */
  render() {
    if (this.ended && !this.opening) return this.endOfDay(); // a laptop that has done its day is not checked
    const lines = checked(this.found);
    const ends = verdict(lines);
    return html`<ul class="checks">${lines.map(({ name, level, say, params }) => html`<li data-check=${name} data-level=${level}>
        <b>${t(`table.check.${name}`)}</b> <span>${t(`table.check.${name}.${say}`, params)}</span>
        ${name === 'version' && level === 'bad' ? html`<button type="button" class="small" @click=${() => location.reload()}>${t('table.load_again')}</button>` : nothing}</li>`)}</ul>
      <p class="verdict" role="status" data-verdict=${ends}>${t(`table.verdict.${ends}`)}</p>
      ${this.opening ? html`<button type="button" class=${ends === 'ready' ? 'primary' : ''} @click=${() => this.dispatchEvent(new Event('begin'))}>${t(ends === 'ready' ? 'table.begin' : 'table.begin_anyway')}</button>`
    : this.endOfDay()}`;
  }

  endOfDay() {
    const count = this.live?.outbox.waiting().length ?? 0;
    return html`<section class="end-of-day"><h3>${t('table.end_of_day')}</h3>
      <p>${t('table.end_hint')}</p>
      ${count ? html`<p class="changed">${t('table.end_unsaved', { count })}</p>` : nothing}
      ${this.asking ? html`<p class="buttons"><button type="button" class="danger" ?disabled=${this.wiping} @click=${() => this.wipe()}>${t('table.wipe')}</button>
        <button type="button" @click=${() => { this.asking = false; this.requestUpdate(); }}>${t('table.cancel')}</button></p>`
    : html`<button type="button" class="danger" @click=${() => { this.asking = true; this.requestUpdate(); }}>${t('table.end_day')}</button>`}</section>`;
  }

  async wipe() {
    if (!this.live) return;
    this.wiping = true;
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('wiped', { detail: await wipe(this.live) }));
  }
}
customElements.define('town-check', TownCheck);
