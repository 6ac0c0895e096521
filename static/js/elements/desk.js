// The theme desk as one: its parts, and what keys and buttons do.

import { html, nothing } from '/static/vendor/lit.js';
import { meaningOf } from '../models/desk-keys.js';
import { place, t } from '../pages/place.js';
import './desk-acts.js';
import './desk-idea.js';
import './desk-keys.js';
import { keysOn } from './keys-switch.js';
import './desk-move.js';
import './desk-pile.js';
import './desk-publish.js';
import './desk-pulse.js';
import './desk-question.js';
import './desk-refused.js';
import { askTeam } from './desk-team.js';
import './desk-theme.js';
import './desk-themes.js';
import './desk-title.js';
import { RoomElement } from './room-element.js';

/** What changes something: nothing of it once the meeting is over. */
const CHANGES = new Set(['undo', 'move', 'new', 'rename', 'merge', 'publish', 'question', 'team']);
const TYPED = 'input, textarea, select, [contenteditable]';

class TownDesk extends RoomElement {
  /** @override */
  static hears = ['rest'];

  constructor() {
    super();
    this.pressed = (/** @type {KeyboardEvent} */ event) => this.press(event);
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('keydown', this.pressed);
    if (place.role.startsWith('theme') || place.role === 'organiser') void askTeam();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.pressed);
  }

  /** @override */
  render() {
    const room = this.room;
    if (!room) return nothing;
    return html`<div class="desk-page" @ask=${(/** @type {CustomEvent} */ event) => this.ask(event.detail)} @file=${(/** @type {CustomEvent} */ event) => this.file(event.detail)}><div class="desk">
      <aside class="desk-pulse" aria-label=${t('themes.pulse')}><town-desk-pulse .room=${room}></town-desk-pulse>
        <div class="buttons desk-more"><button type="button" @click=${() => this.ask('acts')}>${t('themes.history')}</button>
        <button type="button" @click=${() => this.ask('keys')}>${t('themes.keys')} <kbd>?</kbd></button>
        ${room.leads && !room.desk.ended ? html`<button type="button" @click=${() => this.ask('team')}>${t('themes.team')}</button>` : nothing}</div></aside>
      <div class="desk-middle"><town-desk-idea .room=${room}></town-desk-idea>
        <town-desk-theme .room=${room}></town-desk-theme><town-desk-pile .room=${room}></town-desk-pile></div>
      <section class="desk-themes" aria-label=${t('themes.themes')}><town-desk-themes .room=${room}></town-desk-themes></section></div>
      <town-desk-move .room=${room}></town-desk-move><town-desk-title .room=${room}></town-desk-title>
      <town-desk-publish .room=${room}></town-desk-publish><town-desk-question .room=${room}></town-desk-question>
      <town-desk-acts .room=${room}></town-desk-acts><town-desk-team .room=${room}></town-desk-team><town-desk-keys .room=${room}></town-desk-keys>
      <town-desk-refused .room=${room}></town-desk-refused></div>`;
  }

  /** What was open to change something is closed at the end. @override */
  updated() {
    if (this.room?.desk.ended) for (const name of ['move', 'title', 'publish', 'question', 'team']) this.piece(name).close();
  }

  /**
   * @param {string} name
   * @returns {any}
   */
  piece(name) {
    return this.querySelector(`town-desk-${name}`);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest?.(TYPED) || this.querySelector('dialog[open]') || !keysOn()) return;
    const meaning = meaningOf(event);
    if (!meaning || !this.room) return;
    event.preventDefault();
    if (meaning.act === 'file') this.byNumber(meaning.number, meaning.stay);
    else this.ask(meaning.act, true);
  }

  /**
   * @param {number} number
   * @param {boolean} stay
   */
  byNumber(number, stay) {
    const theme = this.room?.desk.themesOf(this.room.filter.item)[number - 1];
    if (theme) this.file({ theme: theme.id, stay });
    else this.say(t('themes.said_no_theme', { number }));
  }

  /** @param {{theme: string, idea?: string, stay?: boolean}} what */
  file({ theme, idea, stay = false }) {
    const became = this.room?.file(theme, { stay, ...(idea === undefined ? {} : { idea }) });
    this.say(became === 'filed' || became === 'soon' ? '' : t(`themes.said_${became}`));
  }

  /** @param {string} words */
  say(words) {
    this.piece('idea').say(words);
  }

  /**
   * @param {string} what
   * @param {boolean} [byKey]
   */
  ask(what, byKey = false) {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    this.say('');
    if (room.desk.ended && CHANGES.has(what)) {
      this.say(t('themes.said_over'));
      return;
    }
    switch (what) {
      case 'next':
      case 'previous':
        room[what]();
        if (byKey && document.activeElement?.getAttribute('role') !== 'listbox') this.piece('idea').focusWords();
        break;
      case 'undo':
        if (!room.undo()) this.say(t('themes.said_nothing_to_undo'));
        break;
      case 'minority': {
        const there = room.filter.tray === 'minority' && room.filter.theme === '';
        room.choose({ theme: '', tray: there ? 'unread' : 'minority' });
        break;
      }
      case 'tidy':
        room.tidy();
        break;
      case 'search':
        /** @type {HTMLElement | null} */ (this.querySelector('#search'))?.focus();
        break;
      case 'move':
        if (room.current) void this.piece('move').open();
        break;
      case 'new':
      case 'rename':
      case 'merge':
        if (room.filter.item) void this.piece('title').ask(what);
        break;
      default:
        void this.piece(what).open();
    }
  }
}

customElements.define('town-desk', TownDesk);
