// Who reads which tables: the leader gives every member a block, and sees what nobody reads.

import { html, nothing } from '/static/vendor/lit.js';
import { spans } from '../models/spans.js';
import { readTables } from '../models/room_health.js';
import { ask, place, t } from '../pages/place.js';
import { RoomDialog } from './room-dialog.js';

/** @typedef {{capability: string, author: string, role: string, label: string}} Mate */

/** @type {Map<string, string>} */
const names = new Map();

/**
 * What a member of the team is called.
 * @param {string} author
 */
export function teamName(author) {
  return names.get(author) ?? t(`role.${author.slice(0, author.indexOf(':'))}`);
}

/** Ask who is in the team. @returns {Promise<Mate[]>} */
export async function askTeam() {
  const { ok, data } = await ask('GET', `/api/meetings/${place.meeting}/team`);
  const mates = /** @type {Mate[]} */ (ok ? data : []);
  const alike = mates.filter((mate) => mate.role === 'theme_member' && !mate.label);
  for (const mate of mates) {
    const number = alike.indexOf(mate) + 1;
    names.set(mate.author, mate.label || (number > 0 && alike.length > 1 ? t('themes.member_number', { number }) : t(`role.${mate.role}`)));
  }
  return mates;
}

class DeskTeam extends RoomDialog {
  /** @override */
  static properties = { ...RoomDialog.properties, mates: { state: true } };

  constructor() {
    super();
    /** @type {Mate[] | null} */
    this.mates = null;
  }

  /** @override */
  heading() {
    return t('themes.team');
  }

  /** @override */
  begin() {
    this.mates = null;
    void askTeam().then((mates) => (this.mates = mates));
  }

  /** @override */
  closesWhenSaved() {
    return false;
  }

  /** @override */
  body() {
    const room = this.room;
    if (!room) return nothing;
    if (this.mates === null) return html`<p class="quiet">${t('ui.loading')}</p>`;
    const { desk } = room;
    const given = new Set(this.mates.flatMap((mate) => desk.assigned(mate.author)));
    const free = desk.tables.filter((table) => !given.has(table));
    return html`<p class="hint">${t('themes.team_hint')}</p>
      ${this.mates.map((mate) => html`<form class="mate" data-mate=${mate.capability} @submit=${(/** @type {SubmitEvent} */ event) => this.give(event, mate)}>
        <label for="of-${mate.capability}">${teamName(mate.author)}${mate.author === room.me ? html` <small>${t('themes.you')}</small>` : nothing}</label>
        <input id="of-${mate.capability}" type="text" autocomplete="off" placeholder=${t('themes.tables_example')} .value=${spans(desk.assigned(mate.author), desk.tables)}>
        <button type="submit">${t('themes.assign')}</button></form>`)}
      <p>${given.size === 0 ? t('themes.nobody_assigned') : free.length > 0 ? t('themes.unassigned', { tables: spans(free, desk.tables) }) : t('themes.all_assigned')}</p>`;
  }

  /**
   * @param {SubmitEvent} event
   * @param {Mate} mate
   */
  give(event, mate) {
    event.preventDefault();
    const typed = /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.target).querySelector('input')).value;
    const { tables, unknown } = readTables(typed, this.room?.desk.tables ?? []);
    this.wrong = unknown.length > 0 ? t('themes.unknown_tables', { tables: unknown.join(', ') }) : '';
    if (this.wrong || !this.room) return;
    this.given = this.room.give({ t: 'assign_tables', to: mate.capability, tables }, { key: 'themes.did_assign', params: { who: teamName(mate.author) } }, { undoable: false });
    this.requestUpdate();
  }
}

customElements.define('town-desk-team', DeskTeam);
