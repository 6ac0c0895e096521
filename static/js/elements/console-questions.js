// The questions of the day: what is planned can be changed, what was asked says why it cannot; new ones are drafted here.

import { html, nothing, repeat } from '/static/vendor/lit.js';
import { newId } from '../models/ids.js';
import { KINDS, PURPOSES, STANDINGS, blankDraft, blankOption, draftOf, fixedBecause, keepCommand, lacksOf, takesOptions } from '../models/question_draft.js';
import { t } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { button, languageName, plainly, said, stateOf } from './console-parts.js';
import { fate } from './fate.js';

/**
 * @typedef {import('../models/question_draft.js').Draft} Draft
 * @typedef {import('../models/console_day.js').Text} Text
 */

export class ConsoleQuestions extends ConsoleElement {
  constructor() {
    super();
    /** What is being written. @type {Draft | null} */
    this.draft = null;
  }

  /** @override */
  render() {
    const { questions, running } = this.day;
    const chosen = questions.find((question) => question.question === this.draft?.question);
    const why = chosen ? fixedBecause(chosen) : '';
    return html`<section class="questions" aria-labelledby="questions-title"><h2 id="questions-title">${t('console.questions')}</h2>
      ${this.ended ? nothing : html`<p class="begins"><span class="quiet">${t('console.questions_hint')}</span> ${button(t('console.new_question'), () => this.edit(blankDraft(running?.id ?? '', newId)))}</p>`}
      <div class="sides"><div>
        <ul class="plain">${repeat(questions, (question) => question.question, (question) => html`<li>
          <button type="button" class="title" aria-pressed=${String(question.question === this.draft?.question)} @click=${() => this.edit(draftOf(question))}>${said(question.title)}</button>
          <span class="quiet state">${t(`question_state.${stateOf(question, this.ended)}`)} · ${t(`kind.${question.kind}`)}</span></li>`)}</ul>
      </div><div>${this.beside(why)}</div></div>
    </section>`;
  }

  /** @param {string} why The chosen question cannot be changed; empty where it can. */
  beside(why) {
    if (this.draft && why) return this.fixed(why);
    return this.draft && !this.ended ? this.form(this.draft) : nothing;
  }

  /** @param {Draft} draft */
  edit(draft) {
    this.draft = draft;
    this.acts.delete('draft');
    this.requestUpdate();
    void this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('form input, .fixed'))?.focus());
  }

  /** @param {string} why */
  fixed(why) {
    return html`<div class="fixed" tabindex="-1"><h3>${plainly(this.questionOf(this.draft?.question ?? '')?.title)}</h3><p>${t(`console.fixed.${why}`)}</p></div>`;
  }

  /** @param {Draft} draft */
  form(draft) {
    const rules = draft.rules;
    const lacking = lacksOf(draft);
    const submitted = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (lacksOf(draft)) return;
      this.act('draft', keepCommand(draft));
      draft.isNew = false;
    };
    const changed = () => this.requestUpdate();
    return html`<form class="draft" @submit=${submitted} @input=${changed} @change=${changed}>
      ${this.words('draft-title', t('field.title'), draft.title)}
      <div class="chooser">
        ${this.choice('draft-kind', t('field.kind'), KINDS.map((kind) => [kind, t(`kind.${kind}`)]), rules.kind, (kind) => { rules.kind = kind; if (kind === 'demographic') rules.purpose = 'demographic'; })}
        ${this.choice('draft-purpose', t('field.purpose'), PURPOSES.map((purpose) => [purpose, t(`purpose.${purpose}`)]), rules.purpose, (purpose) => { rules.purpose = purpose; })}
        ${draft.isNew ? this.choice('draft-item', t('field.item'), [['', t('ui.none')], .../** @type {[string, string][]} */ (this.day.items.map((item) => [item.id, plainly(item.title)]))], draft.item, (item) => { draft.item = item; }) : nothing}
        ${this.number('draft-seconds', t('field.seconds'), draft.seconds, (seconds) => { draft.seconds = seconds; }, t('ui.seconds_hint'))}
        ${rules.kind === 'pick_up_to' ? this.number('draft-most', t('field.choices_max'), rules.choices_max, (most) => { rules.choices_max = most; }) : nothing}
        ${rules.kind === 'number' ? html`${this.number('draft-least', t('field.number_min'), rules.number_min, (least) => { rules.number_min = least; })}${this.number('draft-greatest', t('field.number_max'), rules.number_max, (most) => { rules.number_max = most; })}` : nothing}
      </div>
      ${takesOptions(rules.kind) ? this.options(draft) : nothing}
      ${rules.kind === 'rating' ? this.scale(draft) : nothing}
      ${rules.kind === 'number' && draft.isNew ? this.words('draft-unit', t('field.unit'), draft.unit) : nothing}
      ${this.further(draft)}
      ${lacking ? html`<p class="hint">${t(`console.draft_lacks.${lacking}`)}</p>` : nothing}
      <p class="buttons"><button type="submit" ?disabled=${lacking !== ''}>${t('console.keep')}</button></p>
      ${fate(this.sent('draft'))}
    </form>`;
  }

  /**
   * A field for every language, bound to a wording.
   * @param {string} id
   * @param {string} label
   * @param {Text} text
   */
  words(id, label, text) {
    return html`<fieldset class="field wording"><legend>${label}</legend>${this.day.languages.map((language) => html`<div><label for="${id}-${language}">${languageName(language)}</label>
      <input id="${id}-${language}" type="text" lang=${language} maxlength="300" autocomplete="off" .value=${text[language] ?? ''} @input=${(/** @type {Event} */ event) => { text[language] = valueOf(event); }}></div>`)}</fieldset>`;
  }

  /**
   * @param {string} id
   * @param {string} label
   * @param {[string, string][]} named
   * @param {string} value
   * @param {(value: string) => void} then
   */
  choice(id, label, named, value, then) {
    return html`<div class="field"><label for=${id}>${label}</label><select id=${id} @change=${(/** @type {Event} */ event) => then(valueOf(event))}>${named.map(([each, words]) => html`<option value=${each} ?selected=${each === value}>${words}</option>`)}</select></div>`;
  }

  /**
   * @param {string} id
   * @param {string} label
   * @param {number} value
   * @param {(value: number) => void} then
   * @param {string} [hint]
   */
  number(id, label, value, then, hint = '') {
    return html`<div class="field"><label for=${id}>${label}</label><input id=${id} type="number" step="1" .value=${String(value)} @input=${(/** @type {Event} */ event) => then(Number.parseInt(valueOf(event), 10) || 0)}>${hint ? html`<p class="hint">${hint}</p>` : nothing}</div>`;
  }

  /** @param {Draft} draft */
  options(draft) {
    const move = (/** @type {number} */ at, /** @type {number} */ by) => {
      const [taken] = draft.options.splice(at, 1);
      if (taken) draft.options.splice(at + by, 0, taken);
      this.requestUpdate();
    };
    const without = (/** @type {number} */ at) => {
      draft.options.splice(at, 1);
      this.requestUpdate();
    };
    return html`<fieldset class="field"><legend>${t('field.options')}</legend>
      <ol class="options-edited">${repeat(draft.options, (option) => option.id, (option, at) => html`<li>
        ${this.day.languages.map((language) => html`<label class="quiet" for="${option.id}-${language}">${t('console.option_in', { number: at + 1, language: languageName(language) })}</label>
          <input id="${option.id}-${language}" type="text" lang=${language} maxlength="500" autocomplete="off" .value=${option.text[language] ?? ''} @input=${(/** @type {Event} */ event) => { option.text[language] = valueOf(event); }}>`)}
        <span class="buttons small">
          <span class="flag"><input id="${option.id}-alone" type="checkbox" .checked=${option.exclusive} @change=${(/** @type {Event} */ event) => { option.exclusive = /** @type {HTMLInputElement} */ (event.target).checked; }}><label for="${option.id}-alone">${t('console.alone')}</label></span>
          ${button('↑', () => move(at, -1), { disabled: at === 0, name: t('console.option_up', { number: at + 1 }) })}${button('↓', () => move(at, 1), { disabled: at === draft.options.length - 1, name: t('console.option_down', { number: at + 1 }) })}
          ${button(t('console.remove'), () => without(at), { name: t('console.option_remove', { number: at + 1 }) })}</span></li>`)}</ol>
      ${button(t('console.add_option'), () => { draft.options.push(blankOption(newId)); this.requestUpdate(); })}</fieldset>`;
  }

  /** @param {Draft} draft */
  scale(draft) {
    return html`<fieldset class="field"><legend>${t('field.scale')}</legend>
      <ol class="options-edited">${draft.scale.map((step, at) => html`<li>${this.number(`step-${at}`, t('console.step', { number: at + 1 }), step.value, (value) => { step.value = value; })}${this.words(`step-words-${at}`, t('field.text'), step.text)}
        ${button(t('console.remove'), () => { draft.scale.splice(at, 1); this.requestUpdate(); }, { name: t('console.step_remove', { number: at + 1 }) })}</li>`)}</ol>
      ${button(t('console.add_step'), () => { draft.scale.push({ value: draft.scale.length + 1, text: {} }); this.requestUpdate(); })}</fieldset>`;
  }

  /** @param {Draft} draft */
  further(draft) {
    const rules = draft.rules;
    const flag = (/** @type {'anonymous' | 'first_only' | 'publish_choices'} */ name) => html`<div class="field flag"><input id="draft-${name}" type="checkbox" .checked=${rules[name]} @change=${(/** @type {Event} */ event) => { rules[name] = /** @type {HTMLInputElement} */ (event.target).checked; }}><label for="draft-${name}">${t(`field.${name}`)}</label></div>`;
    const stands = (/** @type {string} */ standing) => html`<div class="flag"><input id="draft-${standing}" type="checkbox" .checked=${rules.standings.includes(standing)} @change=${() => { rules.standings = STANDINGS.filter((each) => (each === standing) !== rules.standings.includes(each)); this.requestUpdate(); }}><label for="draft-${standing}">${t(`standing.${standing}`)}</label></div>`;
    return html`<details><summary>${t('field.rules')}</summary>
      <fieldset class="field"><legend>${t('field.standings')}</legend>${STANDINGS.map(stands)}</fieldset>
      ${flag('anonymous')}${flag('first_only')}${flag('publish_choices')}
      ${rules.anonymous ? nothing : this.choice('draft-visibility', t('field.visibility'), [['after_show', t('visibility.after_show')], ['live', t('visibility.live')]], rules.visibility, (visibility) => { rules.visibility = visibility; })}
      ${this.choice('draft-tie', t('field.tie'), [['shared', t('choice.shared')], ['option_order', t('choice.option_order')]], rules.tie, (tie) => { rules.tie = tie; })}
    </details>`;
  }
}

/** @param {Event} event */
function valueOf(event) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;
}

customElements.define('town-console-questions', ConsoleQuestions);
