// Who did what at the desk: every act with its time, and an undo where this member may.

import { html, nothing } from '/static/vendor/lit.js';
import { place, t } from '../pages/place.js';
import { didWords, wordsOf } from './desk-words.js';
import { dotted } from './dotted.js';
import { RoomDialog } from './room-dialog.js';
import { teamName } from './desk-team.js';

/** @typedef {import('../models/desk.js').Act} Act */

const FINAL = 'OptionAdded';

class DeskActs extends RoomDialog {
  /** @override */
  heading() {
    return t('themes.history');
  }

  /** @override */
  closesWhenSaved() {
    return false;
  }

  /** @override */
  body() {
    const room = this.room;
    if (!room) return nothing;
    const mine = room.desk.acts.find((act) => act.by === room.me && !act.undone && act.name !== FINAL);
    const hint = room.desk.ended ? 'themes.said_over' : room.leads ? 'themes.history_leader' : 'themes.history_member';
    return html`<p class="hint">${t(hint)}</p>
      ${room.desk.acts.length === 0 ? html`<p class="empty">${t('themes.no_acts')}</p>` : nothing}
      <ol class="acts">${room.desk.acts.map((act) => this.act(act, !room.desk.ended && (room.leads || act === mine)))}</ol>`;
  }

  /**
   * @param {Act} act
   * @param {boolean} may
   */
  act(act, may) {
    const room = /** @type {NonNullable<typeof this.room>} */ (this.room);
    const words = wordsOf(room, act);
    const did = didWords(room, words);
    const time = new Date(act.at_ms).toLocaleTimeString(place.lang, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
    return html`<li><span class="quiet">${dotted(time, act.by === room.me ? t('themes.you') : teamName(act.by))}</span>
      <span class="did">${act.undone ? html`<s>${did}</s> <span class="mark">${t('themes.undone')}</span>` : did}</span>
      ${may && !act.undone && act.name !== FINAL ? html`<button type="button" @click=${() => this.undo(act, words)}>${t('themes.undo')}<span class="unseen"> ${did}</span></button>` : nothing}</li>`;
  }

  /**
   * @param {Act} act
   * @param {import('../live/desk-room.js').Words} words
   */
  undo(act, words) {
    this.room?.undoAct(act.act, words);
    this.given = this.room?.given.at(-1) ?? null;
    this.requestUpdate();
  }
}

customElements.define('town-desk-acts', DeskActs);
