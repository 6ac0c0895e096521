// What this laptop noted of the record at each close, over reloads and days; `wipe.js` forgets it with the rest.

import { difference, noting } from '../models/closes.js';

/** @typedef {import('../models/closes.js').Close} Close */
/** @typedef {import('../models/closes.js').Noted} Noted */
/** @typedef {import('../models/closes.js').Difference} Difference */

const KEPT = 'closes/';

export class Witness {
  /** @param {string} meeting */
  constructor(meeting) {
    this.key = KEPT + meeting;
    /** @type {Noted[]} */
    this.noted = read(this.key);
    /** @type {Difference | null} */
    this.wrong = null;
  }

  /**
   * Compare what the server says with what was noted; only where it agrees is it noted, too.
   * @param {Close[]} closes
   * @param {string} epoch
   * @param {Record<string, number>} history
   */
  hear(closes, epoch, history) {
    this.wrong = difference(this.noted, closes, epoch, history);
    if (this.wrong) return;
    const now = noting(this.noted, closes, epoch);
    if (now.length === this.noted.length) return;
    this.noted = now;
    try {
      localStorage.setItem(this.key, JSON.stringify(now));
    } catch {
      // refused: it is known until the page is loaded again
    }
  }
}

/** @param {string} key @returns {Noted[]} */
function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}
