// Keeps a page in step with the server's program: a stale one loads itself again once it is idle.

import { mayLoadAgain } from '../models/stale.js';

const KEY = 'loaded-again-for';
const LOOK_MS = 5_000;

/** @returns {boolean} Whether some field holds words that were not sent. */
function written() {
  const fields = /** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */ (
    document.querySelectorAll('textarea, input:not([type=hidden], [type=checkbox], [type=radio])')
  );
  return [...fields].some((field) => field.value !== field.defaultValue);
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
    const page = { had: live.place.assets, told, waiting: live.outbox.waiting().length, written: written() };
    const tried = triedFor();
    if (tried === '' || !mayLoadAgain({ ...page, triedFor: tried })) return;
    sessionStorage.setItem(KEY, told);
    location.reload();
  };
  live.addEventListener('welcome', look);
  setInterval(look, LOOK_MS);
}
