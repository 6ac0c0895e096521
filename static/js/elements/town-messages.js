// Messages from the stage to the tables: the newest first, and on top until somebody has read it.

import { html, nothing } from '/static/vendor/lit.js';
import { clockText } from '../models/clock.js';
import { wording } from '../models/words.js';
import { place, t } from '../pages/place.js';
import { dotted } from './dotted.js';
import { TableElement } from './table-element.js';

export class TownMessages extends TableElement {
  /** @override */
  static properties = { ...TableElement.properties, fresh: { type: Boolean } };

  constructor() {
    super();
    /** Whether only those are shown that nobody has read yet. */
    this.fresh = false;
  }

  /** @returns {any[]} */
  get messages() {
    const all = (this.live?.channels.all('message/') ?? []).map(([, message]) => message).filter((message) => message.text);
    return all.sort((one, other) => other.at_ms - one.at_ms);
  }

  /** @returns {string[]} */
  get seen() {
    return this.drafts?.get('messages') ?? [];
  }

  /** @override */
  render() {
    if (this.fresh && this.ended) return nothing; // what was said to the meeting is over with it; it stays under Messages
    const unread = this.messages.filter((message) => !this.seen.includes(message.id));
    if (this.fresh) {
      // the newest alone: three would push the flip chart out of sight; all are under Messages
      return html`<div role="status">${unread.slice(0, 1).map((message) => html`<div class="message">${this.words(message)}
        <button type="button" class="small" @click=${() => this.drafts?.set('messages', [...this.seen, message.id])}>${t('table.read')}</button></div>`)}</div>`;
    }
    if (this.messages.length === 0) return html`<p class="quiet">${t('table.no_messages')}</p>`;
    return html`<ul class="plain-list">${this.messages.map((message) => html`<li>${this.words(message)}</li>`)}</ul>`;
  }

  /** @param {any} message */
  words(message) {
    const { text, language } = wording(message.text, place.lang);
    const by = String(message.by ?? '').split(':')[0];
    return html`<p><b>${dotted(by && t(`role.${by}`), clockText(message.at_ms, place.lang, t))}</b><br><span lang=${language}>${text}</span></p>`;
  }
}
customElements.define('town-messages', TownMessages);
