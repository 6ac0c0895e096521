// <town-air>: what is on the plenary screen, as text and tables, announced once.

import { html, nothing, repeat } from '/static/vendor/lit.js';
import { picture } from '../models/scene.js';
import { markPassed } from '../models/marks.js';
import { announced, momentOf, tableOf, timeLeft } from '../models/said.js';
import { leftOver, plainOf } from '../models/words.js';
import { LiveElement } from './live-element.js';
import { phrasesOf } from './picture-parts.js';

/**
 * @typedef {import('../models/phrases.js').Phrase} Phrase
 * @typedef {import('../models/phrases.js').Voice} Voice
 * @typedef {import('../models/sheet.js').Sheet} Sheet
 * @typedef {import('../models/sheet.js').Group} Group
 */

const TICK_MS = 500;
const SAID_MS = 5_000;

/**
 * @param {Group} group
 * @param {Phrase[]} caption
 * @param {Voice} voice
 */
function groupOf(group, caption, voice) {
  const table = tableOf(group, voice);
  if (table) {
    return html`<div class="scrolls"><table data-form=${group.form}><caption class=${group.title.length > 0 ? '' : 'unseen'}>${phrasesOf(group.title.length > 0 ? group.title : caption)}</caption>
      <thead><tr>${table.heads.map((head) => html`<th scope="col">${phrasesOf(head)}</th>`)}</tr></thead>
      <tbody>${table.rows.map((row) => html`<tr>${row.cells.map((cell, at) => (at === 0 ? html`<th scope="row">${phrasesOf(cell)}</th>` : html`<td>${phrasesOf(cell)}</td>`))}</tr>`)}</tbody>
    </table></div>${group.base.length > 0 ? html`<p class="base">${phrasesOf(group.base)}</p>` : nothing}`;
  }
  if (group.form === 'quote') return html`<blockquote>${group.rows.map((row) => html`<p>${phrasesOf(row.text)}</p>`)}</blockquote>`;
  return html`<ol class="choices">${group.rows.map((row) => html`<li>${phrasesOf(row.text)}</li>`)}</ol>`;
}

/**
 * A picture in words.
 * @param {Sheet[]} sheets
 * @param {Voice} voice
 * @param {2 | 3} level Of its headings.
 * @param {number} now The server's time, in ms.
 */
export function inWords(sheets, voice, level, now) {
  return sheets.map((sheet) => {
    const { big, votes } = sheet;
    const title = phrasesOf(sheet.title);
    const heading = sheet.title.length === 0 ? nothing : level === 2 ? html`<h2>${title}</h2>` : html`<h3>${title}</h3>`;
    return html`<section class="told">
      ${heading}
      ${sheet.leads.map((lead) => html`<p>${phrasesOf(lead)}</p>`)}
      ${big?.text ? html`<p class="figure">${big.text}</p><p>${phrasesOf(big.words)}</p>` : nothing}
      ${sheet.groups.map((group) => groupOf(group, sheet.title, voice))}
      ${votes ? html`<p>${phrasesOf(votes.words)}</p>` : nothing}
      ${big?.until ? html`<p>${phrasesOf(voice.languages.map((language) => ({ text: voice.say(language)('air.left'), language })))} <span class="figure" role="timer">${leftOver(big.until - now)}</span></p>` : nothing}
      ${sheet.foot.map((part) => html`<p class="base">${phrasesOf(part)}</p>`)}
    </section>`;
  });
}

export class TownAir extends LiveElement {
  /** @override */
  static properties = { ...LiveElement.properties, languages: { attribute: false }, say: { attribute: false }, level: { type: Number }, hushed: { type: Boolean } };

  constructor() {
    super();
    /** @type {string[]} */
    this.languages = [];
    /** @type {(language: string) => import('../models/words.js').Say} */
    this.say = () => (key) => key;
    /** @type {2 | 3} */
    this.level = 2;
    /** Whether it says nothing aloud: where it stands folded under something else. */
    this.hushed = false;
    this.moment = '';
    /** @type {number | null} */
    this.left = null;
    this.number = 0;
    this.saidAt = 0;
    /** @type {{number: number, lines: Phrase[][]} | null} What the live region says. */
    this.saying = null;
    /** @type {any} */
    this.held = null;
    this.ticking = 0;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.ticking = window.setInterval(() => this.tick(), TICK_MS);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.ticking);
  }

  /** @returns {Voice} */
  get voice() {
    return { languages: this.languages, say: this.say, exact: true };
  }

  /** The scene on air: the first screen's, or that of the screen whose page this is; a held one stays. */
  scene() {
    const scene = this.live?.channels.of('words', 'scene') ?? this.told('scene');
    if (scene && !(scene.held && this.held)) this.held = scene;
    return this.held;
  }

  timer() {
    return this.live?.channels.of('words', 'timer') ?? this.told('timer');
  }

  /** @returns {Sheet[]} */
  sheets() {
    const scene = this.scene();
    return scene ? picture(scene, this.timer(), this.voice).sheets : [];
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  willUpdate(changed) {
    super.willUpdate(changed);
    const scene = this.scene();
    const moment = scene ? JSON.stringify([momentOf(scene), this.languages, scene.kind === 'timer' ? this.timer() : null]) : '';
    if (moment === this.moment) return;
    const first = this.moment === '';
    this.moment = moment;
    this.left = null;
    this.announce();
    this.dispatchEvent(new CustomEvent('onair', { detail: { scene, timer: this.timer(), first } }));
  }

  /** Say the scene, now. */
  announce() {
    const lines = announced(this.sheets());
    this.speak(lines.length > 0 ? lines : [this.languages.map((language) => ({ text: this.say(language)('air.blank'), language }))]);
  }

  /** @param {Phrase[][]} lines */
  speak(lines) {
    if (this.hushed) return;
    this.number += 1;
    this.saying = { number: this.number, lines: lines.map((line) => line.map((phrase) => ({ ...phrase, text: plainOf(phrase.text) }))) };
    this.saidAt = Date.now();
    this.requestUpdate();
  }

  /** What was said is gone after a while: whoever reads the page would meet everything twice. */
  hush() {
    if (!this.saying || Date.now() - this.saidAt < SAID_MS) return;
    this.saying = null;
    this.requestUpdate();
  }

  /** Time that is left is said at its marks, and shown at every second. */
  tick() {
    this.hush();
    const until = this.sheets()[0]?.big?.until;
    if (!until || !this.live) return;
    const left = until - this.live.now();
    const mark = this.left === null ? null : markPassed(this.left, left);
    const over = this.left !== null && this.left > 0 && left <= 0 ? this.sheets()[0]?.big?.over : undefined;
    this.left = left;
    if (mark !== null) this.speak([timeLeft(mark, this.voice)]);
    if (over) this.speak([over]);
    this.requestUpdate();
  }

  /** @override */
  render() {
    const scene = this.scene();
    const sheets = this.sheets();
    const none = scene ? 'air.blank' : 'air.nothing';
    const { saying } = this;
    return html`<div class="air" data-scene=${scene?.kind ?? ''}>
      ${sheets.length > 0 ? inWords(sheets, this.voice, this.level, this.live?.now() ?? 0)
        : html`<p class="quiet">${phrasesOf(this.languages.map((language) => ({ text: this.say(language)(none), language })))}</p>`}
    </div>
    <div class="unseen announcer" aria-live="polite" aria-atomic="true">${saying ? repeat([saying], (each) => each.number, (each) => html`<div>${
      each.lines.map((line) => html`<p>${line.map((phrase) => html`${phrasesOf([phrase])} `)}</p> `)}</div>`) : nothing}</div>`;
  }
}

customElements.define('town-air', TownAir);
