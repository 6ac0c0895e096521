// <town-organiser>: the meetings of this server, and the plan that becomes one: begun, filled in, checked, made or put in the place of another.

import { LitElement, html, nothing } from '/static/vendor/lit.js';
import { dateText } from '../models/figures.js';
import { isFormable, isTooLarge, spanOfLine } from '../models/plan_form.js';
import { ask, place, t } from '../pages/place.js';
import { button, plainly, said } from './console-parts.js';
import { dotted } from './dotted.js';
import { fileField, problemList, typed } from './organiser-parts.js';
import { wayList } from './organiser-ways.js';
import './organiser-form.js';

/**
 * @typedef {{id: string, title: Record<string, string>, date: string, phase: string}} Meeting
 * @typedef {import('./organiser-parts.js').Problem} Problem
 * @typedef {import('./organiser-ways.js').Way} Way
 * @typedef {{say: string, problems: Problem[]}} Wrong
 * @typedef {{title: Record<string, string>, tables: number, seats: number, items: number, minutes: number, questions: number, warnings: string[]}} Good
 */

const KEPT = 'organiser-plan';
const MEGABYTES = 2;

export class TownOrganiser extends LitElement {
  constructor() {
    super();
    /** @type {Meeting[] | null} */
    this.meetings = null;
    /** The links of each meeting, where they were asked for. @type {Map<string, Way[]>} */
    this.ways = new Map();
    /** @type {string | null} */
    this.text = null;
    /** What the text says, where it can be read; changed by the form. @type {any} */
    this.data = null;
    this.seats = { name: '', text: '' };
    /** @type {'form' | 'text'} */
    this.view = 'form';
    /** What the form has changed is not in the text yet; the text was changed and not read yet. */
    this.ahead = { form: false, text: false };
    /** The meeting whose plan is being replaced. @type {Meeting | null} */
    this.about = null;
    /** What the check, or the making, said. @type {Wrong | Good | null} */
    this.found = null;
    /** @type {{meeting: string, links: Way[], replaced: boolean} | null} */
    this.made = null;
    this.busy = '';
    /** A replacement that waits for its second press. */
    this.asking = false;
    this.copied = '';
    /** What could not be done with the list of meetings. */
    this.wrong = '';
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void this.list();
    const kept = recalled();
    if (!kept) return;
    this.about = kept.about;
    void this.take(kept.plan);
  }

  async list() {
    const { ok, data } = await ask('GET', '/api/meetings');
    if (ok) this.meetings = data;
    this.wrong = ok ? '' : (data?.say ?? t('ui.offline'));
    this.requestUpdate();
  }

  /** @override */
  render() {
    return html`<section aria-labelledby="meetings-title"><h2 id="meetings-title" class="unseen">${t('ui.meetings')}</h2>
        ${this.wrong ? html`<p class="fate" data-fate="refused" role="alert">${this.wrong}</p>` : nothing}
        ${this.meetings?.length === 0 ? html`<p class="quiet">${t('organiser.no_meetings')}</p>` : nothing}
        <ul class="plain" id="meetings">${(this.meetings ?? []).map((meeting) => this.meeting(meeting))}</ul></section>
      <section aria-labelledby="plan-heading" class="planning"><h2 id="plan-heading" tabindex="-1">${this.about ? html`${t('organiser.replacing')} ${said(this.about.title)}` : t('ui.new_meeting')}</h2>
        ${this.made ? this.done(this.made) : this.text === null ? this.beginnings() : this.planning()}</section>`;
  }

  // --- the meetings ------------------------------------------------------------------------

  /**
   * A meeting, what it stands at, and its ways; the one that runs, or else the first, is the next to be opened.
   * @param {Meeting} meeting
   */
  meeting(meeting) {
    const all = this.meetings ?? [];
    const next = this.text === null && !this.made && meeting === (all.find(({ phase }) => phase === 'running') ?? all[0]);
    const name = plainly(meeting.title);
    const ways = this.ways.get(meeting.id);
    return html`<li><h3>${said(meeting.title)}</h3><p>${dotted(html`<strong data-phase=${meeting.phase}>${t(`phase.${meeting.phase}`)}</strong>`, html`<span class="quiet">${dateText(meeting.date, place.lang, t)}</span>`)}</p>
      <p class="buttons">${button(t('ui.open_console'), () => void this.enter(meeting), { kind: next ? 'primary' : '', name: t('organiser.open_console_of', { name }) })}
        ${button(t(ways ? 'organiser.hide_links' : 'organiser.links'), () => void this.showWays(meeting), { name: t(ways ? 'organiser.hide_links_of' : 'organiser.links_of', { name }), pressed: Boolean(ways) })}
        ${meeting.phase === 'prepared' ? button(t('organiser.replace'), () => void this.beginReplacing(meeting), { name: t('organiser.replace_of', { name }) }) : nothing}
        <a class="button" href="/api/meetings/${meeting.id}/plan?page=organiser" aria-label=${t('organiser.fetch_plan_of', { name })}>${t('organiser.fetch_plan')}</a></p>
      ${ways ? this.waysOf(meeting.id, ways) : nothing}</li>`;
  }

  /**
   * @param {string} meeting
   * @param {Way[]} ways
   */
  waysOf(meeting, ways) {
    return wayList(meeting, ways, this.copied, (words) => {
      this.copied = words;
      this.requestUpdate();
    });
  }

  /** @param {Meeting} meeting */
  async showWays(meeting) {
    if (this.ways.delete(meeting.id)) return this.requestUpdate();
    const { ok, data } = await ask('GET', `/api/meetings/${meeting.id}/links`);
    if (ok) this.ways.set(meeting.id, data);
    this.wrong = ok ? '' : (data?.say ?? t('ui.offline'));
    this.requestUpdate();
  }

  /** @param {{id: string}} meeting */
  async enter(meeting) {
    const { ok, data } = await ask('POST', `/api/meetings/${meeting.id}/enter`);
    if (ok) location.assign('/console');
    this.wrong = ok ? '' : (data?.say ?? t('ui.offline'));
    this.requestUpdate();
  }

  // --- beginning ---------------------------------------------------------------------------

  beginnings() {
    return html`<p>${t('organiser.begin')}</p>
      <ul class="plain beginnings">
        <li>${button(t('organiser.from_day'), () => void this.fetched('/api/plan/shipped/city-day'))} <span class="quiet">${t('organiser.from_day_hint')}</span></li>
        <li>${button(t('organiser.from_rehearsal'), () => void this.fetched('/api/plan/shipped/rehearsal'))} <span class="quiet">${t('organiser.from_rehearsal_hint')}</span></li>
        <li>${button(t('organiser.paste'), () => void this.take(''))} <span class="quiet">${t('organiser.paste_hint')}</span></li>
        <li>${fileField('plan-file', t('organiser.from_file'), '.yaml,.yml,.json', (event) => void this.uploaded(event))}</li>
      </ul>${this.about ? button(t('organiser.give_up'), () => this.leave()) : nothing}${this.answer()}`;
  }

  /** @param {string} path */
  async fetched(path) {
    const { ok, data } = await this.asked('reading', 'GET', path);
    if (ok) await this.take(data.plan);
    else this.refused(data);
  }

  /** @param {Event} event */
  async uploaded(event) {
    const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    if (!file) return;
    if (file.size > MEGABYTES * 1_000_000) this.refused({ say: t('plan_problem.too_large', { limit: MEGABYTES }) });
    else await this.take(await file.text());
  }

  /** @param {Meeting} meeting */
  async beginReplacing(meeting) {
    const answer = await fetch(`/api/meetings/${meeting.id}/plan`, { headers: { 'Town-Page': place.page } }).catch(() => null);
    if (!answer?.ok) {
      this.wrong = t('ui.offline');
      return this.requestUpdate();
    }
    this.about = meeting;
    this.made = null;
    await this.take(await answer.text());
    /** @type {HTMLElement | null} */ (this.querySelector('#plan-heading'))?.focus();
  }

  /**
   * Take a text as the plan that is being written.
   * @param {string} text
   */
  async take(text) {
    this.text = text;
    this.data = null;
    this.found = null;
    this.asking = false;
    this.ahead = { form: false, text: text !== '' };
    this.view = 'text';
    if (text !== '') await this.show('form');
    this.requestUpdate();
  }

  leave() {
    Object.assign(this, { text: null, data: null, found: null, made: null, about: null, asking: false, seats: { name: '', text: '' } });
    keep(null, null);
    this.requestUpdate();
  }

  // --- writing -----------------------------------------------------------------------------

  planning() {
    const tab = (/** @type {'form' | 'text'} */ view) => button(t(`organiser.view.${view}`), () => void this.show(view), { pressed: this.view === view });
    return html`<p class="buttons views" role="group" aria-label=${t('organiser.views')}>${tab('form')}${tab('text')}${button(t(this.about ? 'organiser.give_up' : 'organiser.begin_again'), () => this.leave())}</p>
      ${this.view === 'form' ? html`<p class="hint">${t('organiser.form_hint')}</p><town-plan-form .data=${this.data} @changed=${() => this.changed('form')}></town-plan-form>` : this.plainText()}
      <div class="field seats-file">${fileField('seats-file', t('organiser.seats_file'), '.csv,text/csv', (event) => void this.seated(event))}
        <span role="status" class="quiet">${this.seats.name ? t('organiser.chosen_file', { name: this.seats.name }) : nothing}</span></div>
      ${this.asking ? html`<p class="asks" role="alert">${t('organiser.replace_asks')}</p>` : nothing}
      <p class="buttons">${button(t('organiser.check'), () => void this.check(), { disabled: this.busy !== '' })}
        ${this.about ? button(t(this.asking ? 'organiser.replace_now' : 'organiser.replace'), () => void this.replace(), { kind: 'primary', disabled: this.busy !== '' }) : button(t('ui.create_meeting'), () => void this.create(), { kind: 'primary', disabled: this.busy !== '' })}</p>
      ${this.answer()}`;
  }

  plainText() {
    return html`<div class="field"><label for="plan">${t('organiser.plan_text')}</label><p class="hint" id="plan-hint">${t('organiser.text_hint')}</p>
      <textarea id="plan" rows="18" spellcheck="false" class="plain-text" translate="no" aria-describedby="plan-hint" .value=${this.text ?? ''} @input=${(/** @type {Event} */ event) => { this.text = typed(event); this.changed('text'); }}></textarea></div>`;
  }

  /** @param {'form' | 'text'} what */
  changed(what) {
    this.ahead[what] = true;
    this.asking = false;
    keep(what === 'text' ? this.text : JSON.stringify(this.data), this.about);
    this.found = null;
    this.requestUpdate();
  }

  /** @param {Event} event */
  async seated(event) {
    const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    this.seats = file ? { name: file.name, text: await file.text() } : { name: '', text: '' };
    this.found = null;
    this.requestUpdate();
  }

  /**
   * Show the form or the text, which says then what the other one says.
   * @param {'form' | 'text'} view
   */
  async show(view) {
    if (view === 'text' ? await this.settled() : await this.read()) this.view = view;
    this.requestUpdate();
  }

  /** Bring what the form has changed into the text; whether the text is whole now. */
  async settled() {
    if (this.tooLarge()) return false;
    if (!this.ahead.form) return true;
    const { ok, data } = await this.asked('reading', 'POST', '/api/plan/read', { plan: JSON.stringify(this.data) });
    if (!ok) return this.refused(data);
    this.text = data.plan;
    this.ahead = { form: false, text: false };
    keep(this.text, this.about);
    return true;
  }

  /** Read the text, for the form; whether there is something that a form can show. */
  async read() {
    if (this.tooLarge()) return false;
    if (this.ahead.text || this.data === null) {
      const { ok, data } = await this.asked('reading', 'POST', '/api/plan/read', { plan: this.text });
      if (!ok) return this.refused(data);
      this.data = data.data;
      if (this.text?.trimStart().startsWith('{')) this.text = data.plan; // JSON, of a form or a program
      this.ahead = { form: false, text: false };
      keep(this.text, this.about);
    }
    return isFormable(this.data) || this.refused({ say: t('organiser.no_form') });
  }

  tooLarge() {
    if (!isTooLarge(this.text ?? '') && !isTooLarge(this.seats.text)) return false;
    return !this.refused({ say: t('plan_problem.too_large', { limit: MEGABYTES }) });
  }

  // --- checking and making -----------------------------------------------------------------

  get body() {
    return this.seats.text ? { plan: this.text, seats: this.seats.text } : { plan: this.text };
  }

  async check() {
    if (!(await this.settled())) return;
    const { ok, data } = await this.asked('checking', 'POST', '/api/plan/check', this.body);
    if (ok) this.found = data;
    else this.refused(data);
    this.requestUpdate();
  }

  async create() {
    if (!(await this.settled())) return;
    this.making(await this.asked('making', 'POST', '/api/meetings', this.body), false);
  }

  /** Once to be asked, once to do it; what is wrong is said before anybody is asked. */
  async replace() {
    const { about } = this;
    if (!about || !(await this.settled())) return;
    if (!this.asking) {
      await this.check();
      this.asking = this.found !== null && !('problems' in this.found);
      return this.requestUpdate();
    }
    this.asking = false;
    this.making(await this.asked('making', 'PUT', `/api/meetings/${about.id}/plan`, this.body), true);
  }

  /**
   * @param {{ok: boolean, data: any}} answer
   * @param {boolean} replaced
   */
  making({ ok, data }, replaced) {
    if (!ok) return this.refused(data);
    this.leave();
    this.made = { ...data, replaced };
    this.ways.delete(data.meeting);
    void this.list();
    void this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.made'))?.focus());
    return true;
  }

  /** @param {{meeting: string, links: Way[], replaced: boolean}} made */
  done(made) {
    return html`<div class="made" tabindex="-1" aria-labelledby="made-title"><p class="fate" data-fate="saved" id="made-title">${t(made.replaced ? 'organiser.replaced' : 'organiser.made')}</p>
      <p class="buttons">${button(t('ui.open_console'), () => void this.enter({ id: made.meeting }), { kind: 'primary' })}${button(t('organiser.another'), () => this.leave())}</p>
      ${this.waysOf(made.meeting, made.links)}</div>`;
  }

  /**
   * Ask, and say meanwhile what is awaited.
   * @param {'reading' | 'checking' | 'making'} what
   * @param {string} method
   * @param {string} path
   * @param {any} [body]
   */
  async asked(what, method, path, body) {
    this.busy = what;
    this.requestUpdate();
    const answer = await ask(method, path, body);
    this.busy = '';
    this.requestUpdate();
    return answer;
  }

  /**
   * Say why it is not done.
   * @param {any} data
   * @returns {false}
   */
  refused(data) {
    this.found = { say: data?.say ?? t('ui.offline'), problems: data?.problems ?? [] };
    this.requestUpdate();
    return false;
  }

  answer() {
    const { found } = this;
    if (this.busy) return html`<p class="fate" data-fate="waiting" role="status">${t(`organiser.busy.${this.busy}`)}</p>`;
    if (!found) return html`<p class="fate" role="status"></p>`;
    if ('problems' in found) return problemList(found.say, found.problems, (problem) => void this.goTo(problem));
    return html`<div role="status" class="good"><p class="fate" data-fate="saved">${t('organiser.good')}</p>
      <p>${said(found.title)}</p><ul>${/** @type {const} */ (['tables', 'seats', 'items', 'minutes', 'questions']).map((what) => html`<li>${t(`organiser.would_be.${what}`, { count: found[what] })}</li>`)}</ul>
      ${found.warnings.length > 0 ? html`<p><strong>${t('organiser.warnings')}</strong></p><ul>${found.warnings.map((words) => html`<li>${words}</li>`)}</ul>` : nothing}</div>`;
  }

  /**
   * Go to the line of a problem, in the text.
   * @param {Problem} problem
   */
  async goTo(problem) {
    const { found } = this;
    this.view = 'text';
    this.requestUpdate();
    await this.updateComplete;
    this.found = found;
    const field = /** @type {HTMLTextAreaElement} */ (this.querySelector('#plan'));
    const [start, end] = spanOfLine(field.value, problem.line);
    field.focus();
    field.setSelectionRange(start, end);
    field.scrollTop = (problem.line - 3) * (field.scrollHeight / Math.max(1, field.value.split('\n').length));
  }
}

/**
 * Keep a plan that is half written for a reload of this window, with the meeting that it is for.
 * @param {string | null} plan
 * @param {Meeting | null} about
 */
function keep(plan, about) {
  try {
    if (plan === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, JSON.stringify({ plan, about }));
  } catch {
    // full, or withheld: then a reload forgets it
  }
}

/** @returns {{plan: string, about: Meeting | null} | null} */
function recalled() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
  } catch {
    return null;
  }
}

customElements.define('town-organiser', TownOrganiser);
