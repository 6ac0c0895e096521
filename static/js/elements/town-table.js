// The table's page as one thing: the check before the day, then where we are, the vote, the flip chart, and at
// the side one of guide, people, messages, help and this laptop.

import { html, nothing } from '/static/vendor/lit.js';
import { wording } from '../models/words.js';
import { place, t } from '../pages/place.js';
import { keysOn, keysSwitch } from './keys-switch.js';
import { TableElement } from './table-element.js';
import './town-chart.js';
import './town-check.js';
import './town-closes.js';
import './town-guide.js';
import './town-help.js';
import './town-messages.js';
import './town-now.js';
import './town-pads.js';
import './town-people.js';

/** @typedef {import('../live/queue.js').Queued} Queued */

const PANELS = ['guide', 'people', 'messages', 'help', 'laptop', 'keys'];
const WIDE = 1_200;
/** Panels and acts by the physical key. */
const KEYS = /** @type {Record<string, string>} */ ({ KeyG: 'guide', KeyP: 'people', KeyM: 'messages', KeyH: 'help', KeyL: 'laptop' });

/** @param {any} texts */
function worded(texts) {
  const { text, language } = wording(texts, place.lang);
  return html`<span lang=${language}>${text}</span>`;
}

export class TownTable extends TableElement {
  constructor() {
    super();
    this.begun = false;
    this.panel = window.innerWidth >= WIDE ? 'guide' : '';
    /** @type {number | null} How far the page was scrolled when a panel was opened below it. */
    this.from = null;
    /** @type {import('../live/wipe.js').Wiped | null} */
    this.wiped = null;
    /** @type {Queued[]} What another session left in this browser. */
    this.left = [];
    /** Whether the page has heard that the meeting is over. */
    this.knowsEnd = false;
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.keyed(event);
    this.onUnload = (/** @type {BeforeUnloadEvent} */ event) => this.unloading(event);
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('keydown', this.onKey);
    window.addEventListener('beforeunload', this.onUnload);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.onKey);
    window.removeEventListener('beforeunload', this.onUnload);
  }

  /** @override */
  firstUpdated() {
    void this.drafts?.ready.then(() => {
      this.begun = this.begun || this.drafts?.get('begun') === true;
      this.requestUpdate();
    });
    this.live?.addEventListener('welcome', () => void this.findLeft());
  }

  async findLeft() {
    this.left = (await this.live?.queue?.left()) ?? [];
    this.requestUpdate();
  }

  /** @param {BeforeUnloadEvent} event */
  unloading(event) {
    if (!this.live?.store.durable && this.live?.outbox.waiting().length) event.preventDefault();
  }

  /**
   * What guided through an item is put away with the last one.
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (this.ended && !this.knowsEnd && this.panel === 'guide') this.panel = '';
    this.knowsEnd = this.ended;
  }

  // --- drawing ---

  /** @override */
  render() {
    if (this.wiped) return this.end(this.wiped);
    if (this.live?.state === 'ended') return this.unsaved();
    if (!this.begun) return this.opening();
    return html`<town-now .live=${this.live} .drafts=${this.drafts}></town-now>
      <town-closes .live=${this.live}></town-closes>
      <town-messages fresh .live=${this.live} .drafts=${this.drafts}></town-messages>
      ${this.live?.store.refused ? html`<p class="changed notice">${t('table.check.storage.refused')}</p>` : nothing}
      ${this.left.length > 0 ? this.leftBehind() : nothing}
      <div class="work" ?data-panel=${this.panel !== ''}>
        <div class="sheet" ?data-vote=${this.sheet !== undefined}>
          ${this.question()}
          ${this.ended ? this.farewell() : nothing}
          <town-pads .live=${this.live} .drafts=${this.drafts}></town-pads>
          <town-chart .live=${this.live} .drafts=${this.drafts}></town-chart>
        </div>
        ${this.panel ? this.aside() : nothing}
      </div>
      ${this.bar()}`;
  }

  opening() {
    return html`<section class="opening" aria-labelledby="opening-title"><h1 id="opening-title">${t('table.check_title', { table: this.table })}</h1>
      <town-check opening .live=${this.live} .drafts=${this.drafts} @begin=${() => this.begin()}></town-check></section>`;
  }

  begin() {
    this.begun = true;
    void this.drafts?.set('begun', true);
    this.requestUpdate();
    void this.updateComplete.then(() => {
      window.scrollTo(0, 0); // the check was read to its end
      /** @type {HTMLElement | null} */ (this.querySelector('h1'))?.focus({ preventScroll: true });
    });
  }

  /** The one thing that the table is at, large. */
  question() {
    const { texts, note } = this.matter();
    const { text, language } = wording(texts, place.lang);
    return html`<h1 class="question" tabindex="-1" lang=${language}>${text}</h1>${note ? html`<p class="note">${note}</p>` : nothing}`;
  }

  /** @returns {{texts: any, note: any}} */
  matter() {
    const { sheet, item } = this;
    if (sheet) return { texts: sheet.title, note: '' };
    const title = this.told('meeting')?.title ?? this.drafts?.get('meeting');
    if (!this.told('agenda')) return { texts: title ?? t('ui.table', { table: this.table }), note: t('table.not_heard') };
    if (this.phase === 'prepared') return { texts: title, note: t('table.not_started') };
    if (this.ended) return { texts: { [place.lang]: t('table.meeting_over') }, note: worded(title) };
    if (item) {
      const enter = wording(this.told(`guide/${item.id}`)?.enter ?? '', place.lang);
      return { texts: item.title, note: enter.text ? html`${t('table.enter')}: <span lang=${enter.language}>${enter.text}</span>` : '' };
    }
    const next = this.told('agenda').items.find((/** @type {any} */ each) => each.state === 'planned');
    const words = wording(next?.title, place.lang);
    return { texts: title, note: next ? html`${t('table.next')} <span lang=${words.language}>${words.text}</span>` : '' };
  }

  /** What is left to do at a table when the meeting is over, and where its report is. */
  farewell() {
    const count = this.live?.outbox.waiting().length ?? 0;
    return html`<section class="farewell" aria-labelledby="farewell"><h2 id="farewell">${t('table.last_things')}</h2>
      <ol><li>${count ? t('table.last_waiting', { count, saved: t('table.all_saved') }) : t('table.last_saved')}</li>
        <li>${t('table.last_collect')}</li>
        <li>${t('table.last_laptop')}${this.panel === 'laptop' ? nothing : html`<br>
          <button type="button" class=${count ? '' : 'primary'} @click=${() => this.open('laptop')}>${t('table.end_day')}</button>`}</li></ol>
      <h2>${t('table.report')}</h2><p>${t('table.report_hint')} <span class="address" translate="no">${location.host}/report</span></p></section>`;
  }

  /** @override */
  updated() {
    const title = this.told('meeting')?.title;
    if (title && JSON.stringify(title) !== JSON.stringify(this.drafts?.get('meeting'))) void this.drafts?.set('meeting', title);
  }

  aside() {
    const { panel } = this;
    return html`<aside class="panel" aria-labelledby="panel-title"><div class="panel-head"><h2 id="panel-title" tabindex="-1">${t(`table.panel.${panel}`)}</h2>
        <button type="button" class="small" @click=${() => this.open(panel)}>${t('table.close')}</button></div>
      ${panel === 'guide' ? html`<town-guide .live=${this.live} .drafts=${this.drafts}></town-guide>` : nothing}
      ${panel === 'people' ? html`<town-people .live=${this.live} .drafts=${this.drafts}></town-people>` : nothing}
      ${panel === 'messages' ? html`<town-messages .live=${this.live} .drafts=${this.drafts}></town-messages>` : nothing}
      ${panel === 'help' ? html`<town-help .live=${this.live} .drafts=${this.drafts}></town-help>` : nothing}
      ${panel === 'laptop' ? html`<town-check .live=${this.live} .drafts=${this.drafts} @wiped=${(/** @type {CustomEvent} */ event) => this.over(event.detail)}></town-check>` : nothing}
      ${panel === 'keys' ? this.keysHelp() : nothing}</aside>`;
  }

  bar() {
    const calls = (this.live?.channels.all('call/') ?? []).filter(([, call]) => call.closed_at_ms === null).length;
    return html`<nav class="bar" aria-label=${t('table.panels')}>${PANELS.map((panel) => html`<button type="button" aria-expanded=${String(panel === this.panel)} data-panel=${panel}
      @click=${() => this.open(panel)}>${panel === 'keys' ? '?' : t(`table.panel.${panel}`)}${panel === 'help' && calls ? html` <span class="badge">${calls}</span>` : nothing}</button>`)}</nav>`;
  }

  /** @param {string} panel */
  open(panel) {
    const closing = this.panel === panel;
    const from = this.from ?? window.scrollY;
    this.panel = closing ? '' : panel;
    this.requestUpdate();
    void this.updateComplete.then(() => this.goTo(closing ? `.bar [data-panel=${panel}]` : '#panel-title', from));
  }

  /**
   * Where a panel stands below the sheet it is brought to the top, and its reader back to where it was opened.
   * @param {string} to
   * @param {number} from
   */
  goTo(to, from) {
    const [sheet, panel] = [this.querySelector('.sheet'), this.querySelector('.panel')];
    const below = sheet !== null && panel !== null && panel.getBoundingClientRect().top >= sheet.getBoundingClientRect().bottom;
    const back = panel === null ? this.from : null;
    /** @type {HTMLElement | null} */ (this.querySelector(to))?.focus({ preventScroll: below || back !== null });
    if (below) panel.scrollIntoView({ block: 'start' });
    else if (back !== null) window.scrollTo(0, back);
    this.from = below ? from : null;
  }

  keysHelp() {
    const rows = [['G', 'guide'], ['P', 'people'], ['M', 'messages'], ['H', 'help'], ['L', 'laptop']];
    return html`<dl class="keys"><dt><kbd>N</kbd></dt><dd>${t('table.key.new')}</dd><dt><kbd>V</kbd></dt><dd>${t('table.key.pass')}</dd>
      ${rows.map(([key, panel]) => html`<dt><kbd>${key}</kbd></dt><dd>${t(`table.panel.${panel}`)}</dd>`)}
      <dt><kbd>Alt</kbd> <kbd>↑</kbd> <kbd>↓</kbd></dt><dd>${t('table.key.move')}</dd><dt><kbd>Alt</kbd> <kbd>1</kbd>–<kbd>6</kbd></dt><dd>${t('table.key.kind')}</dd>
      <dt><kbd>1</kbd>–<kbd>0</kbd> <kbd>↵</kbd></dt><dd>${t('table.key.vote')}</dd></dl>${keysSwitch()}`;
  }

  /** @param {KeyboardEvent} event */
  keyed(event) {
    const typing = /** @type {HTMLElement} */ (event.target).closest('input:not([type="checkbox"]), textarea, select, dialog');
    if (!this.begun || typing || event.ctrlKey || event.altKey || event.metaKey || this.wiped || !keysOn()) return;
    const panel = event.key === '?' ? 'keys' : KEYS[event.code];
    const go = { KeyN: '#new-idea', KeyV: '.pass' }[event.code];
    if (!panel && !go) return;
    event.preventDefault();
    if (panel) this.open(panel);
    else if (go === '.pass') /** @type {HTMLElement | null} */ (this.querySelector('button.pass'))?.click();
    else /** @type {HTMLElement | null} */ (this.querySelector(String(go)))?.focus();
  }

  // --- what another session left, and the end ---

  leftBehind() {
    const mine = this.left.filter((queued) => queued.tables.includes(this.table) && queued.frame['t'] === 'write_idea');
    const texts = this.left.filter((queued) => queued.frame['text']);
    return html`<section class="left-behind" role="status"><h2>${t('table.left_title')}</h2>
      <p>${t('table.left_hint', { count: this.left.length })}</p>
      <ul>${texts.map((queued) => html`<li>${t('ui.table', { table: queued.tables[0] ?? '' })}: <q lang=${queued.frame['language'] ?? ''}>${queued.frame['text']}</q></li>`)}</ul>
      <p class="buttons">${mine.length > 0 ? html`<button type="button" @click=${() => this.send(mine)}>${t('table.left_send', { count: mine.length })}</button>` : nothing}
        <button type="button" @click=${() => this.forget(this.left)}>${t('table.left_delete')}</button></p></section>`;
  }

  /** @param {Queued[]} mine */
  async send(mine) {
    await this.live?.takeOver(mine);
    this.left = this.left.filter((queued) => !mine.includes(queued));
    this.requestUpdate();
  }

  /** @param {Queued[]} gone */
  async forget(gone) {
    for (const queued of gone) await this.live?.queue?.drop(queued.id);
    this.left = this.left.filter((queued) => !gone.includes(queued));
    this.requestUpdate();
  }

  /** @param {import('../live/wipe.js').Wiped} wiped */
  over(wiped) {
    this.wiped = wiped;
    document.body.dataset['wiped'] = '';
    this.requestUpdate();
    void this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('h1'))?.focus());
  }

  /** @param {import('../live/wipe.js').Wiped} wiped */
  end(wiped) {
    const lines = /** @type {const} */ (['storage', 'pages', 'session']);
    return html`<section class="opening wiped"><h1 tabindex="-1">${t('table.wiped_title')}</h1>
      <ul class="checks">${lines.map((each) => html`<li data-level=${wiped[each] ? 'good' : 'bad'}>${t(`table.wiped.${each}.${wiped[each] ? 'gone' : 'there'}`)}</li>`)}</ul>
      <p>${t('table.wiped_hint')}</p></section>`;
  }

  unsaved() {
    const count = this.live?.outbox.waiting().length ?? 0;
    return count ? html`<p class="changed" role="status">${t('table.ended_unsaved', { count })}</p>` : nothing;
  }
}
customElements.define('town-table', TownTable);
