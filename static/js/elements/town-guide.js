// The guide card of the agenda item, its background with for and against side by side, and the themes that the
// theme team made of it.

import { html, nothing } from '/static/vendor/lit.js';
import { wording } from '../models/words.js';
import { place, t } from '../pages/place.js';
import { dotted } from './dotted.js';
import { TableElement } from './table-element.js';

/** @param {any} texts */
function words(texts) {
  const { text, language } = wording(texts, place.lang);
  return html`<span lang=${language}>${text}</span>`;
}

/** @param {any} texts */
function paragraphs(texts) {
  const { text, language } = wording(texts, place.lang);
  return text.split(/\n{2,}/).map((each) => html`<p lang=${language}>${each}</p>`);
}

export class TownGuide extends TableElement {
  constructor() {
    super();
    /** Which background page is open, by its place. @type {number | null} */
    this.page = null;
  }

  /** @override */
  render() {
    if (this.ended) return this.themes() === nothing ? html`<p class="quiet">${t('table.meeting_over')}</p>` : this.themes();
    const item = this.item;
    const guide = item ? this.told(`guide/${item.id}`) : undefined;
    return html`${item ? this.card(item, guide) : html`<p class="quiet">${t('table.no_item_yet')}</p>`}${this.themes()}${this.background(guide)}`;
  }

  /**
   * @param {any} item
   * @param {any} guide
   */
  card(item, guide) {
    return html`<p>${dotted(html`<b>${words(item.title)}</b>`, t('count.minutes', { count: item.minutes }))}</p>
      ${guide?.say ? html`<h3>${t('table.say')}</h3><p class="say">${words(guide.say)}</p>` : nothing}
      ${guide?.enter ? html`<h3>${t('table.enter')}</h3><p>${words(guide.enter)}</p>` : nothing}
      ${guide ? nothing : html`<p class="quiet">${t('table.no_guide')}</p>`}
      ${guide?.background.length ? html`<h3>${t('table.background')}</h3><ul class="plain-list">${guide.background.map((/** @type {any} */ page, /** @type {number} */ at) => html`<li>
        <button type="button" @click=${() => this.open(at)}>${words(page.title)}</button></li>`)}</ul>` : nothing}`;
  }

  /** @param {number} at */
  open(at) {
    this.page = at;
    this.requestUpdate();
    void this.updateComplete.then(() => /** @type {HTMLDialogElement | null} */ (this.querySelector('dialog'))?.showModal());
  }

  /** @param {any} guide */
  background(guide) {
    const page = this.page === null ? undefined : guide?.background[this.page];
    return html`<dialog class="background" aria-labelledby="background-title" @close=${() => { this.page = null; this.requestUpdate(); }}>
      ${page ? html`<h2 id="background-title" tabindex="-1" autofocus>${words(page.title)}</h2>${paragraphs(page.body)}
        <div class="sides"><section><h3>${t('table.for')}</h3>${paragraphs(page.for)}
          ${page.reviewed_for_by ? html`<p class="hint">${t('table.reviewed_by')} ${words(page.reviewed_for_by)}</p>` : nothing}</section>
        <section><h3>${t('table.against')}</h3>${paragraphs(page.against)}
          ${page.reviewed_against_by ? html`<p class="hint">${t('table.reviewed_by')} ${words(page.reviewed_against_by)}</p>` : nothing}</section></div>
        <form method="dialog"><button type="submit">${t('table.close')}</button></form>` : nothing}</dialog>`;
  }

  themes() {
    const agenda = this.told('agenda');
    const published = (agenda?.items ?? []).map((/** @type {any} */ item) => ({ item, themes: this.told(`published/${item.id}`) })).filter((/** @type {any} */ each) => each.themes?.length);
    if (published.length === 0) return nothing;
    return html`<h3>${t('table.themes')}</h3>${published.map((/** @type {any} */ { item, themes }) => html`<details><summary>${words(item.title)}</summary>
      <ol class="themes">${themes.map((/** @type {any} */ theme) => html`<li>${words(theme.title)} <span class="quiet">${t('count.ideas_from_tables', { count: theme.ideas, tables: t('count.tables', { count: theme.tables }) })}</span>
        ${theme.quotes.map((/** @type {any} */ quote) => html`<br><q lang=${quote.language}>${quote.text ?? ''}</q>`)}</li>`)}</ol></details>`)}`;
  }
}
customElements.define('town-guide', TownGuide);
