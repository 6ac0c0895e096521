// The ways in: a link for every role, codes of tables and seats, cards to print; new ones, rotated and revoked ones.

import { html, nothing, repeat } from '/static/vendor/lit.js';
import { natural, readTables } from '../models/room_health.js';
import { plainOf } from '../models/words.js';
import { copyText } from '../pages/copy.js';
import { ask, place, t } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { button, fieldValue, languageName } from './console-parts.js';

/** @typedef {{capability: string, role: string, label: string, url: string, code: string | null, tables: string[], screen: string | null}} Way */

const LISTS = /** @type {const} */ (['links', 'codes/tables', 'codes/seats']);
const ROLES = ['organiser', 'lead_facilitator', 'stage_manager', 'stage', 'theme_leader', 'theme_member', 'area_manager', 'expert', 'viewer', 'screen', 'receiver'];

export class ConsoleWays extends ConsoleElement {
  constructor() {
    super();
    /** Which list is shown. @type {string} */
    this.list = 'links';
    /** @type {Way[] | null} */
    this.ways = null;
    this.filter = '';
    /** What was last said of an act: words, and whether it went well. */
    this.told_ = { words: '', good: true };
    /** The way that waits for a second press, and what is to be done with it. */
    this.asking = '';
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  updated(changed) {
    if (changed.has('active') && this.active && this.ways === null) void this.look();
  }

  /** Ask for the list that is shown. */
  async look() {
    const { ok, data } = await ask('GET', `/api/meetings/${place.meeting}/${this.list}`);
    this.ways = ok ? data : [];
    if (!ok) this.tell(data?.say ?? t('ui.offline'), false);
    this.requestUpdate();
  }

  /**
   * @param {string} words
   * @param {boolean} good
   */
  tell(words, good = true) {
    this.told_ = { words, good };
    this.requestUpdate();
  }

  /** @override */
  render() {
    const wanted = this.filter.toLowerCase();
    const shown = (this.ways ?? []).filter((way) => plainOf(`${t(`role.${way.role}`)} ${way.label} ${way.code ?? ''}`).toLowerCase().includes(wanted));
    return html`<section class="ways" aria-labelledby="ways-title"><h2 id="ways-title">${t('console.ways')}</h2>
      <p class="quiet">${t('console.ways_hint')}</p>
      <p class="buttons" role="group" aria-label=${t('console.which_ways')}>${LISTS.map((list) => button(t(`console.list.${list.replace('/', '_')}`), () => this.choose(list), { pressed: this.list === list }))}</p>
      ${this.cards()}
      <div class="finding"><div class="field"><label for="ways-filter">${t('console.filter')}</label><input id="ways-filter" type="search" autocomplete="off" .value=${this.filter} @input=${(/** @type {Event} */ event) => { this.filter = /** @type {HTMLInputElement} */ (event.target).value; this.requestUpdate(); }}></div>
      <p class="fate" role="status" data-fate=${this.told_.words ? (this.told_.good ? 'saved' : 'refused') : ''}>${this.told_.words}</p></div>
      <ul class="plain way-list">${repeat(shown, (way) => way.capability, (way) => this.way(way))}</ul>
      ${this.ways !== null && shown.length === 0 ? html`<p class="quiet">${t('console.no_ways')}</p>` : nothing}
      ${this.list === 'links' ? this.adding() : nothing}
    </section>`;
  }

  cards() {
    const base = `/api/meetings/${place.meeting}/cards`;
    const sheet = (/** @type {string} */ kind, /** @type {string} */ words) => html`<p class="buttons"><a class="button" href="${base}/${kind}?page=console" target="_blank" rel="noopener">${words}</a>
      ${this.day.languages.length > 1 ? this.day.languages.map((language) => html`<a href="${base}/${kind}?page=console&only=${language}" target="_blank" rel="noopener">${t('console.only_in', { language: languageName(language) })}</a>`) : nothing}</p>`;
    return html`<div class="sheets">${sheet('tables', t('ui.table_cards'))}${sheet('seats', t('ui.seat_cards'))}<p class="hint">${t('console.cards_hint')}</p></div>`;
  }

  /** @param {string} list */
  choose(list) {
    this.list = list;
    this.ways = null;
    this.tell('');
    void this.look();
  }

  /** @param {Way} way */
  way(way) {
    const name = [t(`role.${way.role}`), way.label].filter(Boolean).join(' ');
    const asks = this.asking.endsWith(way.capability) ? this.asking.split(' ')[0] : '';
    return html`<li><p class="way-name"><strong>${name}</strong>${way.code ? html` <code>${way.code}</code>` : nothing}</p>
      <p class="way-url"><code>${way.url}</code></p>
      ${asks ? html`<p class="asks" role="alert">${t(`console.${asks}_asks`, { name })}</p><p class="buttons small">${button(t(`console.${asks}`), () => void this.change(asks, way), { kind: 'danger' })}${button(t('console.cancel'), () => this.ask(''))}</p>`
        : html`<p class="buttons small">${button(t('console.copy'), () => void this.copy(way, name), { name: t('console.copy_named', { name }) })}
          ${button(t('console.rotate'), () => this.ask(`rotate ${way.capability}`), { name: t('console.rotate_named', { name }) })}
          ${button(t('console.revoke'), () => this.ask(`revoke ${way.capability}`), { kind: 'quiet fatal', name: t('console.revoke_named', { name }) })}</p>`}</li>`;
  }

  /** @param {string} what */
  ask(what) {
    this.asking = what;
    this.requestUpdate();
  }

  /**
   * @param {Way} way
   * @param {string} name
   */
  async copy(way, name) {
    const done = await copyText(way.url);
    this.tell(t(done ? 'console.copied' : 'console.not_copied', { name }), done);
  }

  /**
   * @param {string} how
   * @param {Way} way
   */
  async change(how, way) {
    const path = `/api/meetings/${place.meeting}/capabilities/${way.capability}`;
    const { ok, data } = how === 'rotate' ? await ask('POST', `${path}/rotate`) : await ask('DELETE', path);
    this.asking = '';
    const name = [t(`role.${way.role}`), way.label].filter(Boolean).join(' ');
    this.tell(ok ? t(`console.${how}_done`, { name }) : (data?.say ?? t('ui.offline')), ok);
    await this.look();
  }

  adding() {
    const submitted = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      void this.add(/** @type {HTMLFormElement} */ (event.target));
    };
    return html`<details><summary>${t('console.new_link')}</summary><form class="form" @submit=${submitted}>
      <div class="field"><label for="way-role">${t('field.role')}</label><select id="way-role" name="role">${ROLES.map((role) => html`<option value=${role}>${t(`role.${role}`)}</option>`)}</select></div>
      <div class="field"><label for="way-label">${t('field.label')}</label><p class="hint" id="way-label-hint">${t('console.label_hint')}</p><input id="way-label" name="label" type="text" maxlength="80" autocomplete="off" aria-describedby="way-label-hint"></div>
      <div class="field"><label for="way-tables">${t('console.for_tables')}</label><input id="way-tables" name="tables" type="text" autocomplete="off"></div>
      ${this.day.screens.length > 1 ? html`<div class="field"><label for="way-screen">${t('console.for_screen')}</label><select id="way-screen" name="screen">${this.day.screens.map((screen) => html`<option value=${screen.id}>${screen.id}</option>`)}</select></div>` : nothing}
      <button type="submit">${t('console.make_link')}</button></form></details>`;
  }

  /** @param {HTMLFormElement} form */
  async add(form) {
    const role = fieldValue(form, 'role');
    const known = this.line.channels.all('health/').map(([table]) => table).sort(natural);
    const { tables, unknown } = readTables(role === 'area_manager' ? fieldValue(form, 'tables') : '', known);
    if (unknown.length > 0 || (role === 'area_manager' && tables.length === 0)) {
      this.tell(t('console.no_such_tables_link', { tables: unknown.join(', ') || '–' }), false);
      return;
    }
    const screen = role === 'screen' ? fieldValue(form, 'screen') || (this.day.screens[0]?.id ?? '') : '';
    const { ok, data } = await ask('POST', `/api/meetings/${place.meeting}/capabilities`, { role, label: fieldValue(form, 'label'), tables, ...(screen ? { screen } : {}) });
    this.tell(ok ? t('console.link_made') : (data?.say ?? t('ui.offline')), ok);
    if (ok) form.reset();
    await this.look();
  }
}

customElements.define('town-console-ways', ConsoleWays);
