// The hall's timer, and messages to tables.

import { html, nothing } from '/static/vendor/lit.js';
import { newId } from '../models/ids.js';
import { natural, readTables } from '../models/room_health.js';
import { leftOver } from '../models/words.js';
import { t } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { fieldValue, readWording, said, timeAt, wordingFields } from './console-parts.js';
import { dotted } from './dotted.js';
import { fate } from './fate.js';

const MESSAGES_SHOWN = 5;

export class ConsoleTimer extends ConsoleElement {
  constructor() {
    super();
    this.every = 500;
  }

  /** @override */
  render() {
    const timer = this.told('timer');
    const left = timer?.ends_at_ms ? timer.ends_at_ms - this.now : null;
    if (this.ended) return nothing;
    return html`<section aria-labelledby="timer-title"><h2 id="timer-title">${t('console.timer')}</h2>
      <p class="timer">${left === null ? html`<span class="quiet">${t('console.no_timer')}</span>` : html`<strong>${leftOver(left)}</strong> ${timer.label ? said(timer.label) : nothing}`}</p>
      ${this.may('start_timer') ? this.controls(left !== null) : nothing}
      ${fate(this.sent('timer'))}
    </section>`;
  }

  /** @param {boolean} runs */
  controls(runs) {
    const languages = this.day.languages;
    const submitted = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      const label = readWording(form, 'timer-label', languages);
      const seconds = Math.round(60 * Number.parseFloat(fieldValue(form, 'timer-minutes')));
      this.act('timer', { t: 'start_timer', seconds: seconds || 0, ...(Object.keys(label).length > 0 ? { label } : {}) });
    };
    return html`<form class="timer-form" @submit=${submitted}>
      <label for="timer-minutes">${t('field.minutes')}</label><input id="timer-minutes" name="timer-minutes" type="number" min="0.5" max="720" step="0.5" value="5" required>
      <button type="submit" ?disabled=${this.down}>${t('command.start_timer')}</button>
      ${this.gives(t('command.stop_timer'), () => this.act('timer', { t: 'stop_timer' }), { disabled: !runs })}
      <details><summary>${t('console.timer_label')}</summary>${wordingFields('timer-label', t('field.label'), languages, { limit: 100 })}</details>
    </form>`;
  }
}

export class ConsoleMessages extends ConsoleElement {
  constructor() {
    super();
    this.unknown = '';
  }

  /** @override */
  render() {
    const zone = this.told('meeting')?.time_zone ?? 'UTC';
    const sent = this.line.channels.all('message/').map(([, message]) => message).sort((a, b) => b.at_ms - a.at_ms);
    return html`<section class="messages" aria-labelledby="messages-title"><h2 id="messages-title">${t('console.messages')}</h2>
      ${this.may('send_message') ? this.writing() : nothing}
      ${sent.length === 0 ? nothing : html`<h3>${t('console.sent')}</h3>
        <ul class="plain">${sent.slice(0, MESSAGES_SHOWN).map((message) => html`<li><p class="hint">${dotted(timeAt(message.at_ms, zone), message.tables.length > 0 ? t('console.to_tables', { tables: message.tables.join(', ') }) : t('console.to_all'))}</p>${said(message.text, t('console.redacted'))}</li>`)}</ul>`}
    </section>`;
  }

  writing() {
    const languages = this.day.languages;
    const known = this.line.channels.all('health/').map(([table]) => table).sort(natural);
    const submitted = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      const { tables, unknown } = readTables(fieldValue(form, 'message-tables'), known);
      this.unknown = unknown.join(', ');
      this.requestUpdate();
      if (unknown.length > 0) return;
      const given = this.act('message', { t: 'send_message', message: newId('msg'), text: readWording(form, 'message', languages), tables });
      this.line.addEventListener('fate', () => given.fate === 'saved' && form.reset(), { once: true });
    };
    return html`<form class="form" @submit=${submitted}>
      ${wordingFields('message', t('field.text'), languages, { long: true })}
      <div class="field"><label for="message-tables">${t('field.tables')}</label>
        <input id="message-tables" name="message-tables" type="text" autocomplete="off" aria-describedby="message-tables-hint" .value=${this.desk.tables} @input=${(/** @type {Event} */ event) => { this.desk.tables = /** @type {HTMLInputElement} */ (event.target).value; }}>
        <p class="hint" id="message-tables-hint">${t('console.tables_hint')}</p></div>
      ${this.unknown ? html`<p class="fate" data-fate="refused" role="alert">${t('console.no_such_tables', { tables: this.unknown })}</p>` : nothing}
      <button type="submit" ?disabled=${this.down}>${t('console.send')}</button>${fate(this.sent('message'))}
    </form>`;
  }
}

customElements.define('town-console-timer', ConsoleTimer);
customElements.define('town-console-messages', ConsoleMessages);
