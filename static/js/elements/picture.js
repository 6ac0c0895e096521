// <town-picture>: a scene as a picture for distance, at any size: a screen fills it, a console shows it small.

import { html, LitElement, nothing, render } from '/static/vendor/lit.js';
import { stayMs } from '../models/paging.js';
import { picture } from '../models/scene.js';
import { textOf } from '../models/phrases.js';
import { plainOf } from '../models/words.js';
import { Gauge, lineOf, lonely } from './fitting.js';
import { places, move } from './moving.js';
import { pageOf } from './picture-parts.js';

/**
 * @typedef {import('../models/sheet.js').Sheet} Sheet
 * @typedef {import('../models/words.js').Say} Say
 * @typedef {import('./fitting.js').Fit} Fit
 * @typedef {{languages: string[], sheet: number, part: number | null, fit: Fit}} Page `part`: of a sheet that was taken apart.
 */

const ROWS_MOST = 7;
const ROWS_MOST_TWO = 4;
const WIDE = 2.4;
const NARROW = 4 / 3;
const TICK_MS = 250;

export class TownPicture extends LitElement {
  /** @override */
  static properties = {
    scene: { attribute: false }, timer: { attribute: false }, say: { attribute: false }, now: { attribute: false }, stage: { attribute: false }, at: { state: true },
  };

  constructor() {
    super();
    /** @type {any} */
    this.scene = null;
    /** @type {any} */
    this.timer = null;
    /** @type {(language: string) => Say} */
    this.say = () => (key) => key;
    /** @type {() => number} The server's time. */
    this.now = () => Date.now();
    /** @type {[width: number, height: number] | null} The size that it is laid out for, where it is shown at another. */
    this.stage = null;
    /** Which page is shown. */
    this.at = 0;
    /** @type {Page[]} */
    this.pages = [];
    this.fitted = '';
    this.taken = '';
    /** @type {Set<string>} Pages whose ranks have moved already. */
    this.ranked = new Set();
    /** @type {Map<string, number>} Where the rows were. */
    this.stood = new Map();
    this.turning = 0;
    this.ticking = 0;
    this.gauge = document.createElement('div');
    this.gauge.className = 'picture gauge';
    this.gauge.setAttribute('aria-hidden', 'true');
    this.gauge.lang = ''; // as the picture's
    this.resized = new ResizeObserver(() => this.fitAgain());
  }

  /**
   * No shadow: the page's style sheet draws it.
   * @override
   */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.append(this.gauge);
    this.resized.observe(this);
    this.ticking = window.setInterval(() => this.tick(), TICK_MS);
    void document.fonts.ready.then(() => this.fitAgain());
    document.fonts.addEventListener('loadingdone', this.fitAgain);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.resized.disconnect();
    clearInterval(this.ticking);
    clearTimeout(this.turning);
    document.fonts.removeEventListener('loadingdone', this.fitAgain);
  }

  fitAgain = () => {
    this.fitted = '';
    this.requestUpdate();
  };

  tick() {
    if (this.shown()?.sheet.big?.until) this.requestUpdate();
  }

  /**
   * The languages that are shown at once: two, and then the next two.
   * @returns {string[][]}
   */
  sets() {
    /** @type {string[]} */
    const all = this.scene?.languages ?? [];
    return Array.from({ length: Math.ceil(all.length / 2) }, (_, at) => all.slice(2 * at, 2 * at + 2));
  }

  /**
   * @param {string[]} languages
   * @returns {Sheet[]}
   */
  sheets(languages) {
    return this.scene ? picture(this.scene, this.timer, { languages, say: this.say }).sheets : [];
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  willUpdate(changed) {
    this.stood = places(this);
    if (this.scene && this.clientHeight > 0) this.fit();
    if (changed.has('at')) this.stay();
  }

  /** @returns {[width: number, height: number]} */
  get size() {
    return this.stage ?? [this.clientWidth, this.clientHeight];
  }

  /** Measure anew where words or the picture's size have changed; figures and bars have their place reserved. */
  fit() {
    const [width, height] = this.size;
    const sets = this.sets().map((languages) => ({ languages, sheets: this.sheets(languages) }));
    const print = JSON.stringify([width, height, this.clientWidth, this.scene.kind, sets.map((set) => [set.languages, set.sheets.map(measured)])]);
    if (print === this.fitted) return;
    this.fitted = print;
    const unit = Math.min(height, width / NARROW) / 100;
    this.style.cssText = `--unit: ${unit}px; --width: ${width}px; --height: ${height}px; --scale: ${this.clientWidth / width}`;
    this.gauge.dataset['kind'] = this.scene.kind;
    const taken = JSON.stringify([this.scene.kind, this.scene.offset]);
    if (taken !== this.taken) this.ranked.clear();
    this.pages = sets.flatMap((set) => set.sheets.flatMap((sheet, at) => this.pagesOf(set.languages, sheet, at)));
    render(nothing, this.gauge);
    if (taken !== this.taken || this.at >= this.pages.length) this.at = Math.max(0, this.pages.findIndex((page) => this.holdsNow(page)));
    this.taken = taken;
    this.stay();
  }

  /**
   * @param {string[]} languages
   * @param {Sheet} sheet
   * @param {number} at
   * @returns {Page[]}
   */
  pagesOf(languages, sheet, at) {
    const gauge = new Gauge(this.gauge, this.classes(languages), this.now());
    const fits = gauge.titled(sheet, languages.length > 1 ? ROWS_MOST_TWO : ROWS_MOST);
    const page = (/** @type {number | null} */ part) => (/** @type {Fit} */ fit) => ({ languages, sheet: at, part, fit });
    const turns = () => languages.flatMap((language) => this.pagesOf([language], this.sheets([language])[at] ?? sheet, at));
    if (fits) {
      const [together, taken] = [fits.map(page(null)), languages.length > 1 && lonely(fits.map((fit) => fit.span)) ? turns() : null];
      return taken && taken.length <= together.length + 1 ? taken : together; // a row that stands alone is worse than a page more
    }
    if (languages.length > 1) return turns();
    if (!sheet.apart) return gauge.apart(sheet, ROWS_MOST).map(page(null));
    return sheet.apart.flatMap((each, part) => (gauge.titled(each, ROWS_MOST) ?? gauge.apart(each, ROWS_MOST)).map(page(part)));
  }

  /**
   * Whether the item that is running stands on this page: an agenda opens there.
   * @param {Page} page
   */
  holdsNow(page) {
    const rows = this.sheetOf(page)?.groups[0]?.rows ?? [];
    return rows.slice(...page.fit.span).some((row) => row.state === 'now');
  }

  /** @param {string[]} languages */
  classes(languages) {
    const [width, height] = this.size;
    return { wide: width / height >= WIDE, two: languages.length > 1 };
  }

  /**
   * What stands on a page, as it is now.
   * @param {Page} page
   * @returns {Sheet | undefined}
   */
  sheetOf(page) {
    const whole = this.sheets(page.languages)[page.sheet];
    const sheet = page.part === null ? whole : whole?.apart?.[page.part];
    if (!sheet) return undefined;
    const { titled, footed } = page.fit;
    return { ...sheet, ...(titled ? {} : { title: [], leads: [] }), ...(footed ? {} : { foot: [] }) };
  }

  /** @returns {{page: Page, sheet: Sheet, rows: import('../models/sheet.js').Row[][], key: string} | null} */
  shown() {
    const page = this.pages[this.at];
    const sheet = page && this.sheetOf(page);
    if (!page || !sheet) return null;
    const rows = sheet.groups.map((group) => group.rows.slice(...page.fit.span));
    return { page, sheet, rows, key: `${this.taken}/${this.at}` };
  }

  /** Stay on this page as long as it takes to read, then turn to the next. */
  stay() {
    clearTimeout(this.turning);
    if (this.pages.length < 2) return;
    const shown = this.shown();
    const read = shown ? Math.max(...shown.page.languages.map((language) => characters(shown.sheet, shown.rows, language))) : 0;
    this.turning = window.setTimeout(() => { this.at = (this.at + 1) % this.pages.length; }, stayMs(read));
  }

  /** @override */
  render() {
    const shown = this.shown();
    if (!shown) return nothing;
    const { page, sheet, key } = shown;
    const rows = shown.rows.map((group, at) => (this.unranked(sheet.groups[at]?.form, key) ? asAsked(group, this.scene) : group));
    // of no language but its phrases': a screen looks the same whatever the language of the page
    return html`<div class="picture" lang="" data-kind=${this.scene.kind}>${pageOf(sheet, rows, {
      sizes: page.fit.sizes, now: this.now(), classes: this.classes(page.languages), line: lineOf(...this.size), at: this.at, of: this.pages.length,
    })}</div>`;
  }

  /**
   * Whether the ranks of this page have still to move: once, when it is first shown.
   * @param {string | undefined} form
   * @param {string} key
   */
  unranked(form, key) {
    return form === 'ranks' && !this.ranked.has(key) && !still();
  }

  /** @override */
  updated() {
    if (!still()) move(this, this.stood);
    const shown = this.shown();
    if (!shown || !this.unranked(shown.sheet.groups[0]?.form, shown.key)) return;
    this.ranked.add(shown.key);
    window.setTimeout(() => this.requestUpdate(), 700); // the bars have grown; now they change places
  }
}

/** @returns {boolean} Whether nothing may move. */
function still() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/**
 * The rows in the order in which their options were asked.
 * @param {import('../models/sheet.js').Row[]} rows
 * @param {any} scene
 */
function asAsked(rows, scene) {
  /** @type {string[]} */
  const order = (scene.result?.options ?? []).map((/** @type {any} */ option) => option.id);
  return [...rows].sort((one, other) => order.indexOf(one.id) - order.indexOf(other.id));
}

/**
 * What of a sheet takes room: its words, and how many digits its figures have.
 * @param {Sheet} sheet
 */
function measured(sheet) {
  const groups = sheet.groups.map((group) => [group.form, group.title, group.base, group.keys, group.heads,
    group.rows.map((row) => [row.id, row.text, row.lead, row.note, textOf(row.figure ?? []).length])]);
  return [sheet.title, sheet.leads, !!sheet.big, sheet.votes && textOf(sheet.votes.words).length, groups, sheet.foot];
}

/**
 * How many characters of a language stand on a page.
 * @param {Sheet} sheet
 * @param {import('../models/sheet.js').Row[][]} rows
 * @param {string} language
 */
function characters(sheet, rows, language) {
  const all = [sheet.title, ...sheet.leads, ...rows.flat().flatMap((row) => [row.text, row.figure ?? []])];
  return all.flat().filter((phrase) => phrase.language === language || phrase.language === '').reduce((sum, phrase) => sum + plainOf(phrase.text).length, 0);
}

customElements.define('town-picture', TownPicture);
