// The leader approves themes for the stage: which, in the team's order, with their words, counts and quotes as they are now.

import { html, nothing } from '/static/vendor/lit.js';
import { t } from '../pages/place.js';
import { RoomDialog } from './room-dialog.js';
import { both } from './wordings.js';

/** @typedef {import('../models/desk.js').Theme} Theme */

class DeskPublish extends RoomDialog {
  constructor() {
    super();
    /** @type {Set<string>} */
    this.left = new Set();
  }

  /** @override */
  heading() {
    return t('themes.publish_head');
  }

  /** What has no idea yet is left out until somebody wants it in. @override */
  begin() {
    this.left = new Set(this.themes().filter((theme) => theme.ideas === 0 || theme.redacted).map((theme) => theme.id));
  }

  themes() {
    return this.room?.desk.themesOf(this.room.filter.item) ?? [];
  }

  /** @override */
  body() {
    const chosen = this.themes().filter((theme) => !this.left.has(theme.id));
    return html`<p>${t('themes.publish_long')}</p>
      <ol class="publish-list">${this.themes().map((theme) => this.one(theme))}</ol>
      <div class="dialog-foot"><button type="button" class="primary" ?disabled=${chosen.length === 0} @click=${() => this.publish(chosen)}>${t('themes.publish', { count: chosen.length })}</button></div>`;
  }

  /** @param {Theme} theme */
  one(theme) {
    const id = `publish-${theme.id}`;
    const standing = this.room?.desk.published.get(theme.item)?.find((each) => each.id === theme.id);
    const changed = standing && JSON.stringify([standing.title, standing.ideas, standing.tables, standing.quotes.map((quote) => quote.text)])
      !== JSON.stringify([theme.title, theme.ideas, theme.tables, theme.quotes.map((quote) => quote.text)]);
    return html`<li><div class="flag"><input id=${id} type="checkbox" .checked=${!this.left.has(theme.id)} @change=${() => this.toggle(theme.id)}>
      <label for=${id}>${both(theme.title)}</label></div>
      <p class="counts">${t('count.ideas_from_tables', { count: theme.ideas, tables: t('count.tables', { count: theme.tables }) })}
        ${standing ? html`<span class="mark">${t(changed ? 'themes.stage_changed' : 'themes.on_stage')}</span>` : nothing}</p>
      ${theme.quotes.map((quote) => html`<q lang=${quote.language}>${quote.text ?? ''}</q>`)}</li>`;
  }

  /** @param {string} theme */
  toggle(theme) {
    if (!this.left.delete(theme)) this.left.add(theme);
    this.requestUpdate();
  }

  /** @param {Theme[]} themes */
  publish(themes) {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    this.given = room.give({ t: 'publish_themes', item: room.filter.item, themes: themes.map((theme) => theme.id) },
      { key: 'themes.did_publish', params: { themes: t('count.themes', { count: themes.length }) } });
    this.requestUpdate();
  }
}

customElements.define('town-desk-publish', DeskPublish);
