// Calls for help by kind, and what has become of them.

import { html, nothing } from '/static/vendor/lit.js';
import { newId } from '../models/ids.js';
import { clockText } from '../models/clock.js';
import { place, t } from '../pages/place.js';
import { dotted } from './dotted.js';
import { fate } from './fate.js';
import { TableElement } from './table-element.js';

const KINDS = ['welfare', 'technical', 'keypad', 'facilitation', 'interpreter']; // what cannot wait comes first

export class TownHelp extends TableElement {
  /** @override */
  render() {
    if (this.ended) return html`<p class="quiet">${t('table.meeting_over')}</p>${this.calls()}`;
    const note = this.drafts?.get('help') ?? '';
    return html`<p>${t('table.help_hint')}</p>
      <label for="help-note">${t('table.help_note')}</label>
      <input id="help-note" type="text" maxlength="200" autocomplete="off" .value=${note} ?data-kept=${this.live?.store.durable ?? false}
        @input=${(/** @type {any} */ event) => this.drafts?.set('help', event.target.value)}>
      <ul class="plain-list help-kinds">${KINDS.map((kind) => html`<li><button type="button" @click=${() => this.call(kind)}>${t(`help_kind.${kind}`)}</button></li>`)}</ul>
      ${fate(this.sent('call'))}
      ${this.calls()}`;
  }

  /** @param {string} kind */
  call(kind) {
    this.act('call', { t: 'call_help', call: newId('call'), table: this.table, kind, text: this.drafts?.get('help') ?? '' });
    void this.drafts?.set('help', null);
  }

  calls() {
    const calls = (this.live?.channels.all('call/') ?? []).map(([, call]) => call).filter((call) => call.closed_at_ms === null);
    if (calls.length === 0) return nothing;
    return html`<h3>${t('table.calls')}</h3><ul class="plain-list calls">${calls.map((call) => html`<li>
      <p>${dotted(html`<b>${t(`help_kind.${call.kind}`)}</b>`, call.text)}<br>
      ${call.answered_at_ms ? t('table.on_the_way') : t('table.called_at', { time: clockText(call.at_ms, place.lang, t) })}</p>
      ${this.ended ? nothing : html`<button type="button" class="small" @click=${() => this.act('call', { t: 'close_help', call: call.id })}>${t('table.helped')}</button>`}</li>`)}</ul>`;
  }
}
customElements.define('town-help', TownHelp);
