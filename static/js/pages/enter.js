// Getting in: the secret in the fragment, or a code that is typed; then the page itself opens.

import './prefs.js';
import { readSoFar } from '../models/code.js';
import { byId } from './dom.js';
import { ask, place, t } from './place.js';

const form = /** @type {HTMLFormElement} */ (byId('enter'));
const field = /** @type {HTMLInputElement} */ (byId('code'));
const fate = byId('enter-fate');

/**
 * @param {string} code
 * @param {boolean} [linked] It came with the address.
 */
async function enter(code, linked = false) {
  fate.textContent = t('ui.joining');
  fate.dataset['fate'] = 'waiting';
  const page = ['join', 'organiser'].includes(place.page) ? null : place.page;
  const { ok, data } = await ask('POST', '/api/join', page === null ? { code } : { code, page });
  if (!ok) {
    fate.textContent = linked && page !== null && data?.code === 'unknown_code' ? t('ui.link_unknown') : data?.say ?? t('ui.offline');
    fate.dataset['fate'] = 'refused';
    field.setAttribute('aria-invalid', 'true');
    field.focus();
    return;
  }
  location.replace(data.page === 'seat' ? '/seat?in' : `/${data.page}`);
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (field.value.trim()) void enter(field.value.trim());
  else field.focus();
});

/** Take the secret out of the address, so that it stays in no history. */
function fromAddress() {
  const secret = decodeURIComponent(location.hash.slice(1));
  if (!secret || document.getElementById(secret)) return; // the skip link names a part of this page
  history.replaceState(null, '', location.pathname + location.search);
  void enter(secret, true);
}

const read = document.getElementById('code-read');
field.addEventListener('input', () => {
  field.removeAttribute('aria-invalid');
  const code = readSoFar(field.value);
  const typed = field.value.toUpperCase().replace(/[^0-9A-Z]/g, '');
  if (read) read.textContent = code && code.replace('-', '') !== typed ? t('ui.code_read', { code }) : '';
});

// A browser inside a chat app may keep no cookie: then the page that was joined asks for the code again.
if (new URLSearchParams(location.search).has('in')) {
  history.replaceState(null, '', location.pathname);
  fate.textContent = t('ui.nothing_kept');
  fate.dataset['fate'] = 'refused';
}
window.addEventListener('hashchange', fromAddress);
fromAddress();
