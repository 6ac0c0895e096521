// The stage's private script, read from a lectern: what to say now, how long, what comes, results, messages. It changes nothing.

import { html, nothing } from '/static/vendor/lit.js';
import { fractionText } from '../models/figures.js';
import { endsIn } from '../models/scene-votes.js';
import { figuresOf, resultsOf, scriptOf } from '../models/script.js';
import { leftOver, wording } from '../models/words.js';
import { place, t } from '../pages/place.js';
import { LiveElement } from './live-element.js';

class TownStage extends LiveElement {
  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.clock = setInterval(() => this.tick(), 500);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  tick() {
    for (const mark of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('[data-until]'))) {
      const left = Number(mark.dataset['until']) - (this.live?.now() ?? 0);
      mark.textContent = left >= 0 ? leftOver(left) : `+${leftOver(-left)}`;
      mark.classList.toggle('over', left < 0);
    }
  }

  /** @override */
  updated() {
    this.tick();
  }

  /** @param {any} texts */
  say(texts) {
    const { text, language } = wording(texts, place.lang);
    return html`<span lang=${language || nothing}>${text}</span>`;
  }

  /** @override */
  render() {
    const live = this.live;
    if (!live?.channels.get('agenda')) return html`<p class="quiet">${t('ui.loading')}</p>`;
    const { running, guide, coming, messages, themes } = scriptOf(live.channels);
    const results = this.results();
    // What comes and what was sent stand below what is to be said, however many results stand beside it.
    return html`<div class="script" data-results=${results.length > 0 ? 'yes' : 'no'}><section class="now" aria-labelledby="now">
        ${this.ended ? html`<h1 id="now">${t('stage.over')}</h1>` : this.running(running, guide, coming[0])}
        ${this.themes(themes)}</section>
      <div class="after">${this.ended ? nothing : this.coming(coming)}
        <section><h2>${t('stage.messages')}</h2>${messages.length === 0 ? html`<p class="quiet">${t('stage.no_messages')}</p>` : html`<ul>${messages.map((message) => html`<li>${message.text ? this.say(message.text) : '–'}
          <p class="hint">${message.tables.length === 0 ? t('stage.to_all') : t('stage.to_tables', { tables: message.tables.join(', ') })}</p></li>`)}</ul>`}</section></div>
      <div class="side">${results}</div></div>`;
  }

  /** @param {any[]} items */
  coming(items) {
    return html`<section><h2>${t('stage.next')}</h2>${items.length === 0 ? html`<p class="quiet">${t('stage.last')}</p>` : html`<ol class="coming">${items.map((/** @type {any} */ item) => html`<li><span class="at">${item.starts_at ? startOf(item) : ''}</span> ${this.say(item.title)} <span class="quiet whole">${t('count.minutes', { count: item.minutes })}</span></li>`)}</ol>`}</section>`;
  }

  /**
   * What to say now, and how long.
   * @param {any} item
   * @param {any} guide
   * @param {any} first What comes next.
   */
  running(item, guide, first) {
    const timer = this.told('timer');
    return html`<h1 id="now">${item ? this.say(item.title) : t('stage.nothing_runs')}</h1>
        ${!item && first?.starts_at ? html`<p class="enter">${t('stage.begins', { time: startOf(first) })} ${this.say(first.title)}</p>` : nothing}
        <p class="clocks">${item?.ends_at_ms ? html`<span>${t('stage.item_left')} <strong class="time" data-until=${item.ends_at_ms}></strong></span>` : nothing}
          ${timer?.ends_at_ms ? html`<span>${timer.label ? this.say(timer.label) : t('stage.timer')} <strong class="time" data-until=${timer.ends_at_ms}></strong></span>` : nothing}</p>
        ${this.vote()}
        ${guide?.say ? html`<p class="say">${this.say(guide.say)}</p>` : !item ? nothing : html`<p class="quiet">${t('stage.no_guide')}</p>`}
        ${guide?.enter ? html`<p class="enter"><strong>${t('stage.tables_enter')}</strong> ${this.say(guide.enter)}</p>` : nothing}`;
  }

  /** @param {any[]} themes */
  themes(themes) {
    if (themes.length === 0) return nothing;
    return html`<h2>${t('stage.themes')}</h2><ol class="themes-told">${themes.map((theme) => html`<li><strong>${this.say(theme.title)}</strong>
      <span class="quiet">${t('count.ideas_from_tables', { count: theme.ideas, tables: t('count.tables', { count: theme.tables }) })}</span>
      ${theme.quotes.map((/** @type {any} */ quote) => html`<q lang=${quote.language}>${quote.text}</q>`)}</li>`)}</ol>`;
  }

  vote() {
    const open = this.told('open');
    if (!open?.question) return nothing;
    const votes = this.told(`votes/${open.question}`);
    return html`<section class="open-vote"><h2>${t('stage.vote')}</h2><p>${this.say(open.title)}</p>
      <p>${votes ? t('count.voted', { count: votes.voted, present: votes.present }) : ''} ${open.closes_at_ms ? html`<strong class="time" data-until=${open.closes_at_ms}></strong>` : nothing}</p></section>`;
  }

  results() {
    if (!this.live) return [];
    return resultsOf(this.live.channels).map(({ result, early }) => html`<section class="result" data-early=${early}><h2>${this.say(result.title)}</h2>
      <p>${early ? html`<strong class="early">${t('stage.not_shown')}</strong>` : t('stage.shown')} <span class="whole">${t('stage.answered', { count: result.base ?? result.voted })}</span>
        ${result.paper ? html`<span class="quiet whole">${t('stage.on_paper', { count: result.paper })}</span>` : nothing}</p>
      <ol class="figures">${this.ranked(result).map((/** @type {any} */ option) => html`<li>${option.text ? this.say(option.text) : t(`option.${option.id}`)} <strong>${figuresOf(result).get(option.id)}</strong></li>`)}</ol>
      ${result.kind === 'rating' ? html`<p class="quiet scale">${t('air.average_of', tied(endsIn(result.scale ?? [], place.lang)))}</p>` : nothing}
      ${result.kind === 'number' && result.mean ? html`<p><strong>${fractionText(result.mean)}</strong> ${t('stage.mean')}</p>` : nothing}</section>`);
  }

  /** @param {any} result */
  ranked(result) {
    return [...(result.options ?? [])].sort((a, b) => a.rank - b.rank);
  }
}

/**
 * The ends of a scale, each figure on one line with its sign.
 * @param {{most: string, least: string}} ends
 */
function tied({ most, least }) {
  return { most: most.replace(' = ', '\u00a0=\u00a0'), least: least.replace(' = ', '\u00a0=\u00a0') };
}

/** @param {{starts_at: string}} item */
function startOf(item) {
  return t('date.clock', { hour: item.starts_at.slice(0, 2), minute: item.starts_at.slice(3, 5) });
}

customElements.define('town-stage', TownStage);
