// The run of show: every item with its planned and real times and its questions; begin, finish, extend, skip, move, add.

import { html, nothing, repeat } from '/static/vendor/lit.js';
import { newId } from '../models/ids.js';
import { clockParts, hallClock, plannedStarts } from '../models/schedule.js';
import { t } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { button, fieldValue, plainly, readWording, said, stateOf, timeAt, timeOfDay, wordingFields } from './console-parts.js';
import { fate } from './fate.js';

/**
 * @typedef {import('../models/console_day.js').Item} Item
 * @typedef {import('../models/console_day.js').Question} Question
 */

const MARKS = { planned: '', running: '▶', done: '✓', skipped: '–', not_held: '' };
/** What the close made of an item. */
const AFTER = /** @type {const} */ ({ planned: 'not_held', running: 'done', done: 'done', skipped: 'skipped' });

export class ConsoleRun extends ConsoleElement {
  constructor() {
    super();
    /** The item whose acts are open. */
    this.opened = '';
    /** What is asked about it: `skip` or `add`. */
    this.asking = '';
  }

  /** @override */
  render() {
    const { items, questions } = this.day;
    const starts = plannedStarts(items);
    const free = questions.filter((question) => !items.some((item) => item.id === question.item));
    return html`<section aria-labelledby="run-title"><h2 id="run-title">${t('console.run')}</h2>
      <ol class="run">${repeat(items, (item) => item.id, (item, at) => this.item(item, starts[at] ?? null, questions.filter((question) => question.item === item.id)))}</ol>
      ${free.length > 0 ? html`<h3>${t('console.free_questions')}</h3><ul class="asked">${free.map((question) => this.asked(question))}</ul>` : nothing}
      ${this.adding()}
    </section>`;
  }

  /**
   * @param {Item} item
   * @param {number | null} start
   * @param {Question[]} questions
   */
  item(item, start, questions) {
    const zone = this.told('meeting')?.time_zone ?? 'UTC';
    const state = this.ended ? AFTER[item.state] : item.state;
    const open = !this.ended && (this.opened === item.id || state === 'running');
    return html`<li class="item" data-state=${state} aria-current=${state === 'running' ? 'step' : 'false'}>
      <div class="item-line">
        <span class="mark" aria-hidden="true">${MARKS[state]}</span>
        <span class="time">${timeOfDay(start)}</span>
        ${this.ended ? html`<span class="title">${said(item.title)}</span>`
          : html`<button type="button" class="title" aria-expanded=${String(open)} @click=${() => this.open(item.id)}>${said(item.title)}</button>`}
        <span class="minutes">${t('count.minutes', { count: item.minutes })}${this.changed(item)}</span>
        <span class="real">${this.real(item, zone)}</span>
      </div>
      ${item.state === 'skipped' && item.skip_reason ? html`<p class="hint">${said(item.skip_reason)}</p>` : nothing}
      ${questions.length > 0 ? html`<ul class="asked">${questions.map((question) => this.asked(question))}</ul>` : nothing}
      ${open ? this.offers(item) : nothing}
      ${this.asking === 'skip' && this.opened === item.id ? this.skipping(item) : nothing}
      ${this.asking === 'finish' && item.state === 'running' ? this.finishing(item) : nothing}
      ${fate(this.sent(item.id))}
    </li>`;
  }

  /**
   * When it really was, in words that set it apart from the plan.
   * @param {Item} item
   * @param {string} zone
   */
  real(item, zone) {
    if (item.begun_at_ms === null) return t(`console.item.${this.ended ? AFTER[item.state] : item.state}`);
    if (item.done_at_ms === null) return t(this.ended ? 'console.until_the_close' : 'console.begun', { time: timeAt(item.begun_at_ms, zone) });
    const clock = hallClock(zone);
    const [begun, done] = [item.begun_at_ms, item.done_at_ms].map((ms) => clockParts(clock.minuteOf(ms)));
    return begun && done ? t('console.ran', { ...begun, until_hour: done.hour, until_minute: done.minute }) : '';
  }

  /** @param {Item} item */
  changed(item) {
    const by = item.minutes - item.planned_minutes;
    return by === 0 ? nothing : html` <span class="changed">(${by > 0 ? '+' : '−'}${Math.abs(by)})</span>`;
  }

  /** @param {string} id */
  open(id) {
    this.opened = this.opened === id ? '' : id;
    this.asking = '';
    this.requestUpdate();
  }

  /** @param {Question} question */
  asked(question) {
    const votes = this.told(`votes/${question.question}`);
    const state = stateOf(question, this.ended);
    const look = () => this.desk.set({ question: question.question, armed: '' });
    const counted = votes && question.state !== 'planned';
    return html`<li data-state=${state} data-counted=${counted ? 'yes' : 'no'}><button type="button" class="title" @click=${look}>${said(question.title)}</button>
      <span class="state">${t(`question_state.${state}`)}${counted ? html` <span class="count">${t('count.voted', { count: votes.voted, present: votes.present })}</span>` : nothing}</span></li>`;
  }

  /** @param {Item} item */
  offers(item) {
    const give = (/** @type {Record<string, any>} */ command) => this.act(item.id, { item: item.id, ...command });
    const items = this.day.items;
    const at = items.indexOf(item);
    const over = item.state === 'done' || item.state === 'skipped';
    const coming = item.state === 'planned';
    return html`<p class="buttons small">
      ${coming && this.may('begin_item') && this.day.phase === 'running' ? this.gives(t('console.begin'), () => give({ t: 'begin_item' }), { name: t('console.begin_named', { title: plainly(item.title) }) }) : nothing}
      ${item.state === 'skipped' && this.may('begin_item') && this.day.phase === 'running' ? this.gives(t('console.begin_after_all'), () => give({ t: 'begin_item' })) : nothing}
      ${item.state === 'running' && this.may('finish_item') ? this.gives(t('console.finish'), () => this.finish(item)) : nothing}
      ${!over && this.may('extend_item') ? [-5, 5, 10].map((minutes) => this.gives(t(minutes > 0 ? 'console.plus_minutes' : 'console.minus_minutes', { minutes: Math.abs(minutes) }), () => give({ t: 'extend_item', minutes }))) : nothing}
      ${coming && this.may('move_item') ? html`${this.gives('↑', () => give({ t: 'move_item', before: items[at - 1]?.id }), { disabled: at < 1 || items[at - 1]?.state !== 'planned', name: t('console.earlier', { title: plainly(item.title) }) })}
        ${this.gives('↓', () => give({ t: 'move_item', before: items[at + 2]?.id ?? null }), { disabled: at + 1 >= items.length, name: t('console.later', { title: plainly(item.title) }) })}` : nothing}
      ${coming && this.may('skip_item') ? this.gives(t('console.skip'), () => this.ask('skip')) : nothing}
      ${over ? html`<span class="hint">${t(`console.item_over.${item.state}`)}</span>` : nothing}
    </p>`;
  }

  /**
   * An item that is finished cannot be begun again: before its time that is asked twice.
   * @param {Item} item
   */
  finish(item) {
    if ((item.ends_at_ms ?? 0) - this.now > 60_000 && this.asking !== 'finish') this.ask('finish');
    else {
      this.act(item.id, { t: 'finish_item', item: item.id });
      this.ask('');
    }
  }

  /** @param {Item} item */
  finishing(item) {
    return html`<p class="asks" role="alert">${t('console.early', { count: Math.max(1, Math.round(((item.ends_at_ms ?? 0) - this.now) / 60_000)) })}</p>
      <p class="buttons small">${this.gives(t('console.finish_now'), () => this.finish(item), { kind: 'danger' })}${button(t('console.cancel'), () => this.ask(''))}</p>`;
  }

  /** @param {string} what */
  ask(what) {
    this.asking = what;
    this.requestUpdate();
    void this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('form input'))?.focus());
  }

  /** @param {Item} item */
  skipping(item) {
    const languages = this.day.languages;
    const submitted = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      this.act(item.id, { t: 'skip_item', item: item.id, reason: readWording(/** @type {HTMLFormElement} */ (event.target), 'skip', languages) });
      this.ask('');
    };
    return html`<form class="reason" @submit=${submitted}>${wordingFields('skip', t('field.reason'), languages)}
      <p class="buttons"><button type="submit" ?disabled=${this.down}>${t('console.skip')}</button>${button(t('console.cancel'), () => this.ask(''))}</p></form>`;
  }

  adding() {
    if (!this.may('add_item')) return nothing;
    const languages = this.day.languages;
    const coming = this.day.items.filter((item) => item.state === 'planned');
    const submitted = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      const before = fieldValue(form, 'item-before');
      this.act('add', { t: 'add_item', item: newId('item'), title: readWording(form, 'item-title', languages), minutes: Number.parseInt(fieldValue(form, 'item-minutes'), 10) || 0,
        takes_ideas: /** @type {HTMLInputElement} */ (form.elements.namedItem('item-ideas')).checked, ...(before ? { before } : {}) });
      form.reset();
    };
    return html`<details class="adding"><summary>${t('command.add_item')}</summary>
      <form class="form" @submit=${submitted}>
        ${wordingFields('item-title', t('field.title'), languages, { limit: 300 })}
        <div class="field"><label for="item-minutes">${t('field.minutes')}</label><input id="item-minutes" name="item-minutes" type="number" min="1" max="1440" value="10" required></div>
        <div class="field"><label for="item-before">${t('field.before')}</label><select id="item-before" name="item-before"><option value="">${t('console.last')}</option>${coming.map((item) => html`<option value=${item.id}>${plainly(item.title)}</option>`)}</select></div>
        <div class="field flag"><input id="item-ideas" name="item-ideas" type="checkbox"><label for="item-ideas">${t('field.takes_ideas')}</label></div>
        <button type="submit" ?disabled=${this.down}>${t('console.add')}</button>${fate(this.sent('add'))}
      </form></details>`;
  }
}

customElements.define('town-console-run', ConsoleRun);
