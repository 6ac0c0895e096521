// The end of the day: nothing of the meeting stays in this browser.

import { canKeep } from './keep.js';

/** @typedef {{storage: boolean, pages: boolean, session: boolean}} Wiped What is gone, and what could not be shown to be. */

/**
 * Forget queue, drafts, kept pages and sessions of this browser.
 * @param {import('./socket.js').Live} live Its connection ends with it.
 * @returns {Promise<Wiped>}
 */
export async function wipe(live) {
  const session = await leave();
  live.leave();
  await live.store.wipe();
  const pages = await forgetPages();
  for (const storage of [() => localStorage, () => sessionStorage]) {
    try {
      storage().clear();
    } catch {
      // refused, so there is nothing in it
    }
  }
  return { storage: (await leftOver()) === 0, pages, session };
}

/** End the sessions of this browser, here and at the server; false where the server cannot be reached. */
async function leave() {
  try {
    return (await fetch('/api/sessions?page=table&page=seat&page=listen', { method: 'DELETE' })).ok;
  } catch {
    return false;
  }
}

async function forgetPages() {
  if (!canKeep()) return true;
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  return (await caches.keys()).length === 0;
}

/** How many things are still stored. */
async function leftOver() {
  const databases = typeof indexedDB === 'undefined' || !indexedDB.databases ? [] : await indexedDB.databases().catch(() => []);
  try {
    return databases.length + localStorage.length + sessionStorage.length;
  } catch {
    return databases.length;
  }
}
