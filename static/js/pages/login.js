// The organisers' password.

import { byId } from './dom.js';
import { ask, t } from './place.js';

const form = /** @type {HTMLFormElement} */ (byId('login'));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const fate = byId('login-fate');
  fate.textContent = t('ui.joining');
  const password = /** @type {HTMLInputElement} */ (byId('password'));
  void ask('POST', '/api/login', { password: password.value }).then(({ ok, data }) => {
    if (ok) location.replace('/organiser');
    else fate.textContent = data?.say ?? t('ui.offline');
  });
});
