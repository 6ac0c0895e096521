// <town-listen>: the screen in words, in the languages that one chooses, with what was on it before.

import { html, nothing, repeat } from '/static/vendor/lit.js';
import { clockText } from '../models/clock.js';
import { nameOf, textOf } from '../models/phrases.js';
import { headline, picture } from '../models/scene.js';
import { place, t, textsIn } from '../pages/place.js';
import './air.js';
import { inWords } from './air.js';
import { LiveElement } from './live-element.js';

/**
 * @typedef {import('./air.js').TownAir} TownAir
 * @typedef {{number: number, at: number, scene: any, timer: any}} Past
 */

const EARLIER_MOST = 20;

/**
 * The languages that the address asks for, else that of the page.
 * @returns {string[]}
 */
function asked() {
  const wanted = (new URLSearchParams(location.search).get('say') ?? '').split(',').filter((language) => place.languages.includes(language));
  return wanted.length > 0 ? wanted : [place.languages.includes(place.lang) ? place.lang : place.languages[0] ?? place.lang];
}

class TownListen extends LiveElement {
  constructor() {
    super();
    this.languages = asked();
    /** @type {Past[]} The newest first; the first is on air. */
    this.shown = [];
    this.number = 0;
  }

  /**
   * @param {string} language
   * @param {boolean} wanted
   */
  choose(language, wanted) {
    const chosen = place.languages.filter((each) => (each === language ? wanted : this.languages.includes(each)));
    if (chosen.length > 0) this.languages = chosen;
    const address = new URL(location.href);
    address.searchParams.set('say', this.languages.join(','));
    history.replaceState(null, '', address);
    this.requestUpdate();
  }

  /** @param {{scene: any, timer: any}} onAir */
  heardScene({ scene, timer }) {
    const newest = this.shown[0];
    const same = newest && newest.scene.offset === scene.offset && newest.scene.kind === scene.kind;
    if (same) this.shown = [{ ...newest, scene, timer }, ...this.shown.slice(1)];
    else {
      this.number += 1;
      this.shown = [{ number: this.number, at: Date.now(), scene, timer }, ...this.shown].slice(0, EARLIER_MOST + 1);
    }
    this.requestUpdate();
  }

  /** @param {Past} past */
  earlier({ at, scene, timer }) {
    const voice = { languages: this.languages, say: textsIn, exact: true };
    const made = picture(scene, timer, voice);
    const time = clockText(at, place.lang, t);
    const title = textOf(headline(made)) || t('air.blank');
    const sheets = made.sheets.map((sheet) => (sheet.big?.until ? { ...sheet, big: null } : sheet));
    return html`<details><summary>${time} · ${title}</summary>${inWords(sheets, voice, 3, at)}</details>`;
  }

  /** @override */
  render() {
    const more = place.languages.length > 1;
    return html`<h1>${t('listen.title')}</h1>
      ${more ? html`<fieldset class="tongues"><legend>${t('listen.languages')}</legend>${place.languages.map((language) => html`<label class="tongue"><input
        type="checkbox" name="say" value=${language} .checked=${this.languages.includes(language)} @change=${(/** @type {Event} */ event) => {
          const box = /** @type {HTMLInputElement} */ (event.target);
          this.choose(language, box.checked);
          box.checked = this.languages.includes(language);
        }}><span lang=${language}>${nameOf(language, language)}</span></label>`)}</fieldset>` : nothing}
      <town-air .live=${this.live} .languages=${this.languages} .say=${textsIn} @onair=${(/** @type {CustomEvent} */ event) => this.heardScene(event.detail)}></town-air>
      <p><button type="button" @click=${() => /** @type {TownAir} */ (this.querySelector('town-air')).announce()}>${t('listen.again')}</button></p>
      <h2>${t('listen.earlier')}</h2>
      ${this.shown.length > 1 ? repeat(this.shown.slice(1), (past) => past.number, (past) => this.earlier(past)) : html`<p class="quiet">${t('listen.nothing_earlier')}</p>`}`;
  }
}

customElements.define('town-listen', TownListen);
