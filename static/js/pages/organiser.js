// The page of whoever runs the server: its meetings, a new one from a plan, the password.

import './prefs.js';
import '../elements/follower.js';
import '../elements/organiser.js';
import { byId } from './dom.js';
import { watchAddress } from './line.js';
import { ask, t } from './place.js';

watchAddress();

const form = /** @type {HTMLFormElement} */ (byId('password'));
const fate = /** @type {HTMLElement} */ (form.querySelector('.fate'));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  fate.dataset['fate'] = 'waiting';
  fate.textContent = t('ui.sending');
  const field = /** @type {HTMLInputElement} */ (byId('new-password'));
  void ask('PUT', '/api/password', { password: field.value }).then(({ ok, data }) => {
    fate.dataset['fate'] = ok ? 'saved' : 'refused';
    fate.textContent = ok ? t('fate.saved') : (data?.say ?? t('ui.offline'));
  });
});
// Before this a press would have sent the password in the address.
/** @type {HTMLButtonElement} */ (form.querySelector('button')).disabled = false;
