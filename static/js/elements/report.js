// <town-report>: what has been shown so far, for those who decide and those who look on. Page 1 first; it moves
// only when the meeting shows something, and knows nothing that the room has not seen.

import { html, nothing } from '/static/vendor/lit.js';
import { clockText } from '../models/clock.js';
import { exactText } from '../models/figures.js';
import { dissent, missing, said, shownResults } from '../models/summary.js';
import { wording } from '../models/words.js';
import { place, t } from '../pages/place.js';
import { LiveElement } from './live-element.js';
import { dateText, doneBy, inWords, line, resultOf, tell, themeOf, titled, words } from './report-parts.js';

/** @typedef {import('../models/summary.js').Said} Said */

class TownReport extends LiveElement {
  /** @param {Said} line */
  figure({ result, option, share, base }) {
    if (!option) return tell('report.mean_of', { mean: `${exactText(result['mean'])} ${wording(result['unit'], place.lang).text}`.trim(), count: base });
    if (result['kind'] !== 'rating') return tell('report.share_of', { share: inWords(share), count: base });
    const top = result['scale'].reduce((/** @type {any} */ a, /** @type {any} */ b) => (b.value > a.value ? b : a));
    const step = top.text && Object.keys(top.text).length > 0 ? words(top.text) : html`${top.value}`;
    return html`${tell('report.top_of', { share: inWords(share), count: base })} “${step}”`;
  }

  /** @param {Said[]} lines */
  answer(lines) {
    const result = /** @type {Said} */ (lines[0]).result;
    return html`<li><a class="hint" href=${`#question-${result['question']}`}>${words(result['title'])}</a>
      ${lines.map((line) => html`<p>${line.rank ? html`${line.rank}. ` : nothing}${line.option ? html`<strong>${words(line.option.text)}</strong> ` : nothing}<span class="whole">${this.figure(line)}</span></p>`)}</li>`;
  }

  /** @param {any[]} results */
  summary(results) {
    const answers = said(results);
    const against = dissent(results);
    return html`<h2>${tell('report.said')}</h2>
      ${answers.length > 0 ? html`<ul class="said">${answers.map((lines) => this.answer(lines))}</ul>` : html`<p class="empty">${tell('report.said_nothing')}</p>`}
      <h2>${tell('report.dissent')}</h2>
      ${against ? html`<p class="asked"><a class="hint" href=${`#question-${against.result['question']}`}>${words(against.result['title'])}</a><br>
        <strong>${words(against.option.text)}</strong>: ${tell('report.share_of', { share: inWords(against.share), count: against.base })}</p>` : html`<p class="empty">${tell('report.dissent_none')}</p>`}`;
  }

  get over() {
    return ['closed', 'archived'].includes(this.told('meeting')?.phase);
  }

  /** Who is in the room, and who is missing. */
  room() {
    const room = this.told('room');
    const census = this.told('census') ?? [];
    const present = Object.values(room?.present ?? {}).reduce((a, b) => Number(a) + Number(b), 0);
    const gaps = missing(census);
    return html`<h2>${tell('report.who')}</h2>
      ${room ? html`<p>${tell(this.over ? 'report.present_then' : present ? 'report.present_now' : 'report.present_none', { count: Number(present), tables: t('count.tables', { count: room.tables }) })}</p>` : nothing}
      ${census.length === 0 ? html`<p class="empty">${tell('report.not_compared')}</p>` : gaps.length === 0 ? html`<p>${tell('report.missing_none')}</p>` : html`<ul>${gaps.map(({ title, option, base }) => html`<li>
        <span class="hint">${words(title)}</span> ${words(option.text)}: ${tell('report.beside', { room: inWords(option.share_tenths), census: inWords(option.census_tenths) })}
        <span class="hint whole">${tell('report.comparable', { count: base })}</span></li>`)}</ul>`}`;
  }

  /** @param {any} about */
  asked(about) {
    return html`<h2>${tell('report.asked_of')}</h2><p>${about.asked_of ? words(about.asked_of) : tell('report.asked_of_none')}</p>
      ${about.decision_makers?.length ? html`<p>${tell('report.decision_makers')}: ${about.decision_makers.map((/** @type {any} */ who, /** @type {number} */ at) => html`${at ? ', ' : nothing}${words(who)}`)}</p>` : nothing}
      ${about.results_due ? html`<p>${tell('report.results_due', { date: dateText(about.results_due) })}</p>` : nothing}`;
  }

  /** @param {any[]} results */
  topics(results) {
    const items = this.told('agenda')?.items ?? [];
    const topic = results.filter((result) => result.purpose === 'topic');
    const known = new Set(items.map((/** @type {any} */ item) => item.id));
    const rest = topic.filter((result) => !known.has(result.item));
    const parts = items.map((/** @type {any} */ item) => {
      const themes = this.told(`published/${item.id}`) ?? [];
      const here = topic.filter((result) => result.item === item.id);
      if (themes.length === 0 && here.length === 0) return nothing;
      return html`<section><h2>${words(item.title)}</h2>${themes.length > 0 ? html`<h3>${tell('report.themes')}</h3><ul class="themes">${themes.map(themeOf)}</ul>` : nothing}${here.map(resultOf)}</section>`;
    });
    return html`${parts}${rest.length > 0 ? html`<section><h2>${tell('report.other_questions')}</h2>${rest.map(resultOf)}</section>` : nothing}`;
  }

  /**
   * @param {string} title
   * @param {any[]} results
   */
  group(title, results) {
    return results.length > 0 ? html`<section><h2>${tell(title)}</h2>${results.map(resultOf)}</section>` : nothing;
  }

  /** Hands that were counted beside the record: how many agreed, never which. */
  samples() {
    const samples = this.told('samples') ?? [];
    if (samples.length === 0) return nothing;
    return html`<h3>${tell('report.samples')}</h3><p>${tell('report.samples_how')}</p><ul class="samples">${samples.map((/** @type {any} */ each) => html`<li>
      ${tell('report.sample_dice', { time: clockText(each.at_ms, place.lang, t), dice: each.dice.join(' ') })} ${this.sampled(each)}</li>`)}</ul>`;
  }

  /** @param {{pairs: number, entered: number, outcome: {pairs: number, agreed: number, missing: number, differ_at_most: number} | null}} sample */
  sampled({ pairs, entered, outcome }) {
    if (!outcome) return tell('report.sample_open', { entered, drawn: pairs });
    return html`<strong>${tell('report.sample_agreed', { agreed: outcome.agreed, pairs: outcome.pairs })}</strong>
      ${outcome.missing > 0 ? tell('report.sample_missing', { count: outcome.missing }) : nothing}
      ${tell('report.sample_most', { share: inWords(outcome.differ_at_most) })}`;
  }

  /** The rounds that do not count, why, and who said so. */
  voided() {
    const voided = this.told('voided') ?? [];
    const why = (/** @type {any} */ each) => (each.taken_back ? tell('report.taken_back') : each.key_lost ? tell('report.key_lost') : html`${tell('report.reason')} ${words(each.reason)}`);
    if (voided.length === 0) return nothing;
    return html`<h3>${tell('report.voided')}</h3><ul>${voided.map((/** @type {any} */ each) => html`<li>${titled(each.title)}
      ${tell('report.sentence', { text: t('report.voided_line', { round: each.round, count: each.voted }) })} ${doneBy(each.by, each.asked_by)} ${why(each)}</li>`)}</ul>`;
  }

  /** The questions that were asked once more, and why. */
  again() {
    const again = this.told('again') ?? [];
    if (again.length === 0) return nothing;
    return html`<h3>${tell('report.again')}</h3><ul>${again.map((/** @type {any} */ each) => html`<li>${titled(each.title)}
      ${tell('report.sentence', { text: t('report.again_line', { round: each.round, after: each.after, was: t(`report.was.${each.was}`), count: each.voted }) })}
      ${doneBy(each.by, each.asked_by)} ${tell('report.reason')} ${words(each.reason)}</li>`)}</ul>`;
  }

  /** Corrections, responses, and what does not count. */
  record() {
    const record = this.told('record') ?? {};
    return html`<section><h2>${tell('report.record')}</h2>
      ${record.responses?.length ? html`<h3>${tell('report.responses')}</h3><ul>${record.responses.map((/** @type {any} */ each) => html`<li>${words(each.text)}</li>`)}</ul>` : nothing}
      <h3>${tell('report.errata')}</h3>${record.errata?.length ? html`<ul>${record.errata.map((/** @type {any} */ each) => html`<li>${each.recovered ? tell('report.erratum_recovered', { count: each.recovered }) : words(each.text)}</li>`)}</ul>` : html`<p>${tell('report.errata_none')}</p>`}
      ${this.voided()}${this.again()}${this.samples()}</section>`;
  }

  agenda() {
    const agenda = this.told('agenda');
    if (!agenda) return nothing;
    const at = (/** @type {any} */ item) => (item.begun_at_ms ? clockText(item.begun_at_ms, place.lang, t) : item.starts_at ? tell('date.clock', { hour: item.starts_at.slice(0, 2), minute: item.starts_at.slice(3, 5) }) : '');
    return html`<section><h2>${tell('report.agenda')}</h2><ol class="plain agenda">${agenda.items.map((/** @type {any} */ item) => html`<li aria-current=${item.state === 'running' && !this.over ? 'step' : nothing}>
      <span class="at">${at(item)}</span> <span class="what">${words(item.title)} <span class="hint">${tell(`report.item.${this.over && item.state === 'running' ? 'until_close' : item.state}`)}</span></span></li>`)}</ol></section>`;
  }

  /** @override */
  render() {
    const meeting = this.told('meeting');
    if (!meeting || !this.live) return html`<p class="quiet">${tell('ui.loading')}</p>`;
    const results = shownResults(this.live.channels);
    const of = (/** @type {string} */ purpose) => results.filter((result) => result['purpose'] === purpose);
    const about = this.told('about') ?? {};
    return html`<header class="head">${place.meeting.startsWith('rehearsal_') ? html`<p class="preliminary">${tell('report.rehearsal')}</p>` : nothing}${this.over ? nothing : html`<p class="preliminary">${tell('report.preliminary')}</p>`}
        <h1>${words(meeting.title)}</h1><p class="hint">${meeting.place ? html`${words(meeting.place)}, ` : nothing}${line(dateText(meeting.date))}</p>
        <p><strong>${tell('report.promised_level', { level: t(`level.${meeting.level}`) })}</strong> ${tell(`level_promise.${meeting.level}`)}</p></header>
      ${this.summary(results)}${this.room()}${this.asked(about)}${this.topics(results)}
      ${this.group('report.priorities', of('priority'))}${this.group('report.attendance', of('demographic'))}${this.group('report.evaluation', of('evaluation'))}
      ${this.record()}${this.agenda()}`;
  }
}

customElements.define('town-report', TownReport);
