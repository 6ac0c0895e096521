// The plenary screens: what is on air, what is in the preview, take, hold and blank.

import { html, nothing } from '/static/vendor/lit.js';
import { PLAIN_KINDS, QUESTION_KINDS, drawn, lacks, takeCommand } from '../models/console_scene.js';
import { nextStep } from '../models/next_step.js';
import { textOf } from '../models/phrases.js';
import { headline, picture } from '../models/scene.js';
import { place, t, textsIn } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { button, languageName, plainly, readWording, wordingFields } from './console-parts.js';
import { fate } from './fate.js';
import './picture.js';

/** @typedef {import('../models/console_scene.js').Scene} Scene */

/** The small pictures are laid out as on a screen of this size: the same pages, the same words. */
const STAGE = [1600, 900];

export class ConsoleScreens extends ConsoleElement {
  constructor() {
    super();
    this.every = 500;
    /** The words of a message that is in the preview. @type {Record<string, string>} */
    this.text = {};
  }

  /** The screen that is looked at: the one that was chosen, else the first. */
  get screen() {
    const screens = this.day.screens;
    return screens.find((each) => each.id === this.desk.screen) ?? screens[0];
  }

  /** What the preview shows: what was put there by hand, else the next step's scene, else what is on air. */
  get preview() {
    if (this.desk.preview) return this.desk.preview;
    const { step } = nextStep({ ...this.day, first: this.desk.first }, (command) => this.may(command), this.desk.aside, this.now);
    if (step?.scene) return /** @type {Scene} */ (step.scene);
    const on = this.screen;
    return on ? /** @type {Scene} */ ({ kind: on.kind, question: on.question, other: on.other, item: on.item }) : { kind: 'title' };
  }

  /** @override */
  render() {
    const screen = this.screen;
    if (!screen) return html`<section><h2>${t('console.screens')}</h2><p class="quiet">${t('console.no_screens')}</p></section>`;
    const preview = this.preview;
    const onAir = this.told(`scene/${screen.id}`);
    const lacking = lacks(this.day, preview, Object.keys(this.text).length > 0);
    const shown = drawn(this.line.channels, preview, this.text, this.day.languages);
    return html`<section class="screens" aria-labelledby="screens-title"><h2 id="screens-title">${t('console.screens')}</h2>
      ${this.day.screens.length > 1 ? html`<p class="buttons small" role="group" aria-label=${t('console.which_screen')}>${this.day.screens.map((each) => button(each.id, () => this.desk.set({ screen: each.id, preview: null }), { pressed: each === screen }))}</p>` : nothing}
      <div class="monitors">
        <figure><figcaption>${t('console.on_air')}: <strong>${t(`scene.${onAir.kind}`)}</strong>${screen.held ? html` <strong class="held">${t('console.held')}</strong>` : nothing}</figcaption>${this.small(onAir)}</figure>
        ${this.ended ? nothing : html`<figure><figcaption>${t('console.preview')}: <strong>${t(`scene.${preview.kind}`)}</strong></figcaption>${this.small(shown)}</figure>`}
      </div>
      ${this.may('take_scene') ? html`<p class="buttons">
          ${this.gives(t('console.take_it'), () => this.take(), { key: 'T', disabled: lacking !== '' || screen.held })}
          ${this.gives(t(screen.held ? 'console.let_go' : 'console.hold'), () => this.hold(), { key: 'H', pressed: screen.held })}
          ${this.gives(t(onAir.kind === 'blank' ? 'console.unblank' : 'console.blank'), () => this.blank(), { key: 'B', pressed: onAir.kind === 'blank' })}
        </p>
        <p class="hint">${screen.held ? t('console.held_says') : lacking ? t(`console.lacks.${lacking}`) : nothing}</p>
        ${fate(this.sent('screen'))}
        ${this.chooser(preview)}` : nothing}
    </section>`;
  }

  /**
   * A scene as the screen draws it, small: to a screen reader one picture, named by its headline.
   * @param {any} scene With its content.
   */
  small(scene) {
    const made = picture(scene, this.told('timer'), { languages: [place.lang], say: textsIn });
    const name = textOf(headline(made)) || t(`scene.${scene.kind}`);
    return html`<div class="small-picture" role="img" aria-label=${name} data-scene=${scene.kind}><town-picture .stage=${STAGE} .scene=${scene} .timer=${this.told('timer')} .say=${textsIn} .now=${() => this.now}></town-picture></div>`;
  }

  /** @param {Scene} preview */
  chooser(preview) {
    const { questions, items, published } = this.day;
    const kinds = [...PLAIN_KINDS, ...QUESTION_KINDS, .../** @type {const} */ (['themes'])];
    const asks = QUESTION_KINDS.some((kind) => kind === preview.kind);
    const set = (/** @type {Partial<Scene>} */ more) => this.desk.set({ preview: { ...preview, ...more } });
    const chosen = (/** @type {Event} */ event) => /** @type {HTMLSelectElement} */ (event.target).value;
    const list = (/** @type {string} */ id, /** @type {string} */ label, /** @type {string | null | undefined} */ value, /** @type {[string, string][]} */ named, /** @type {(value: string) => void} */ then) => html`<div class="field"><label for=${id}>${label}</label>
      <select id=${id} .value=${value ?? ''} @change=${(/** @type {Event} */ event) => then(chosen(event))}>${value ? nothing : html`<option value="" selected>${t('ui.choose')}</option>`}${named.map(([id_, words]) => html`<option value=${id_} ?selected=${id_ === value}>${words}</option>`)}</select></div>`;
    const asked = /** @type {[string, string][]} */ (questions.map((question) => [question.question, plainly(question.title)]));
    return html`<div class="chooser">
      ${list('scene-kind', t('console.scene'), preview.kind, kinds.map((kind) => [kind, t(`scene.${kind}`)]), (kind) => this.choose(kind, preview))}
      ${asks ? list('scene-question', t('field.question'), preview.question, asked, (question) => set({ question })) : nothing}
      ${preview.kind === 'compare' ? list('scene-other', t('field.other'), preview.other, asked, (other) => set({ other })) : nothing}
      ${preview.kind === 'themes' ? list('scene-item', t('field.item'), preview.item, items.filter((item) => published.includes(item.id)).map((item) => [item.id, plainly(item.title)]), (item) => set({ item })) : nothing}
      ${this.day.languages.length > 1 ? list('scene-languages', t('field.languages'), preview.languages?.join(' ') || 'all', [['all', t('console.all_languages')], .../** @type {[string, string][]} */ (this.day.languages.map((language) => [language, languageName(language)]))], (value) => set({ languages: value === 'all' ? [] : [value] })) : nothing}
      ${preview.kind === 'message' ? this.message() : nothing}
      ${this.desk.preview ? button(t('console.follow'), () => this.desk.set({ preview: null }), { kind: 'quiet' }) : nothing}
    </div>`;
  }

  /**
   * @param {string} kind
   * @param {Scene} before
   */
  choose(kind, before) {
    const asks = QUESTION_KINDS.some((each) => each === kind);
    const day = this.day;
    const question = before.question ?? day.open?.question ?? day.questions.find((each) => each.item === day.running?.id)?.question ?? day.questions[0]?.question ?? null;
    this.desk.set({ preview: { kind, languages: before.languages ?? [], ...(asks ? { question } : {}), ...(kind === 'themes' ? { item: day.running && day.published.includes(day.running.id) ? day.running.id : (day.published[0] ?? null) } : {}) } });
  }

  message() {
    const typed = (/** @type {Event} */ event) => {
      const form = /** @type {HTMLFormElement} */ (/** @type {HTMLElement} */ (event.target).closest('form'));
      this.text = readWording(form, 'scene-text', this.day.languages);
      this.requestUpdate();
    };
    return html`<form @input=${typed} @submit=${(/** @type {Event} */ event) => event.preventDefault()}>${wordingFields('scene-text', t('field.text'), this.day.languages, { long: true })}</form>`;
  }

  /** Put the preview on the screen. */
  take() {
    const screen = this.screen;
    const preview = this.preview;
    if (!screen || screen.held || this.down || !this.may('take_scene') || lacks(this.day, preview, Object.keys(this.text).length > 0)) return;
    this.act('screen', takeCommand(screen.id, preview, this.text));
    this.desk.set({ preview: null });
  }

  /** Keep the picture as it is; again: let it go on. */
  hold() {
    const screen = this.screen;
    if (!screen || this.down || !this.may('take_scene')) return;
    const onAir = this.told(`scene/${screen.id}`);
    if (!screen.held) this.act('screen', { t: 'take_scene', screen: screen.id, scene: { kind: 'hold' } });
    else this.act('screen', takeCommand(screen.id, { kind: screen.kind, ...onAir.names, languages: onAir.languages }, onAir.text));
  }

  /** Nothing on the screen; again: what was there before. */
  blank() {
    const screen = this.screen;
    if (!screen || this.down || !this.may('take_scene')) return;
    const { kind, before } = this.told(`scene/${screen.id}`);
    if (kind !== 'blank') this.act('screen', { t: 'take_scene', screen: screen.id, scene: { kind: 'blank' } });
    else if (before) this.act('screen', takeCommand(screen.id, before, before.text));
  }
}

customElements.define('town-console-screens', ConsoleScreens);
