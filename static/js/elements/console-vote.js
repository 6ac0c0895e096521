// One vote: how many have voted, and everything that can be done with its round.

import { html, nothing } from '/static/vendor/lit.js';
import { earlyResult } from '../models/console_scene.js';
import { nextStep } from '../models/next_step.js';
import { leftOver, percent } from '../models/words.js';
import { t } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { button, readWording, said, stateOf, timed, whoOf, wordingFields } from './console-parts.js';
import { fate } from './fate.js';

/** @typedef {import('../models/console_day.js').Question} Question */

const TAKE_BACK_MS = 5_000;
const MORE_SECONDS = [15, 30, 60];

/**
 * Whether something of it waits for a second person's yes.
 * @param {Question} question
 */
const asked = (question) => {
  const last = question.rounds.at(-1);
  return Boolean(last?.again_asked_by || (last?.void_asked_by && question.state !== 'voided'));
};

export class ConsoleVote extends ConsoleElement {
  constructor() {
    super();
    this.every = 250;
  }

  /** The question that was chosen; else, while the meeting lasts, the open one, what waits for a second person, or what was last closed or shown in the running item. */
  get question() {
    const day = this.day;
    if (this.desk.question) return this.questionOf(this.desk.question);
    if (this.ended) return null;
    if (day.open) return day.open;
    const waits = day.questions.find((question) => asked(question));
    if (waits) return waits;
    const since = (/** @type {Question} */ question) => question.rounds.at(-1)?.shown_at_ms ?? question.rounds.at(-1)?.closed_at_ms ?? 0;
    const over = day.questions.filter((question) => question.state === 'closed' || (question.state === 'shown' && question.item === day.running?.id));
    return over.sort((a, b) => since(b) - since(a))[0] ?? null;
  }

  /** @override */
  render() {
    const question = this.question;
    if (!question) return nothing;
    return html`<section class="vote" aria-labelledby="vote-title" data-state=${question.state}>
      <h2 id="vote-title">${said(question.title)}</h2>
      <p class="quiet">${t(`question_state.${stateOf(question, this.ended)}`)} · ${t(`kind.${question.kind}`)}${question.round > 1 ? html` · ${t('console.round', { round: question.round })}` : nothing}</p>
      ${this.figures(question)}
      ${this.desk.armed.startsWith('void:') || this.desk.armed.startsWith('again:') ? this.reasonForm(question) : this.offers(question)}
      ${this.asks(question)}
      ${fate(this.sent('vote'))}
      ${this.early(question)}
      ${this.desk.question ? button(t('console.back_to_now'), () => this.desk.set({ question: '', armed: '' }), { kind: 'quiet' }) : nothing}
    </section>`;
  }

  /** @param {Question} question */
  figures(question) {
    const votes = this.told(`votes/${question.question}`);
    if (!votes || question.state === 'planned') return nothing;
    const left = question.closes_at_ms === null ? null : question.closes_at_ms - this.now;
    return html`<p class="figures">
      <span class="voted"><strong>${votes.voted.toLocaleString('en')}</strong> ${t('console.of_present', { count: votes.present })}</span>
      ${question.state === 'open' ? html`<span class="clock">${left === null ? t('console.until_closed') : timed('console.left', leftOver(left))}</span>` : nothing}
      ${votes.more_time > 0 ? html`<span class="more-time">${t('console.more_time', { count: votes.more_time })}</span>` : nothing}
    </p>`;
  }

  /** The act that the next step offers already: it stands on the page once. */
  get offered() {
    return nextStep({ ...this.day, first: this.desk.first }, (command) => this.may(command), this.desk.aside, this.now).step;
  }

  /**
   * Whether an act belongs here: the role may give it, and it is not the next step.
   * @param {string} command
   * @param {Question} question
   */
  has(command, question) {
    const next = this.offered;
    return this.may(command) && !(next?.command === command && next.question?.question === question.question);
  }

  /** @param {Question} question */
  offers(question) {
    const id = question.question;
    const give = (/** @type {string} */ name, more = {}) => this.act('vote', { t: name, question: id, ...more });
    switch (question.state) {
      case 'open':
        return html`<p class="buttons">${this.takeBack(question)}
          ${this.may('extend_voting') ? MORE_SECONDS.map((seconds) => this.gives(t('console.more_seconds', { seconds }), () => give('extend_voting', { seconds }))) : nothing}
          ${this.has('close_voting', question) ? this.gives(t('command.close_voting'), () => give('close_voting'), { disabled: question.closing }) : nothing}
          ${this.dangerous(question)}</p>`;
      case 'closed':
        return html`<p class="buttons">${this.has('show_results', question) ? this.gives(t('command.show_results'), () => give('show_results')) : nothing}${this.dangerous(question)}</p>`;
      case 'shown':
      case 'voided':
        return html`<p class="buttons">${this.dangerous(question)}</p>`;
      default:
        return html`<p class="buttons">${this.may('open_voting') && id !== this.desk.first ? button(t('console.ask_next'), () => this.desk.set({ first: id, question: '' })) : nothing}</p>`;
    }
  }

  /**
   * Within five seconds and before the first ballot, an opening by mistake is one tap away.
   * @param {Question} question
   */
  takeBack(question) {
    const votes = this.told(`votes/${question.question}`);
    const left = TAKE_BACK_MS - (this.now - (question.opened_at_ms ?? 0));
    if (!this.may('take_back') || left <= 0 || votes?.voted > 0) return nothing;
    return this.gives(t('command.take_back'), () => this.act('vote', { t: 'take_back', question: question.question }), { kind: 'danger', key: 'Z' });
  }

  /** @param {Question} question */
  dangerous(question) {
    const again = question.state !== 'open' && question.state !== 'planned';
    return html`
      ${again && this.may('run_again') ? this.gives(t('console.run_again'), () => this.arm(`again:${question.question}`)) : nothing}
      ${question.state !== 'voided' && this.may('void_round') ? this.gives(t('console.void'), () => this.arm(`void:${question.question}`), { kind: 'danger' }) : nothing}`;
  }

  /** @param {string} key */
  arm(key) {
    this.desk.set({ armed: key, question: this.question?.question ?? '' });
    void this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('form input, form textarea'))?.focus());
  }

  /** @param {Question} question */
  reasonForm(question) {
    const voids = this.desk.armed.startsWith('void:');
    const languages = this.day.languages;
    const submitted = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      this.act('vote', { t: voids ? 'void_round' : 'run_again', question: question.question, reason: readWording(form, 'reason', languages) });
      this.desk.set({ armed: '' });
    };
    return html`<form class="reason" @submit=${submitted}>
      <p class="hint">${t(voids ? 'console.void_says' : 'console.again_says')}</p>
      ${wordingFields('reason', t('field.reason'), languages)}
      <p class="buttons"><button type="submit" class=${voids ? 'danger' : ''} ?disabled=${this.down}>${t(voids ? 'command.void_round' : 'command.run_again')}</button>
        ${button(t('console.cancel'), () => this.desk.set({ armed: '' }))}</p>
    </form>`;
  }

  /**
   * What waits for a second person's yes: that the round is void, or that the question is run again.
   * @param {Question} question
   */
  asks(question) {
    const ask = (/** @type {string} */ by, /** @type {string} */ says, /** @type {string} */ confirm) => html`<div class="asks"><p>${t(says, { who: whoOf(by, this.desk.labels) })}</p>
      ${this.may(confirm) ? this.gives(t(`command.${confirm}`), () => this.act('vote', { t: confirm, question: question.question }), { kind: 'danger' }) : nothing}</div>`;
    const last = question.rounds.at(-1);
    return html`${last?.void_asked_by && question.state !== 'voided' ? ask(last.void_asked_by, 'console.void_asked', 'confirm_void') : nothing}
      ${last?.again_asked_by ? ask(last.again_asked_by, 'console.again_asked', 'confirm_again') : nothing}`;
  }

  /**
   * The result before the show, for those who may know it.
   * @param {Question} question
   */
  early(question) {
    const result = question.state === 'closed' ? earlyResult(this.line.channels, question.question) : null;
    if (!result) return nothing;
    return html`<details class="early"><summary>${t('console.early_result')}</summary>
      <p class="hint">${t('console.early_hint')}</p>
      <table><tbody>${(result.options ?? []).map((/** @type {any} */ option) => html`<tr><th scope="row">${said(option.text)}</th>
        <td>${option.values ? option.values.map((/** @type {any} */ step) => `${step.value}: ${step.count}`).join(' · ') : `${option.count} · ${percent(option.share_tenths)}`}</td></tr>`)}
        ${result.kind === 'number' ? html`<tr><th scope="row">${t('ui.median')}</th><td>${result.median ? Math.round((10 * result.median[0]) / result.median[1]) / 10 : '–'}</td></tr>` : nothing}
      </tbody></table>
      <p class="hint">${t('base.answered', { count: result.base ?? result.voted })}</p></details>`;
  }
}

customElements.define('town-console-vote', ConsoleVote);
