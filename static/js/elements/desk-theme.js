// A theme that was opened by its name: its words in both languages, its quotes, and what can be done with it.

import { html, nothing } from '/static/vendor/lit.js';
import { t } from '../pages/place.js';
import { RoomElement } from './room-element.js';
import { both } from './wordings.js';

/** @typedef {import('../models/desk.js').Theme} Theme */

class DeskTheme extends RoomElement {
  /** @override */
  static hears = ['themes', 'rest', 'pile', 'ideas'];

  /** @override */
  render() {
    const room = this.room;
    const theme = room?.desk.themes.get(room.filter.theme);
    if (!room || !theme) return nothing;
    const order = room.desk.themesOf(theme.item).map((each) => each.id);
    const at = order.indexOf(theme.id);
    return html`<section class="opened-theme" aria-label=${t('themes.this_theme')}>
      <h2>${both(theme.title)}</h2>
      ${this.quotes(theme)}
      <div class="buttons">
        ${room.desk.ended ? nothing : html`<button type="button" @click=${() => this.asks('rename')}>${t('themes.rename')}</button>
        <button type="button" ?disabled=${order.length < 2} @click=${() => this.asks('merge')}>${t('themes.merge')}</button>
        <button type="button" ?disabled=${at <= 0} @click=${() => this.move(order, at, -1)}>${t('themes.earlier')}</button>
        <button type="button" ?disabled=${at >= order.length - 1} @click=${() => this.move(order, at, 1)}>${t('themes.later')}</button>`}
        <button type="button" @click=${() => room.choose({ theme: '', tray: 'unread' })}>${t('themes.back')}</button>
      </div></section>`;
  }

  /** @param {Theme} theme */
  quotes(theme) {
    if (theme.quotes.length === 0) return html`<p class="quiet">${t('themes.no_quotes')}</p>`;
    return html`<ul class="quotes" aria-label=${t('themes.quotes')}>${theme.quotes.map((quote) => {
      const idea = this.room?.desk.ideas.get(quote.idea);
      return html`<li><q lang=${quote.language}>${quote.text ?? t('themes.no_words')}</q>
        <span class="quiet">${t('themes.t', { table: idea?.table ?? '–' })}</span>
        ${idea && idea.revision !== quote.revision ? html`<span class="mark">${t('themes.changed_since')}</span>` : nothing}
        ${this.room?.desk.ended ? nothing : html`<button type="button" @click=${() => this.room?.quote(quote.idea, theme.id)}>${t('themes.unquote')}</button>`}</li>`;
    })}</ul>`;
  }

  /**
   * @param {string[]} order
   * @param {number} at
   * @param {1 | -1} step
   */
  move(order, at, step) {
    const themes = [...order];
    const [moved] = themes.splice(at, 1);
    themes.splice(at + step, 0, /** @type {string} */ (moved));
    this.room?.give({ t: 'order_themes', item: this.room.filter.item, themes }, { key: 'themes.did_order', theme: moved ?? '' });
  }

  /** @param {string} what */
  asks(what) {
    this.dispatchEvent(new CustomEvent('ask', { detail: what, bubbles: true }));
  }
}

customElements.define('town-desk-theme', DeskTheme);
