// <town-plan-form>: what most people change in a plan. It changes the data in place, and says `changed` each time.

import { LitElement, html, nothing } from '/static/vendor/lit.js';
import { KINDS, addItem, addOption, addQuestion, addStep, languagesOf, listOf, move, put, remove, rowOfTables, takesOptions, turnInto, wordsIn } from '../models/plan_form.js';
import { place, t } from '../pages/place.js';
import { button } from './console-parts.js';
import { choice, flag, line, placing, words } from './organiser-parts.js';

/** @typedef {import('../models/plan_form.js').Data} Data */

export class TownPlanForm extends LitElement {
  /** @override */
  static properties = { data: { attribute: false } };

  constructor() {
    super();
    /** @type {Data} */
    this.data = {};
    /** Which parts are open; a new one is. @type {WeakSet<Data>} */
    this.unfolded = new WeakSet();
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  get languages() {
    return languagesOf(this.data);
  }

  /** Something was typed or chosen. */
  changed() {
    this.requestUpdate();
    this.dispatchEvent(new CustomEvent('changed'));
  }

  /** @override */
  render() {
    const { data, languages } = this;
    const row = rowOfTables(data);
    return html`<div @input=${() => this.changed()} @change=${() => this.changed()}>
      <section aria-labelledby="form-meeting"><h3 id="form-meeting">${t('organiser.the_meeting')}</h3>
        ${words('plan-title', t('field.title'), data, 'title', languages)}
        ${words('plan-place', t('organiser.place'), data, 'place', languages)}
        <div class="row">${line('plan-date', t('organiser.date'), data, 'date', { hint: t('organiser.date_hint') })}
        ${row ? html`${line('plan-tables', t('organiser.tables'), row, 'count', { number: true })}${line('plan-seats', t('organiser.seats'), row, 'seats', { number: true })}` : nothing}</div>
        ${row ? nothing : html`<p class="hint">${t('organiser.tables_in_text')}</p>`}
      </section>
      ${this.agenda()}${this.questions()}
    </div>`;
  }

  agenda() {
    const items = listOf(this.data, 'agenda');
    return html`<section aria-labelledby="form-agenda"><h3 id="form-agenda">${t('organiser.agenda')}</h3>
      <ol class="parts">${items.map((item, at) => html`<li>${this.folded(item, this.called(item, 'title', t('organiser.item_number', { number: at + 1 })), t('organiser.minutes_of', { minutes: item['minutes'] ?? '–' }), () => html`
        ${words(`item-${at}-title`, t('field.title'), item, 'title', this.languages)}
        <div class="row">${line(`item-${at}-minutes`, t('field.minutes'), item, 'minutes', { number: true })}${line(`item-${at}-starts`, t('organiser.starts_at'), item, 'starts_at', { hint: t('organiser.starts_hint') })}</div>
        ${flag(`item-${at}-ideas`, t('organiser.takes_ideas'), item, 'takes_ideas')}
        ${this.placed('agenda', items, item, at, t('organiser.item_number', { number: at + 1 }))}`)}</li>`)}</ol>
      ${button(t('organiser.add_item'), () => this.added('agenda', () => addItem(this.data)))}</section>`;
  }

  questions() {
    const questions = listOf(this.data, 'questions');
    return html`<section aria-labelledby="form-questions"><h3 id="form-questions">${t('organiser.questions')}</h3>
      <p class="hint">${t('organiser.questions_hint')}</p>
      <ol class="parts">${questions.map((question, at) => html`<li>${this.folded(question, this.called(question, 'title', t('organiser.question_number', { number: at + 1 })), KINDS.includes(question['kind']) ? t(`kind.${question['kind']}`) : '', () => this.question(question, at, questions))}</li>`)}</ol>
      ${button(t('organiser.add_question'), () => this.added('questions', () => addQuestion(this.data)))}</section>`;
  }

  /**
   * @param {Data} question
   * @param {number} at
   * @param {Data[]} questions
   */
  question(question, at, questions) {
    const kind = String(question['kind'] ?? '');
    const items = listOf(this.data, 'agenda').map((item, number) => /** @type {[string, unknown]} */ ([String(item['id']), this.called(item, 'title', t('organiser.item_number', { number: number + 1 }))]));
    return html`${words(`question-${at}-title`, t('organiser.question_words'), question, 'title', this.languages)}
      <div class="row">
        ${choice(`question-${at}-kind`, t('organiser.answered_by'), KINDS.map((each) => [each, t(`kind.${each}`)]), kind, (chosen) => turnInto(question, chosen))}
        ${choice(`question-${at}-item`, t('field.item'), [['', t('ui.none')], ...items], String(question['item'] ?? ''), (chosen) => put(question, 'item', chosen))}
        ${line(`question-${at}-seconds`, t('field.seconds'), question, 'seconds', { number: true, otherwise: '30' })}
        ${kind === 'pick_up_to' ? line(`question-${at}-most`, t('field.choices_max'), question, 'choices_max', { number: true }) : nothing}
        ${kind === 'number' ? html`${line(`question-${at}-least`, t('field.number_min'), question, 'number_min', { number: true, otherwise: '0' })}${line(`question-${at}-greatest`, t('field.number_max'), question, 'number_max', { number: true, otherwise: '100' })}` : nothing}
      </div>
      ${kind === 'number' ? words(`question-${at}-unit`, t('field.unit'), question, 'unit', this.languages, 40) : nothing}
      ${takesOptions(kind) ? this.options(question, at) : nothing}${kind === 'rating' ? this.scale(question, at) : nothing}
      ${flag(`question-${at}-anonymous`, t('field.anonymous'), question, 'anonymous')}
      ${this.placed('questions', questions, question, at, t('organiser.question_number', { number: at + 1 }))}`;
  }

  /**
   * @param {Data} question
   * @param {number} at
   */
  options(question, at) {
    const options = listOf(question, 'options');
    return html`<fieldset class="field"><legend>${t('field.options')}</legend><ol class="lines">${options.map((option, number) => {
      const name = t('organiser.option_number', { number: number + 1 });
      return html`<li>${words(`question-${at}-option-${number}`, name, option, 'text', this.languages)}
        ${placing(name, { first: number === 0, last: number === options.length - 1, move: (by) => this.act(() => move(question, 'options', option, by)), remove: () => this.act(() => remove(question, 'options', option)) })}</li>`;
    })}</ol>${button(t('organiser.add_option'), () => this.act(() => addOption(question)))}</fieldset>`;
  }

  /**
   * @param {Data} question
   * @param {number} at
   */
  scale(question, at) {
    const steps = listOf(question, 'scale');
    return html`<fieldset class="field"><legend>${t('field.scale')}</legend><ol class="lines">${steps.map((step, number) => {
      const name = t('organiser.step_number', { number: number + 1 });
      return html`<li>${line(`question-${at}-step-${number}-value`, t('organiser.step_value', { number: number + 1 }), step, 'value', { number: true })}${words(`question-${at}-step-${number}`, name, step, 'text', this.languages)}
        ${placing(name, { first: number === 0, last: number === steps.length - 1, move: (by) => this.act(() => move(question, 'scale', step, by)), remove: () => this.act(() => remove(question, 'scale', step)) })}</li>`;
    })}</ol>${button(t('organiser.add_step'), () => this.act(() => addStep(question)))}</fieldset>`;
  }

  /**
   * A part that folds: its name, something about it, and its fields while it is open.
   * @param {Data} thing
   * @param {unknown} name
   * @param {string} about
   * @param {() => unknown} inside
   */
  folded(thing, name, about, inside) {
    const open = this.unfolded.has(thing);
    const toggled = (/** @type {Event} */ event) => {
      const details = /** @type {HTMLDetailsElement} */ (event.target);
      if (details.open === this.unfolded.has(thing)) return;
      if (details.open) this.unfolded.add(thing);
      else this.unfolded.delete(thing);
      this.requestUpdate();
    };
    return html`<details .open=${open} @toggle=${toggled}><summary><span class="name">${name}</span> <span class="quiet">${about}</span></summary>${open ? inside() : nothing}</details>`;
  }

  /**
   * Its title in the reader's language, else in the first that it has.
   * @param {Data} thing
   * @param {string} field
   * @param {string} otherwise
   */
  called(thing, field, otherwise) {
    const ordered = [...this.languages].sort((a, b) => Number(b === place.lang) - Number(a === place.lang));
    const language = ordered.find((each) => wordsIn(thing[field], each).trim() !== '');
    return language ? html`<span lang=${language}>${wordsIn(thing[field], language)}</span>` : otherwise;
  }

  /**
   * @param {'agenda' | 'questions'} list
   * @param {Data[]} things
   * @param {Data} thing
   * @param {number} at
   * @param {string} name
   */
  placed(list, things, thing, at, name) {
    return placing(name, { first: at === 0, last: at === things.length - 1, move: (by) => this.act(() => move(this.data, list, thing, by)), remove: () => this.act(() => remove(this.data, list, thing)) });
  }

  /** @param {() => void} change */
  act(change) {
    change();
    this.changed();
  }

  /**
   * Add a thing at the end, open, and go to its first field.
   * @param {'agenda' | 'questions'} list
   * @param {() => void} add
   */
  added(list, add) {
    add();
    const thing = listOf(this.data, list).at(-1);
    if (thing) this.unfolded.add(thing);
    this.changed();
    void this.updateComplete.then(() => /** @type {HTMLElement | undefined} */ ([...this.querySelectorAll(`[aria-labelledby="form-${list}"] > .parts > li:last-child input`)].at(0))?.focus());
  }
}

customElements.define('town-plan-form', TownPlanForm);
