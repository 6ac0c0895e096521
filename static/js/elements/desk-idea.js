// The idea that is read, large: whose it is, where it lies, what its letters hint at, and what can be done with it.

import { html, nothing } from '/static/vendor/lit.js';
import { fileable } from '../models/pile.js';
import { whole } from '../models/words.js';
import { place, t } from '../pages/place.js';
import { givenWords, themeName } from './desk-words.js';
import { dotted } from './dotted.js';
import { RoomElement } from './room-element.js';
import { languageName } from './wordings.js';

/** @typedef {import('../models/desk.js').Idea} Idea */

/** So many ideas in the same words are named: more would stand where the buttons are. */
const SAME_MOST = 3;

class DeskIdea extends RoomElement {
  /** @override */
  static hears = ['ideas', 'themes', 'rest', 'current', 'hints', 'given'];

  /** @override */
  static properties = { ...RoomElement.properties, note: { state: true } };

  constructor() {
    super();
    this.note = '';
    /** The idea that the note is about. @type {string | undefined} */
    this.about = undefined;
  }

  /**
   * Say something about the idea that is read, until another is.
   * @param {string} words
   */
  say(words) {
    this.note = words;
    this.about = this.room?.current?.id;
  }

  /** Where a reader who leafs on by key goes on reading. */
  focusWords() {
    void this.updateComplete.then(() => /** @type {HTMLElement | null} */ (this.querySelector('.idea-head'))?.focus());
  }

  /** @override */
  render() {
    const room = this.room;
    if (!room) return nothing;
    const idea = room.idea;
    const nowhere = !idea && room.ahead.length === 0 && this.waiting() === 0;
    return html`<section class="idea" aria-label=${t('themes.this_idea')}>
      <div class=${room.noneYet ? 'idea-read bare' : 'idea-read'}>${idea ? this.one(idea) : this.none()}</div>
      ${room.desk.ended ? html`<p class="over">${t('themes.said_over')}</p>` : nothing}
      <div class="idea-acts">
        ${room.desk.ended ? nothing : html`<button type="button" class="primary" ?disabled=${!idea || !fileable(idea)} @click=${() => this.asks('move')}>${t('themes.move')}</button>`}
        <button type="button" aria-disabled=${nowhere} @click=${() => this.leaf('next')}>${t('themes.next')}</button>
        <button type="button" ?disabled=${room.trail.length === 0} @click=${() => this.leaf('previous')}>${t('themes.previous')}</button>
        ${room.desk.ended ? nothing : html`<button type="button" aria-disabled=${room.undoes.act === undefined} @click=${() => this.asks('undo')}>${t('themes.undo')}</button>`}
      </div>
      <p class="fate given" role="status" data-fate=${this.last()?.sent.fate ?? ''}>${this.saying()}</p>
    </section>`;
  }

  last() {
    return this.noted() ? undefined : this.room?.given.at(-1);
  }

  noted() {
    return this.note !== '' && this.about === this.room?.current?.id;
  }

  saying() {
    const last = this.last();
    return last && this.room ? givenWords(this.room, last) : this.noted() ? this.note : '';
  }

  none() {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    if (room.noneYet) return html`<h2 class="idea-head" tabindex="-1">${t('themes.empty_head')}</h2>
      <p class="idea-words quiet">${t(room.desk.items.length === 0 ? 'themes.empty_agenda' : 'themes.empty')}</p>`;
    const count = this.waiting();
    const words = count > 0 && room.filter.tray === 'unread' ? t('themes.waiting', { count }) : t('themes.nothing_waits');
    return html`<h2 class="idea-head" tabindex="-1">${t('themes.no_idea')}</h2>
      <p class="idea-words quiet">${words} ${count === 0 && room.pile.ids.length > 0 ? t('themes.look_again') : ''}</p>`;
  }

  /** How many of the pile nobody has read. */
  waiting() {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    return [...room.pile.wanted].filter((id) => !room.isMarked(id)).length;
  }

  /** @param {Idea} idea */
  one(idea) {
    const changed = this.room?.current?.revision !== idea.revision;
    return html`<h2 class="idea-head" tabindex="-1">${dotted(t('ui.table', { table: idea.table }), t(`idea_kind.${idea.kind}`))}
        ${idea.language === place.lang ? nothing : html`<small>${languageName(idea.language)}</small>`}</h2>
      <blockquote class="idea-words" lang=${idea.language} aria-live="off" tabindex="0">${idea.text ? whole(idea.text) : html`<span class="quiet">${t('themes.redacted')}</span>`}</blockquote>
      <div class="idea-state">
        ${changed ? html`<p class="warn">${t('themes.changed_now')} <button type="button" @click=${() => this.room?.readAgain()}>${t('themes.read_again')}</button></p>` : nothing}
        ${idea.withdrawn ? html`<p class="warn">${t('themes.withdrawn_long')}</p>` : nothing}
        ${idea.kind === 'request' ? html`<p class="warn">${t('themes.request_long')}</p>` : nothing}
        ${idea.answers.map((answer) => html`<p>${t('themes.answered')} <q lang=${answer.language}>${answer.text ?? t('themes.no_words')}</q></p>`)}
        <ul class="filed-under" aria-label=${t('themes.filed_under')}>${idea.themes.length === 0 ? html`<li class="quiet">${t('themes.under_none')}</li>` : idea.themes.map((theme) => this.under(idea, theme))}</ul>
      </div>
      <div class="hints">${this.hints(idea)}</div>`;
  }

  /**
   * @param {Idea} idea
   * @param {string} theme
   */
  under(idea, theme) {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    const name = themeName(room, theme);
    const quoted = room.quoted(idea.id, theme);
    if (room.desk.ended) return html`<li><span class="name">${name}</span>${quoted ? html` <span class="mark">${t('themes.kind_quote')}</span>` : nothing}</li>`;
    return html`<li><span class="name">${name}</span>
      ${idea.changed_since ? html`<button type="button" @click=${() => room.file(theme, { stay: true })}>${t('themes.file_new_words')}</button>` : nothing}
      <button type="button" aria-pressed=${quoted} @click=${() => room.quote(idea.id, theme)}>${t('themes.quote')}<span class="unseen"> ${name}</span></button>
      <button type="button" @click=${() => room.unfile(idea.id, theme)}>${t('themes.unfile')}<span class="unseen"> ${name}</span></button></li>`;
  }

  /** @param {Idea} idea */
  hints(idea) {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    const hinted = room.hinting.hinted;
    if (hinted?.idea !== idea.id) return nothing;
    const likely = hinted.likely.filter((theme) => room.desk.themes.has(theme) && !idea.themes.includes(theme));
    const same = this.same(hinted.same);
    return html`${likely.length === 0 || !fileable(idea) || room.desk.ended ? nothing : html`<p><span class="quiet">${t('themes.likely')}</span>
        ${likely.map((theme) => html`<button type="button" class="hinted" @click=${() => this.dispatchEvent(new CustomEvent('file', { detail: { theme }, bubbles: true }))}>${this.numbered(theme)}</button>`)}</p>`}
      ${same.length === 0 ? nothing : html`<p><span class="quiet">${t('themes.same_words')}</span>
        ${same.map((other) => html`<button type="button" class="hinted" @click=${() => room.open(other.id)}>${t('themes.t', { table: other.table })}${other.themes.length > 0 ? html` → ${other.themes.map((theme, at) => html`${at > 0 ? ', ' : ''}${this.briefly(theme)}`)}` : nothing}</button>`)}</p>`}`;
  }

  /**
   * The nearest of those in the same words, one of each table and theme, in the order of the room.
   * @param {string[]} ids The nearest first.
   */
  same(ids) {
    const { ideas, tables } = /** @type {NonNullable<typeof this.room>} */ (this.room).desk;
    /** @type {Map<string, Idea>} */
    const found = new Map();
    for (const id of ids) {
      const other = ideas.get(id);
      const where = JSON.stringify([other?.table, other?.themes]);
      if (other && !found.has(where) && found.size < SAME_MOST) found.set(where, other);
    }
    return [...found.values()].sort((one, other) => tables.indexOf(one.table) - tables.indexOf(other.table));
  }

  /**
   * The key of a theme, where it has one.
   * @param {string} theme
   */
  keyOf(theme) {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    const number = room.desk.themesOf(room.filter.item).findIndex((each) => each.id === theme) + 1;
    return number <= 9 ? number : 0;
  }

  /**
   * To the eye its number alone, which stands before its name at the side.
   * @param {string} theme
   */
  briefly(theme) {
    const [key, name] = [this.keyOf(theme), themeName(/** @type {NonNullable<typeof this.room>} */ (this.room), theme)];
    return key ? html`<kbd>${key}</kbd><span class="unseen"> ${name}</span>` : name;
  }

  /** @param {string} theme */
  numbered(theme) {
    const [key, name] = [this.keyOf(theme), themeName(/** @type {NonNullable<typeof this.room>} */ (this.room), theme)];
    return key ? html`<kbd>${key}</kbd> ${name}` : name;
  }

  /** @param {'next' | 'previous'} way */
  leaf(way) {
    this.note = '';
    this.room?.[way]();
  }

  /** @param {string} what */
  asks(what) {
    this.dispatchEvent(new CustomEvent('ask', { detail: what, bubbles: true }));
  }
}

customElements.define('town-desk-idea', DeskIdea);
