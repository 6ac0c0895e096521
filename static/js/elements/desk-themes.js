// The themes of the item in the team's order, with their keys; ideas are filed by a tap, dropped here, or opened by name.

import { classMap, html, nothing, repeat } from '/static/vendor/lit.js';
import { pulseOf } from '../models/pulse.js';
import { both, missing, said } from './wordings.js';
import { t } from '../pages/place.js';
import { DRAGGED } from './desk-pile.js';
import { dotted } from './dotted.js';
import { RoomElement } from './room-element.js';

/** @typedef {import('../models/desk.js').Theme} Theme */

const KEYS = 9;

class DeskThemes extends RoomElement {
  /** @override */
  static hears = ['ideas', 'themes', 'rest', 'current', 'pile'];

  /** @override */
  static properties = { ...RoomElement.properties, over: { state: true } };

  constructor() {
    super();
    this.over = '';
  }

  /** @override */
  render() {
    const room = this.room;
    if (!room) return nothing;
    const themes = room.desk.themesOf(room.filter.item);
    return html`<h2>${t('themes.themes')} <span class="number">${themes.length}</span></h2>
      <ol class="themes" @dragover=${this.dragOver} @dragleave=${() => (this.over = '')} @drop=${this.drop}>
        ${repeat(themes, (theme) => theme.id, (theme, at) => this.theme(theme, at + 1))}</ol>
      ${themes.length === 0 ? html`<p class="empty">${t('themes.no_themes')}</p>` : nothing}
      ${this.minority()}
      ${room.leads && !room.desk.ended && themes.some((theme) => missing(theme.title).length > 0) ? html`<p class="hint">${t('themes.some_missing')}</p>` : nothing}
      ${this.madeList()}
      ${room.desk.ended ? nothing : html`<div class="desk-foot"><div class="buttons">
        <button type="button" ?disabled=${room.filter.item === ''} @click=${() => this.asks('new')}>${t('themes.new_theme')}</button>
        ${room.leads ? this.leader(themes) : nothing}</div>
        ${room.leads ? nothing : html`<p class="hint">${t('themes.leader_publishes')}</p>`}</div>`}`;
  }

  /**
   * @param {Theme} theme
   * @param {number} number
   */
  theme(theme, number) {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    const holds = room.idea?.themes.includes(theme.id) ?? false;
    const published = room.desk.published.get(theme.item)?.some((each) => each.id === theme.id) ?? false;
    return html`<li class=${classMap({ theme: true, over: this.over === theme.id, opened: room.filter.theme === theme.id })} data-theme=${theme.id}>
      <button type="button" class="key" aria-pressed=${holds} ?disabled=${!room.current || room.desk.ended}
        @click=${() => this.dispatchEvent(new CustomEvent('file', { detail: { theme: theme.id }, bubbles: true }))}>${number <= KEYS ? number : '+'}<span class="unseen"> ${t('themes.file_under')} ${said(theme.title)}</span></button>
      <button type="button" class="name" aria-pressed=${room.filter.theme === theme.id} @click=${() => this.opens(theme.id)}>
        ${theme.redacted ? html`<span class="quiet">${t('themes.no_words')}</span>` : both(theme.title)}</button>
      <p class="counts">${t('count.ideas_from_tables', { count: theme.ideas, tables: t('count.tables', { count: theme.tables }) })}
        ${theme.minority > 0 ? html`<span class="mark">${t('themes.minority_in', { count: theme.minority })}</span>` : nothing}
        ${theme.quotes.length > 0 ? html`<span class="mark">${t('themes.quotes_in', { count: theme.quotes.length })}</span>` : nothing}
        ${published ? html`<span class="mark on-stage">${t('themes.on_stage')}</span>` : nothing}</p></li>`;
  }

  /** Minority views lie in a tray of their own: never dropped, never voted on. */
  minority() {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    const { trays, minorityTables } = pulseOf(room.desk.ideas.values(), room.filter.item, () => true);
    const chosen = room.filter.tray === 'minority' && room.filter.theme === '';
    return html`<p class="minority"><button type="button" class="name" aria-pressed=${chosen} @click=${() => room.choose({ tray: 'minority', theme: '', mine: false })}>${t('themes.minority')}</button>
      <span class="counts">${t('count.ideas_from_tables', { count: trays.minority, tables: t('count.tables', { count: minorityTables }) })}</span></p>`;
  }

  /** @param {Theme[]} themes */
  leader(themes) {
    return html`<button type="button" ?disabled=${themes.length === 0} @click=${() => this.asks('publish')}>${t('themes.to_stage')}</button>
      <button type="button" ?disabled=${themes.filter((theme) => !theme.redacted).length < 2} @click=${() => this.asks('question')}>${t('themes.make_question')}</button>`;
  }

  madeList() {
    const made = [...(this.room?.desk.made.values() ?? [])].filter((each) => each.item === this.room?.filter.item);
    if (made.length === 0) return nothing;
    return html`<h3>${t('themes.questions_made')}</h3><ul class="plain made">${made.map((each) => html`<li>${said(each.title)}
      <span class="quiet">${dotted(t(`question_state.${each.state}`), t('count.options', { count: each.options }))}</span></li>`)}</ul>`;
  }

  /** @param {string} theme */
  opens(theme) {
    this.room?.choose(this.room.filter.theme === theme ? { theme: '', tray: 'unread' } : { theme, search: '', mine: false });
  }

  /** @param {DragEvent} event */
  dragOver(event) {
    const theme = themeAt(event);
    if (!theme || !event.dataTransfer?.types.includes(DRAGGED)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    this.over = theme;
  }

  /** @param {DragEvent} event */
  drop(event) {
    const theme = themeAt(event);
    const idea = event.dataTransfer?.getData(DRAGGED);
    this.over = '';
    if (!theme || !idea) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('file', { detail: { theme, idea }, bubbles: true }));
  }

  /** @param {string} what */
  asks(what) {
    this.dispatchEvent(new CustomEvent('ask', { detail: what, bubbles: true }));
  }
}

/** @param {Event} event */
function themeAt(event) {
  return /** @type {HTMLElement} */ (event.target).closest('[data-theme]')?.getAttribute('data-theme') ?? '';
}

customElements.define('town-desk-themes', DeskThemes);
