// A dialog of the theme desk: modal, closed by Escape or its button, empty while it is closed.

import { html, nothing } from '/static/vendor/lit.js';
import { t } from '../pages/place.js';
import { fateWords } from '../pages/fate.js';
import { RoomElement } from './room-element.js';

/** @typedef {import('../live/desk-room.js').Given} Given */

export class RoomDialog extends RoomElement {
  /** @override */
  static hears = ['themes', 'given', 'rest'];

  /** @override */
  static properties = { ...RoomElement.properties, shown: { state: true }, wrong: { state: true } };

  constructor() {
    super();
    this.shown = false;
    /** What must be mended before anything is sent. */
    this.wrong = '';
    /** @type {Given | null} */
    this.given = null;
  }

  /** Subclasses say what it is called. */
  heading() {
    return '';
  }

  /** Subclasses say what is in it. @returns {unknown} */
  body() {
    return nothing;
  }

  /** Set up anew, before it is shown. */
  begin() {}

  /** Show it. */
  async open() {
    this.given = null;
    this.wrong = '';
    this.begin();
    this.shown = true;
    await this.updateComplete;
    const dialog = this.querySelector('dialog');
    if (dialog && !dialog.open) dialog.showModal();
  }

  close() {
    this.querySelector('dialog')?.close();
  }

  /** What was given has become something: once it is saved the dialog has done its work. */
  finished() {
    return this.given?.sent.fate === 'saved';
  }

  /** @override */
  updated() {
    if (this.shown && this.closesWhenSaved() && this.finished()) this.close();
  }

  closesWhenSaved() {
    return true;
  }

  /** @override */
  render() {
    return html`<dialog aria-labelledby="${this.localName}-name" @close=${() => (this.shown = false)}>
      ${this.shown ? html`<div class="dialog-head"><h2 id="${this.localName}-name">${this.heading()}</h2>
        <button type="button" class="close" @click=${() => this.close()}>${t('themes.close')}</button></div>
        ${this.body()}${this.fate()}` : html`<h2 id="${this.localName}-name" hidden></h2>`}</dialog>`;
  }

  fate() {
    const fate = this.wrong ? 'refused' : (this.given?.sent.fate ?? '');
    return html`<p class="fate" role="status" data-fate=${fate}>${this.wrong || (this.given ? fateWords(this.given.sent) : '')}</p>`;
  }
}
