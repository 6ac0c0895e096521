// The experts' page: questions that tables sent, the oldest unanswered first, and what was answered.

import { html, nothing, repeat } from '/static/vendor/lit.js';
import { whole, wording } from '../models/words.js';
import { place, t } from '../pages/place.js';
import { dotted } from './dotted.js';
import { fate } from './fate.js';
import { LiveElement } from './live-element.js';
import { languageName, languages } from './wordings.js';

/** @typedef {{id: string, item: string, text: string | null, language: string, at_ms: number, answers: {text: string | null, language: string, at_ms: number}[]}} Asked */

class TownExpert extends LiveElement {
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

  tick() {
    for (const mark of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('[data-since]'))) {
      mark.textContent = this.since((this.live?.now() ?? 0) - Number(mark.dataset['since']));
    }
  }

  /**
   * How long ago something was asked, in words.
   * @param {number} ms
   */
  since(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1_000));
    const minutes = Math.floor(seconds / 60);
    return minutes === 0 ? t('expert.asked_seconds', { seconds }) : t('expert.asked_minutes', { minutes, seconds: seconds % 60 });
  }

  /** @override */
  updated() {
    this.tick();
  }

  /** @override */
  render() {
    if (!this.live?.channels.held.has('experts')) return html`<p class="quiet">${t('ui.loading')}</p>`;
    const all = /** @type {Asked[]} */ ([...(this.live.channels.held.get('experts')?.entries.values() ?? [])]).sort((a, b) => a.at_ms - b.at_ms);
    const open = all.filter((asked) => asked.answers.length === 0);
    const done = all.filter((asked) => asked.answers.length > 0).reverse();
    return html`<h1>${t('expert.questions')}</h1><p role="status">${all.length === 0 ? t('expert.empty') : t('expert.waiting', { count: open.length })}</p>
      <ul class="asked">${repeat(open, (asked) => asked.id, (asked, at) => this.one(asked, at === 0))}</ul>
      ${done.length === 0 ? nothing : html`<h2>${t('expert.answered')}</h2><ul class="asked">${repeat(done, (asked) => asked.id, (asked) => this.one(asked, false))}</ul>`}`;
  }

  /**
   * @param {Asked} asked
   * @param {boolean} first Whether it is the one that has waited longest.
   */
  one(asked, first) {
    const item = this.told('agenda')?.items.find((/** @type {any} */ each) => each.id === asked.item);
    const title = wording(item?.title, place.lang);
    const answered = asked.answers.length > 0;
    const form = html`<form @submit=${(/** @type {SubmitEvent} */ event) => this.answer(event, asked)}>
      <label for="text-${asked.id}">${t('expert.your_answer')}</label>
      <textarea id="text-${asked.id}" rows="3" maxlength="500" required></textarea>
      <div class="send"><div><label for="lang-${asked.id}">${t('expert.language')}</label>
      <select id="lang-${asked.id}">${languages().map((tag) => html`<option value=${tag} ?selected=${tag === asked.language}>${languageName(tag)}</option>`)}</select></div>
      <button type="submit" class=${first ? 'primary' : ''}>${t('expert.send')}</button></div></form>`;
    return html`<li data-question=${asked.id}><blockquote lang=${asked.language}>${whole(asked.text ?? '')}</blockquote>
      <p class="quiet">${dotted(title.text ? html`<span lang=${title.language}>${title.text}</span>` : nothing, answered ? nothing : html`<span class="time" data-since=${asked.at_ms}></span>`)}</p>
      ${asked.answers.map((answer) => html`<p class="answer" lang=${answer.language}>${whole(answer.text ?? '')}</p>`)}
      ${answered ? html`<details><summary>${t('expert.add')}</summary>${form}</details>` : form}${fate(this.sent(asked.id))}</li>`;
  }

  /**
   * @param {SubmitEvent} event
   * @param {Asked} asked
   */
  answer(event, asked) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const words = /** @type {HTMLTextAreaElement} */ (form.querySelector('textarea'));
    const language = /** @type {HTMLSelectElement} */ (form.querySelector('select')).value;
    if (words.value.trim() === '') return;
    const sent = this.act(asked.id, { t: 'answer_idea', idea: asked.id, text: words.value.trim(), language });
    const settled = (/** @type {Event} */ told) => {
      if (/** @type {CustomEvent} */ (told).detail.id !== sent.id) return;
      this.live?.removeEventListener('fate', settled);
      if (sent.fate === 'saved') words.value = ''; // what was refused is still there to be mended
    };
    this.live?.addEventListener('fate', settled);
  }
}

customElements.define('town-expert', TownExpert);
