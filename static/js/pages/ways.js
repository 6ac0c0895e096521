// On the console: links and codes to hand out, shown when they are asked for.

import { byId, fill, h } from './dom.js';
import { ask, place, t } from './place.js';

/** @param {any} way */
function row(way) {
  return h('tr', {}, h('td', {}, t(`role.${way.role}`)), h('td', {}, way.label), h('td', {}, way.code ?? ''),
    h('td', {}, h('a', { href: way.url }, way.url)));
}

/** @param {string} path */
async function show(path) {
  const { ok, data } = await ask('GET', `/api/meetings/${place.meeting}/${path}`);
  if (!ok) {
    fill(byId('ways'), h('p', { class: 'fate', 'data-fate': 'refused' }, data?.say ?? t('ui.offline')));
    return;
  }
  const head = ['role', 'label', 'code', 'link'].map((name) => h('th', { scope: 'col' }, t(`field.${name}`)));
  fill(byId('ways'), h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...data.map(row))));
}

for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-ways]'))) {
  button.addEventListener('click', () => void show(button.dataset['ways'] ?? 'links'));
}
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-open]'))) {
  button.addEventListener('click', async () => {
    const { ok, data } = await ask('POST', '/api/session', { page: button.dataset['open'] });
    if (ok) location.assign(`/${data.page}`);
  });
}
