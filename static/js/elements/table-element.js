// What the elements of the table's page share: whose table it is, its seats, the open vote.

import { LiveElement } from './live-element.js';

/**
 * @typedef {import('../models/pads.js').Seat} Seat
 * @typedef {import('../models/pads.js').Sheet} Sheet
 * @typedef {import('../live/drafts.js').Drafts} Drafts
 */

export class TableElement extends LiveElement {
  /** @override */
  static properties = { ...LiveElement.properties, drafts: { attribute: false } };

  constructor() {
    super();
    /** @type {Drafts | undefined} */
    this.drafts = undefined;
    this.drawAgain = () => this.requestUpdate();
  }

  /**
   * @override
   * @param {import('/static/vendor/lit.js').PropertyValues} changed
   */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (!changed.has('drafts')) return;
    /** @type {Drafts | undefined} */ (changed.get('drafts'))?.removeEventListener('change', this.drawAgain);
    this.drafts?.addEventListener('change', this.drawAgain);
  }

  /** The id of the table: known before the server was reached. */
  get table() {
    const { scope, place } = this.live ?? { scope: {}, place: { tables: [] } };
    return String(/** @type {any} */ (scope)['tables']?.[0] ?? place.tables?.[0] ?? '');
  }

  /** This laptop, as the stem of its pads. */
  get device() {
    return String(this.live?.scope['device'] ?? this.live?.place.device ?? '');
  }

  /** @returns {Seat[]} */
  get seats() {
    return this.told('table')?.seats ?? [];
  }

  /** The vote that is open. @returns {Sheet | undefined} */
  get sheet() {
    const open = this.told('open');
    return open?.question ? open : undefined;
  }

  /** The agenda item that runs. */
  get item() {
    const agenda = this.told('agenda');
    return agenda?.items.find((/** @type {any} */ item) => item.id === agenda.running);
  }

  /** How the whole meeting stands: prepared, running, closed. @returns {string} */
  get phase() {
    return this.told('meeting')?.phase ?? '';
  }
}
