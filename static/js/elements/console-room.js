// The room: what is amiss at which table, as a list and as a map, the most urgent and the oldest first.

import { html, nothing, repeat } from '/static/vendor/lit.js';
import { byTable, findings, natural, sums } from '../models/room_health.js';
import { howLong } from '../models/words.js';
import { t } from '../pages/place.js';
import { ConsoleElement } from './console-element.js';
import { button } from './console-parts.js';
import { fate } from './fate.js';

/**
 * @typedef {import('../models/room_health.js').Health} Health
 * @typedef {import('../models/room_health.js').Finding} Finding
 */

const SIGNS = /** @type {Record<string, string>} */ ({ help: '!', lost: '×', takeover: '?', silent: '…', keypads: '#', gap: '±' });
const LISTED = 60;

export class ConsoleRoom extends ConsoleElement {
  constructor() {
    super();
    this.every = 5_000;
    /** How many are listed. */
    this.most = LISTED;
  }

  get health() {
    return this.line.channels.all('health/').map(([, health]) => /** @type {Health} */ (health)).sort((a, b) => natural(a.table, b.table));
  }

  get findings() {
    const calls = this.line.channels.all('call/').map(([, call]) => call);
    return findings({ health: this.health, calls, lines: this.desk.lines, running: this.day.running, nowMs: this.now });
  }

  /** @override */
  render() {
    const health = this.health;
    if (this.ended) {
      return html`<section class="room" aria-labelledby="room-title"><h2 id="room-title">${t('console.room')}</h2>
        <p class="quiet">${t('console.room_over')}</p>${this.sums(health)}</section>`;
    }
    const found = this.findings;
    const signs = byTable(found);
    return html`<section class="room" aria-labelledby="room-title"><h2 id="room-title">${t('console.room')}</h2>
      ${this.sums(health)}
      <div class="room-parts">
        <div class="findings"><h3>${t('console.needs', { count: new Set(found.map((each) => each.table)).size })}</h3>
          ${found.length === 0 ? html`<p class="quiet">${t('console.all_well')}</p>` : nothing}
          <ul class="plain">${repeat(found.slice(0, this.most), (each) => `${each.trouble} ${each.table} ${each.call?.id ?? ''}`, (each) => this.finding(each))}</ul>
          ${found.length > this.most ? button(t('console.more_findings', { count: found.length - this.most }), () => { this.most += LISTED; this.requestUpdate(); }, { kind: 'quiet' }) : nothing}
          ${fate(this.sent('help'))}
        </div>
        <div><h3>${t('console.map')}</h3>
          <ul class="map">${repeat(health, (each) => each.table, (each) => this.cell(each, signs.get(each.table) ?? []))}</ul>
          <p class="legend">${Object.entries(SIGNS).map(([trouble, sign]) => html`<span><span class="sign" aria-hidden="true">${sign}</span> ${t(`console.trouble.${trouble}`)}</span>`)}</p>
          ${this.table(health.find((each) => each.table === this.desk.table))}
        </div>
      </div>
    </section>`;
  }

  /** @param {Health[]} health */
  sums(health) {
    const room = sums(health);
    const facts = [
      [t('console.present'), t('console.of_seats', { count: room.seats, here: room.present })],
      [t('console.keypads'), t('console.of_people', { count: room.present, here: room.keypads })],
      [t('console.heads'), t('count.people', { count: room.heads })],
      [t('console.ideas'), t('count.ideas', { count: room.ideas })],
    ];
    return html`<dl class="sums">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
  }

  /** @param {Finding} finding */
  finding(finding) {
    const { call } = finding;
    return html`<li data-trouble=${finding.trouble}><span class="sign" aria-hidden="true">${SIGNS[finding.trouble]}</span>
      <button type="button" class="title" @click=${() => this.desk.set({ table: finding.table })}>${t('ui.table', { table: finding.table })}</button>
      <span class="what">${call ? html`${t(`help_kind.${call.kind}`)}${call.answered_at_ms ? html` · ${t('console.answered')}` : nothing}` : this.amiss(finding)}</span>
      <span class="since">${finding.since === null ? nothing : t('count.for', { time: howLong(this.now - finding.since, t) })}</span>
      ${call?.text ? html`<span class="said" translate="no" lang="">${call.text}</span>` : nothing}
      ${call ? html`<span class="buttons small">${!call.answered_at_ms && this.may('answer_help') ? this.gives(t('console.answer'), () => this.act('help', { t: 'answer_help', call: call.id }), { name: t('console.answer_table', { table: finding.table }) }) : nothing}
        ${this.may('close_help') ? this.gives(t('console.helped'), () => this.act('help', { t: 'close_help', call: call.id }), { name: t('console.helped_table', { table: finding.table }) }) : nothing}</span>` : nothing}</li>`;
  }

  /**
   * What is amiss, with the figures that differ: as the area's page says it.
   * @param {Finding} finding
   */
  amiss({ table, trouble }) {
    const { heads = 0, present = 0, keypads = 0 } = this.told(`health/${table}`) ?? {};
    if (trouble === 'gap') return t('area.trouble_gap', { heads: String(heads), present: String(present) });
    if (trouble === 'keypads') return t('area.trouble_keypads', { count: present - keypads, present: String(present) });
    return t(`console.trouble.${trouble}`);
  }

  /**
   * @param {Health} health
   * @param {string[]} troubles
   */
  cell(health, troubles) {
    const words = troubles.map((trouble) => t(`console.trouble.${trouble}`)).join(', ') || t('console.well');
    return html`<li><button type="button" data-trouble=${troubles[0] ?? ''} aria-pressed=${String(this.desk.table === health.table)} aria-label="${t('ui.table', { table: health.table })}: ${words}" @click=${() => this.desk.set({ table: health.table })}>
      <span class="number">${health.table}</span><span class="sign" aria-hidden="true">${troubles.map((trouble) => SIGNS[trouble]).join('')}</span></button></li>`;
  }

  /** @param {Health | undefined} health */
  table(health) {
    if (!health) return nothing;
    const line = this.desk.lines[health.table];
    const facts = [
      [t('console.present'), t('console.of_seats', { count: health.seats, here: health.present })],
      [t('console.keypads'), t('console.of_people', { count: health.present, here: health.keypads })],
      [t('console.heads'), health.heads === null ? t('console.not_counted') : t('count.people', { count: health.heads })],
      [t('console.ideas'), t('count.ideas', { count: health.ideas })],
      [t('console.last_idea'), health.last_idea_at_ms === null ? t('console.no_idea') : t('count.ago', { time: howLong(this.now - health.last_idea_at_ms, t) })],
      ...(health.voted === null ? [] : [[t('console.voted'), t('count.people', { count: health.voted })]]),
      ...(line ? [[t('console.laptops'), t('console.machines', { count: line.laptops })], [t('console.phones'), t('console.machines', { count: line.phones })]] : []),
    ];
    return html`<div class="table-facts" role="status"><h3>${t('ui.table', { table: health.table })}</h3>
      <dl class="sums">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
      ${this.may('send_message') ? button(t('console.write_to', { table: health.table }), () => this.desk.set({ tables: health.table, tab: 'run' })) : nothing}</div>`;
  }
}

customElements.define('town-console-room', ConsoleRoom);
