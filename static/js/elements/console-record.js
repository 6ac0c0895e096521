// The record: report and exports, the end of the day, corrections, responses, and what has to go for good.

import { html, nothing } from '/static/vendor/lit.js';
import { clockText } from '../models/clock.js';
import { endOfDay, holding, typedTexts } from '../models/record.js';
import { ask, place, t } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { button, fieldValue, plainly, readWording, said, wordingFields } from './console-parts.js';
import { fate } from './fate.js';
import './report-files.js';

/** @typedef {import('../models/record.js').Typed} Typed */

const FOUND_MOST = 20;

export class ConsoleRecord extends ConsoleElement {
  constructor() {
    super();
    this.words = '';
    /** The theme team's view, for the words of ideas and themes; looked up when it is searched. @type {Record<string, any> | null} */
    this.ideas = null;
    /** What is to be taken out, and waits for a second press. @type {Typed | null} */
    this.chosen = null;
  }

  /** @override */
  render() {
    return html`<div class="sides"><div>${this.broughtBack()}${this.papers()}${this.checklist()}</div>
      <div>${this.may('record_response') ? this.responses() : nothing}${this.may('record_erratum') ? this.errata() : nothing}${this.may('redact_text') ? this.redaction() : nothing}</div></div>`;
  }

  /** After a restore: what devices brought back, and what of it belongs to no vote that this record has. */
  broughtBack() {
    const back = this.told('brought_back');
    if (!back) return nothing;
    const named = (/** @type {string} */ id) => this.day.questions.find((question) => question.question === id)?.title;
    return html`<section aria-labelledby="back-title"><h2 id="back-title">${t('console.brought_back')}</h2><p class="quiet">${t('console.brought_back_hint')}</p>
      ${back.rounds.length === 0 ? html`<p>${t('console.brought_back_none')}</p>` : html`<ul class="plain">${back.rounds.map((/** @type {any} */ each) => html`<li>${said(named(each.question))}
        <p>${t('console.brought_back_ballots', { count: each.ballots })} ${each.after_show > 0 ? t('console.brought_back_late', { count: each.after_show }) : nothing}</p></li>`)}</ul>`}
      ${back.unplaced.length > 0 ? html`<details><summary>${t('console.unplaced', { count: back.unplaced.length })}</summary><ul class="plain">${back.unplaced.map((/** @type {any} */ each) => html`<li>
        ${t('ui.seat', { seat: each.seat })} <span class="quiet">${clockText(each.cast_at_ms, place.lang, t)} · ${said(named(each.question))}</span></li>`)}</ul></details>` : nothing}
    </section>`;
  }

  papers() {
    return html`<section aria-labelledby="papers-title"><h2 id="papers-title">${t('console.papers')}</h2>
      <p class="quiet">${t(this.day.phase === 'closed' || this.day.phase === 'archived' ? 'console.papers_final' : 'console.papers_preliminary')}</p>
      <town-files beside></town-files></section>`;
  }

  checklist() {
    return html`<section aria-labelledby="end-title"><h2 id="end-title">${t('console.end_of_day')}</h2>
      <ul class="checklist">${endOfDay(this.day, this.line.channels).map(({ key, done, count }) => html`<li data-done=${done ? 'yes' : 'no'}><span aria-hidden="true">${done ? '✓' : '○'}</span>
        <span>${t(`console.end.${key}`)}</span> <span class="quiet">${done ? t('console.end_done') : count > 0 ? t('console.end_left', { count }) : t('console.end_open')}</span></li>`)}</ul>
      <p class="hint">${t('console.end_after')}</p>
      ${this.day.phase === 'closed' && this.may('archive_meeting') ? html`<p>${button(t('command.archive_meeting'), () => this.act('archive', { t: 'archive_meeting' }), { kind: 'danger' })}</p>${fate(this.sent('archive'))}` : nothing}
    </section>`;
  }

  responses() {
    const record = this.told('record') ?? { responses: [] };
    const themes = this.line.channels.all('published/').flatMap(([, published]) => published ?? []);
    return this.writing('response', t('console.responses'), t('console.responses_hint'), record.responses, themes.map((/** @type {any} */ theme) => [theme.id, plainly(theme.title)]), t('field.theme'), 'theme');
  }

  errata() {
    const record = this.told('record') ?? { errata: [] };
    return this.writing('erratum', t('console.errata'), t('console.errata_hint'), record.errata, this.day.questions.map((question) => [question.question, plainly(question.title)]), t('field.question'), 'question');
  }

  /**
   * A list of what was recorded, and the form for one more.
   * @param {'response' | 'erratum'} what
   * @param {string} title
   * @param {string} hint
   * @param {any[]} recorded
   * @param {any[][]} named What it can be about.
   * @param {string} label
   * @param {'theme' | 'question'} field
   */
  writing(what, title, hint, recorded, named, label, field) {
    const languages = this.day.languages;
    const submitted = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      const about = fieldValue(form, `${what}-about`);
      const sent = this.act(what, { t: `record_${what}`, text: readWording(form, what, languages), ...(about ? { [field]: about } : {}) });
      this.line.addEventListener('fate', () => sent.fate === 'saved' && form.reset(), { once: true });
    };
    return html`<section aria-labelledby="${what}-title"><h2 id="${what}-title">${title}</h2><p class="quiet">${hint}</p>
      <ul class="plain">${recorded.map((each) => html`<li>${each.recovered ? t('report.erratum_recovered', { count: each.recovered }) : said(each.text, t('console.redacted'))}</li>`)}</ul>
      <details><summary>${t(`command.record_${what}`)}</summary><form class="form" @submit=${submitted}>
        ${wordingFields(what, t('field.text'), languages, { long: true })}
        <div class="field"><label for="${what}-about">${label}</label><select id="${what}-about" name="${what}-about"><option value="">${t('console.whole_day')}</option>${named.map(([id, words]) => html`<option value=${id}>${words}</option>`)}</select></div>
        <button type="submit">${t(`command.record_${what}`)}</button>${fate(this.sent(what))}</form></details></section>`;
  }

  redaction() {
    return html`<section aria-labelledby="redact-title"><h2 id="redact-title">${t('command.redact_text')}</h2><p class="quiet">${t('console.redact_hint')}</p>
      <form class="search" role="search" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); void this.search(event); }}>
        <label for="redact-words">${t('console.redact_words')}</label><input id="redact-words" name="words" type="search" autocomplete="off"><button type="submit">${t('console.find')}</button></form>
      ${this.ideas === null || !this.words ? nothing : this.found()}
      ${fate(this.sent('redact'))}</section>`;
  }

  found() {
    const all = holding(typedTexts(this.line.channels, this.ideas ?? {}, place.lang), this.words);
    if (all.length === 0) return html`<p class="quiet" role="status">${t('console.none_found')}</p>`;
    return html`<p class="quiet" role="status">${t('console.found', { count: all.length })}</p>
      <ul class="plain">${all.slice(0, FOUND_MOST).map((each) => html`<li>
        <p><span class="quiet">${t(`choice.${each.of}`)}${each.about ? ` · ${t('ui.table', { table: each.about })}` : ''}</span> <span lang=${each.language || place.lang}>${each.text}</span></p>
        ${this.chosen?.of === each.of && this.chosen.of_id === each.of_id ? html`<p class="asks" role="alert">${t('console.redact_asks')}</p><p class="buttons small">${button(t('console.redact_now'), () => this.redact(each), { kind: 'danger' })}${button(t('console.cancel'), () => { this.chosen = null; this.requestUpdate(); })}</p>`
          : button(t('console.redact_this'), () => { this.chosen = each; this.requestUpdate(); }, { kind: 'danger' })}</li>`)}</ul>`;
  }

  /** @param {Event} event */
  async search(event) {
    this.words = fieldValue(/** @type {HTMLFormElement} */ (event.target), 'words');
    this.chosen = null;
    const { ok, data } = await ask('GET', '/api/channels/desk');
    this.ideas = ok ? data.set : {};
    this.requestUpdate();
  }

  /** @param {Typed} typed */
  redact(typed) {
    this.act('redact', { t: 'redact_text', of: typed.of, of_id: typed.of_id });
    this.chosen = null;
    this.words = '';
  }
}

customElements.define('town-console-record', ConsoleRecord);
