// Keeps a page in step with the server's program: a stale one loads itself again once it is idle; and a
// table's or a seat's is kept for a reload without a line.

import { keepPage } from './keep.js';
import { keepsQueue } from './queue.js';
import { mayLoadAgain } from '../models/stale.js';

const KEY = 'loaded-again-for';
const LOOK_MS = 5_000;

/**
 * Whether some field holds words that were not sent; those that are on the disk (`data-kept`) count only
 * while somebody writes them.
 */
function written() {
  const fields = /** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */ (
    document.querySelectorAll('textarea, input:not([type=hidden], [type=checkbox], [type=radio])')
  );
  return [...fields].some((field) => field.value !== field.defaultValue
    && (!('kept' in field.dataset) || field === document.activeElement));
}

/** @returns {string | null} */
function triedFor() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return ''; // no storage: load again only by hand
  }
}

/** @param {import('./socket.js').Live} live */
export function keepFresh(live) {
  const look = () => {
    const told = live.assets;
    const page = { had: live.place.assets, told, waiting: live.outbox.waiting().length, written: written() || live.busy };
    const tried = triedFor();
    if (tried === '' || !mayLoadAgain({ ...page, triedFor: tried })) return;
    sessionStorage.setItem(KEY, told);
    location.reload();
  };
  live.addEventListener('welcome', look);
  if (keepsQueue(live.place.page)) live.addEventListener('welcome', () => void keepPage(live.place), { once: true });
  setInterval(look, LOOK_MS);
}
