// The console: where the day is and what comes next, always; behind it one part of the page at a time.

import { html, nothing } from '/static/vendor/lit.js';
import { findings } from '../models/room_health.js';
import { place, t } from '../pages/place.js';
import './console-acts.js';
import { ConsoleElement } from './console-element.js';
import './console-next.js';
import './console-record.js';
import './console-room.js';
import './console-run.js';
import './console-screens.js';
import './console-tools.js';
import './console-vote.js';
import { keysOn, keysSwitch } from './keys-switch.js';
import './town-closes.js';

/** The keys of the console, by their place on the keyboard, and what they do. */
export const KEYS = /** @type {const} */ ([
  ['KeyN', 'N', 'console.key.next'],
  ['KeyT', 'T', 'console.key.take'],
  ['KeyH', 'H', 'console.key.hold'],
  ['KeyB', 'B', 'console.key.blank'],
  ['KeyZ', 'Z', 'console.key.take_back'],
  ['Slash', '?', 'console.key.keys'],
]);

/** Parts that come when they are first looked for, by the tab they are under, so that the page is there sooner. */
const LATER = /** @type {Record<string, () => Promise<unknown>>} */ ({
  questions: () => import('./console-questions.js'),
  ways: () => Promise.all([import('./console-ways.js'), import('./console-rehearsal.js')]),
  record: () => import('./console-sample.js'),
});

const WRITING = 'input:not([type="checkbox"]), textarea, select, [contenteditable]';

export class Console extends ConsoleElement {
  constructor() {
    super();
    this.pressed = (/** @type {KeyboardEvent} */ event) => this.key(event);
    /** @type {Set<string>} The tabs whose later parts are there, or on their way. */
    this.fetched = new Set();
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('keydown', this.pressed);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.pressed);
  }

  /** @override @param {Map<string, unknown>} changed */
  updated(changed) {
    super.updated(changed);
    const { tab } = this.desk;
    const later = LATER[tab];
    if (!later || this.fetched.has(tab)) return;
    this.fetched.add(tab);
    void later().catch(() => this.fetched.delete(tab)); // the line was away: at the next look
  }

  /** The parts of the page that this role has. */
  get tabs() {
    return [
      ['run', 'console.run'],
      ['room', 'console.room'],
      ...(place.may.includes('draft_question') ? [['questions', 'console.questions']] : []),
      ...(place.role === 'organiser' ? [['ways', 'console.ways']] : []),
      ...(place.role === 'stage_manager' ? [] : [['record', 'console.record']]),
    ];
  }

  /** @override */
  render() {
    if (!this.told('meeting')) return html`<p class="quiet">${t('ui.loading')}</p>`;
    const tab = this.desk.tab;
    return html`
      <div class="head">
        <town-console-next .live=${this.live} .desk=${this.desk}></town-console-next>
        <town-console-vote .live=${this.live} .desk=${this.desk}></town-console-vote>
      </div>
      <town-closes .live=${this.live}></town-closes>
      <nav class="tabs" aria-label=${t('console.parts')}>
        ${this.tabs.map(([name, key]) => html`<button type="button" aria-current=${tab === name ? 'page' : 'false'} @click=${() => this.desk.set({ tab: name })}>${t(key ?? '')}${name === 'room' ? this.alarms() : nothing}</button>`)}
        <button type="button" class="quiet" aria-keyshortcuts="?" @click=${() => this.showKeys()}>${t('console.keys')} <kbd aria-hidden="true">?</kbd></button>
      </nav>
      <div class="tab" ?hidden=${tab !== 'run'}>
        <div class="sides">
          <town-console-run .live=${this.live} .desk=${this.desk} .active=${tab === 'run'}></town-console-run>
          <div class="side">
            <town-console-screens .live=${this.live} .desk=${this.desk} .active=${tab === 'run'}></town-console-screens>
            <town-console-timer .live=${this.live} .desk=${this.desk} .active=${tab === 'run'}></town-console-timer>
            <town-console-messages .live=${this.live} .desk=${this.desk} .active=${tab === 'run'}></town-console-messages>
            <town-console-acts .live=${this.live} .desk=${this.desk} .active=${tab === 'run'}></town-console-acts>
          </div>
        </div>
      </div>
      <div class="tab" ?hidden=${tab !== 'room'}><town-console-room .live=${this.live} .desk=${this.desk} .active=${tab === 'room'}></town-console-room></div>
      ${this.tabs.some(([name]) => name === 'questions') ? html`<div class="tab" ?hidden=${tab !== 'questions'}><town-console-questions .live=${this.live} .desk=${this.desk} .active=${tab === 'questions'}></town-console-questions></div>` : nothing}
      ${this.tabs.some(([name]) => name === 'ways') ? html`<div class="tab" ?hidden=${tab !== 'ways'}><town-console-ways .live=${this.live} .desk=${this.desk} .active=${tab === 'ways'}></town-console-ways><town-console-rehearsal .live=${this.live} .desk=${this.desk} .active=${tab === 'ways'}></town-console-rehearsal></div>` : nothing}
      ${this.tabs.some(([name]) => name === 'record') ? html`<div class="tab" ?hidden=${tab !== 'record'}><town-console-record .live=${this.live} .desk=${this.desk} .active=${tab === 'record'}></town-console-record><town-console-sample .live=${this.live} .desk=${this.desk} .active=${tab === 'record'}></town-console-sample></div>` : nothing}
      ${this.keysDialog()}`;
  }

  /** How many tables wait for somebody. */
  alarms() {
    if (this.ended) return nothing; // nobody can answer a call any more
    const calls = this.line.channels.all('call/').map(([, call]) => call);
    const health = this.line.channels.all('health/').map(([, each]) => each);
    const tables = new Set(findings({ health, calls, lines: this.desk.lines, running: this.day.running, nowMs: this.now }).filter(({ trouble }) => trouble === 'help').map(({ table }) => table));
    return tables.size > 0 ? html` <span class="alarm">${t('console.calls', { count: tables.size })}</span>` : nothing;
  }

  keysDialog() {
    return html`<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">${t('console.keys')}</h2>
      <dl>${KEYS.map(([, key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(words)}</dd></div>`)}</dl>${keysSwitch()}
      <form method="dialog"><button type="submit">${t('console.close_dialog')}</button></form></dialog>`;
  }

  showKeys() {
    /** @type {HTMLDialogElement | null} */ (this.querySelector('#keys'))?.showModal();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || target.closest(`${WRITING}, dialog`) || !keysOn()) return;
    const screens = /** @type {import('./console-screens.js').ConsoleScreens | null} */ (this.querySelector('town-console-screens'));
    /** @type {Record<string, () => void>} */
    const does = {
      KeyN: () => /** @type {import('./console-next.js').ConsoleNext | null} */ (this.querySelector('town-console-next'))?.go(),
      KeyT: () => screens?.take(),
      KeyH: () => screens?.hold(),
      KeyB: () => screens?.blank(),
      KeyZ: () => /** @type {HTMLButtonElement | null} */ (this.querySelector('town-console-vote [aria-keyshortcuts="Z"]'))?.click(),
      Slash: () => event.shiftKey && this.showKeys(),
    };
    const act = does[event.code];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

customElements.define('town-console', Console);
