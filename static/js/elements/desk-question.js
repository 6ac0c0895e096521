// A question from themes in one act, with what a keypad will show beside it, in every language of the meeting.

import { html, nothing } from '/static/vendor/lit.js';
import { drafted, KINDS, lacking, makes, OPTIONS_USUAL, STEPS } from '../models/asking.js';
import { plainOf, sayer } from '../models/words.js';
import { place, t, textsIn } from '../pages/place.js';
import { RoomDialog } from './room-dialog.js';
import { languageName, languages, readWordings, said, wordingFields } from './wordings.js';

/**
 * @typedef {import('../models/asking.js').Draft} Draft
 * @typedef {import('../models/desk.js').Theme} Theme
 */

/** Words in a language of the meeting: the page's own where there are none. */
const sayers = new Map(place.languages.map((tag) => [tag, place.texts[tag] ? textsIn(tag) : sayer(place.texts[place.lang] ?? {}, tag)]));
const sayIn = (/** @type {string} */ tag) => sayers.get(tag) ?? t;

class DeskQuestion extends RoomDialog {
  constructor() {
    super();
    /** @type {Draft} */
    this.draft = drafted([], [], {});
  }

  /** @override */
  heading() {
    return t('themes.question_head');
  }

  themes() {
    return this.room?.desk.themesOf(this.room.filter.item) ?? [];
  }

  /** @override */
  begin() {
    const published = this.room?.desk.published.get(this.room.filter.item)?.map((each) => each.id) ?? [];
    const titles = place.languages.filter((tag) => place.texts[tag]).map((tag) => [tag, plainOf(sayIn(tag)('themes.preset_question'))]);
    this.draft = drafted(this.themes(), published, Object.fromEntries(titles));
  }

  /** @override */
  body() {
    const { draft } = this;
    return html`<form class="question-form" @submit=${this.submitted} @input=${this.typed} novalidate>
      <div>${wordingFields('question', draft.title)}
        <fieldset class="field choices"><legend>${t('themes.options_from')}</legend>
          ${this.themes().filter((theme) => !theme.redacted).map((theme) => this.choice(theme))}</fieldset>
        ${draft.themes.length > OPTIONS_USUAL ? html`<p class="warn">${t('themes.many_options', { count: OPTIONS_USUAL })}</p>` : nothing}
        <div class="short"><div class="field kind"><label for="question-kind">${t('themes.kind')}</label>
          <select id="question-kind">${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === draft.kind}>${t(`kind.${kind}`)}</option>`)}</select></div>
        <div class="field" ?hidden=${draft.kind !== 'pick_up_to'}><label for="question-most">${t('themes.most')}</label>
          <input id="question-most" type="number" inputmode="numeric" min="1" max=${draft.themes.length} .value=${String(draft.most)}></div>
        <div class="field"><label for="question-seconds">${t('themes.seconds')}</label>
          <input id="question-seconds" type="number" inputmode="numeric" min="0" max="3600" .value=${String(draft.seconds)}></div></div>
        <div class="dialog-foot"><button type="submit" class="primary">${t('themes.do_question')}</button></div></div>
      <section class="preview" aria-label=${t('themes.preview')}><h3>${t('themes.preview')}</h3>
        <div class="sides">${languages().map((tag) => this.preview(tag))}</div></section></form>`;
  }

  /** @param {Theme} theme */
  choice(theme) {
    const id = `option-${theme.id}`;
    return html`<div class="flag"><input id=${id} name="option" type="checkbox" value=${theme.id} .checked=${this.draft.themes.includes(theme.id)}><label for=${id}>${said(theme.title)}</label></div>`;
  }

  /** @param {string} tag */
  preview(tag) {
    const { draft } = this;
    const say = sayIn(tag);
    const rule = draft.kind === 'pick_up_to' ? say('count.choices_max', { count: draft.most }) : say(`kind.${draft.kind}`);
    const lacks = (/** @type {Record<string, string> | null} */ texts) => (texts?.[tag] ? texts[tag] : html`${said(texts ?? {})} <span class="lacks" lang=${place.lang}>${t('themes.missing', { language: languageName(tag) })}</span>`);
    const chosen = this.themes().filter((theme) => draft.themes.includes(theme.id));
    return html`<div class="pad" lang=${tag}><p class="pad-title">${lacks(draft.title)}</p><p class="quiet">${rule}</p>
      <ol>${chosen.map((theme) => html`<li>${lacks(theme.title)}</li>`)}</ol>
      ${draft.kind === 'rating' ? html`<p class="quiet">${STEPS.map((step) => say(`themes.preset_step_${step}`)).join(' · ')}</p>` : nothing}</div>`;
  }

  /** @param {Event} event */
  typed(event) {
    const form = /** @type {HTMLFormElement} */ (/** @type {HTMLElement} */ (event.target).closest('form'));
    const number = (/** @type {string} */ id) => Number.parseInt(/** @type {HTMLInputElement} */ (form.querySelector(id)).value, 10);
    const checked = [...form.querySelectorAll('input[name=option]:checked')].map((each) => /** @type {HTMLInputElement} */ (each).value);
    this.draft = {
      title: readWordings(form, 'question'), themes: checked,
      kind: /** @type {Draft['kind']} */ (/** @type {HTMLSelectElement} */ (form.querySelector('#question-kind')).value),
      most: number('#question-most'), seconds: number('#question-seconds'),
    };
    this.wrong = '';
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  submitted(event) {
    event.preventDefault();
    const lacks = lacking(this.draft);
    this.wrong = lacks ? t(`themes.lacks_${lacks}`) : '';
    if (lacks || !this.room) return;
    const words = (/** @type {number} */ value) => Object.fromEntries(place.languages.map((tag) => [tag, sayIn(tag)(`themes.preset_step_${value}`)]));
    this.given = this.room.give(makes(this.draft, this.room.filter.item, words), { key: 'themes.did_question', title: this.draft.title }, { undoable: false });
    this.requestUpdate();
  }
}

customElements.define('town-desk-question', DeskQuestion);
