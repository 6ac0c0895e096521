// Under which themes the idea lies: one press each, by mouse, finger or keyboard (WCAG 2.5.7).

import { html, nothing } from '/static/vendor/lit.js';
import { folded } from '../models/folded.js';
import { t } from '../pages/place.js';
import { RoomDialog } from './room-dialog.js';
import { both } from './wordings.js';

const LONG = 9;

class DeskMove extends RoomDialog {
  /** @override */
  static hears = ['themes', 'ideas', 'given'];

  /** @override */
  static properties = { ...RoomDialog.properties, search: { state: true } };

  constructor() {
    super();
    this.search = '';
    /** @type {string | undefined} */
    this.idea = undefined;
  }

  /** @override */
  heading() {
    return t('themes.move_head');
  }

  /** @override */
  begin() {
    this.search = '';
    this.idea = this.room?.current?.id;
  }

  /** @override */
  closesWhenSaved() {
    return false;
  }

  /** @override */
  body() {
    const room = this.room;
    const idea = room?.desk.ideas.get(this.idea ?? '');
    if (!room || !idea) return nothing;
    const themes = room.desk.themesOf(idea.item);
    const words = folded(this.search);
    const found = themes.filter((theme) => folded(Object.values(theme.title ?? {}).join(' ')).includes(words));
    return html`<blockquote lang=${idea.language}>${idea.text ?? ''}</blockquote>
      ${themes.length <= LONG ? nothing : html`<div class="field"><label for="move-search">${t('themes.find_theme')}</label>
        <input id="move-search" type="search" autocomplete="off" .value=${this.search} @input=${(/** @type {Event} */ event) => (this.search = /** @type {HTMLInputElement} */ (event.target).value)}></div>`}
      <ul class="move-list">${found.map((theme, at) => {
        const holds = idea.themes.includes(theme.id);
        return html`<li><button type="button" ?autofocus=${at === 0} aria-pressed=${holds} @click=${() => this.press(theme.id, holds)}>
          <span class="tick" aria-hidden="true">${holds ? '✓' : ''}</span><span>${both(theme.title)}</span></button></li>`;
      })}</ul>
      ${themes.length === 0 ? html`<p class="empty">${t('themes.no_themes')}</p>` : nothing}
      <div class="buttons"><button type="button" @click=${this.anew}>${t('themes.new_theme')}</button>
        <button type="button" class="primary" @click=${this.done}>${t('themes.done_next')}</button></div>`;
  }

  /**
   * @param {string} theme
   * @param {boolean} holds
   */
  press(theme, holds) {
    const room = this.room;
    if (!room || this.idea === undefined) return;
    if (holds) room.unfile(this.idea, theme);
    else if (room.current?.id === this.idea) {
      const became = room.file(theme, { stay: true });
      this.wrong = became === 'changed' ? t('themes.said_changed') : '';
      if (became !== 'filed') return;
    } else room.file(theme, { idea: this.idea });
    this.given = room.given.at(-1) ?? null;
  }

  anew() {
    this.close();
    this.dispatchEvent(new CustomEvent('ask', { detail: 'new', bubbles: true }));
  }

  /** Close, and go on to the next idea. */
  done() {
    this.close();
    if (this.room?.current?.id === this.idea) this.room?.next();
  }
}

customElements.define('town-desk-move', DeskMove);
