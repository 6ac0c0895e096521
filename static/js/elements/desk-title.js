// The words of a theme in both languages side by side: a new one, another name, or one made of several.

import { html, nothing } from '/static/vendor/lit.js';
import { newId } from '../models/ids.js';
import { t } from '../pages/place.js';
import { RoomDialog } from './room-dialog.js';
import { around, readWordings, said, wordingFields } from './wordings.js';

/** @typedef {'new' | 'rename' | 'merge'} Deed */

class DeskTitle extends RoomDialog {
  constructor() {
    super();
    /** @type {Deed} */
    this.deed = 'new';
    /** @type {Record<string, string>} */
    this.title_ = {};
  }

  /** @param {Deed} deed */
  ask(deed) {
    this.deed = deed;
    return this.open();
  }

  /** @override */
  begin() {
    const theme = this.room?.desk.themes.get(this.room.filter.theme);
    this.title_ = this.deed === 'new' ? {} : { ...(theme?.title ?? {}) };
    this.about = theme?.id ?? '';
  }

  /** @override */
  heading() {
    return t(`themes.head_${this.deed}`);
  }

  /** @override */
  body() {
    const files = this.deed === 'new' && this.room?.idea;
    return html`<form @submit=${this.submitted} novalidate>
      ${this.deed === 'merge' ? this.others() : nothing}
      ${wordingFields('title', this.title_, { first: this.deed !== 'merge' })}
      <p class="hint">${t('themes.both_hint')}</p>
      ${files ? html`<div class="flag"><input id="files" type="checkbox" checked><label for="files">${t('themes.files_too', { table: files.table })}</label></div>` : nothing}
      <button type="submit" class="primary">${t(`themes.do_${this.deed}`)}</button></form>`;
  }

  others() {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    const others = room.desk.themesOf(room.filter.item).filter((theme) => theme.id !== this.about);
    return html`<fieldset class="field choices"><legend>${around('themes.merge_with', {}, said(this.title_))}</legend>
      ${others.map((theme) => html`<div class="flag"><input id="with-${theme.id}" name="with" type="checkbox" value=${theme.id}><label for="with-${theme.id}">${said(theme.title)}</label></div>`)}</fieldset>`;
  }

  /** @param {SubmitEvent} event */
  submitted(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const title = readWordings(form, 'title');
    this.wrong = Object.keys(title).length === 0 ? t('themes.title_needed') : '';
    if (this.wrong || !this.room) return;
    this.title_ = title;
    if (this.deed === 'new') this.given = this.room.create(title, /** @type {HTMLInputElement | null} */ (form.querySelector('#files'))?.checked ?? false);
    else if (this.deed === 'rename') this.given = this.room.give({ t: 'rename_theme', theme: this.about, title }, { key: 'themes.did_rename', title });
    else this.merge(title, [...form.querySelectorAll('input[name=with]:checked')].map((each) => /** @type {HTMLInputElement} */ (each).value));
    this.requestUpdate();
  }

  /**
   * @param {Record<string, string>} title
   * @param {string[]} others
   */
  merge(title, others) {
    if (others.length === 0) {
      this.wrong = t('themes.merge_needs');
      return;
    }
    const theme = newId('theme');
    this.given = /** @type {NonNullable<typeof this.room>} */ (this.room).give({ t: 'merge_themes', theme, parents: [this.about, ...others], title },
      { key: 'themes.did_merge', title });
    this.room?.choose({ theme });
  }
}

customElements.define('town-desk-title', DeskTitle);
