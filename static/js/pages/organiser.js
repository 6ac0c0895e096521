// The page of whoever runs the server: its meetings, a new one from a plan, the password.

import './prefs.js';
import { wording } from '../models/words.js';
import { byId, fill, h } from './dom.js';
import { watchAddress } from './line.js';
import { ask, place, t } from './place.js';

watchAddress();

async function list() {
  const { ok, data } = await ask('GET', '/api/meetings');
  if (!ok) return;
  const rows = data.map((/** @type {any} */ meeting) => {
    const open = h('button', { type: 'button', class: 'primary' }, t('ui.open_console'));
    open.addEventListener('click', () => void enter(meeting.id));
    return h('li', {}, h('h3', {}, wording(meeting.title, place.lang).text),
      h('p', { class: 'quiet' }, `${meeting.date} · ${t(`phase.${meeting.phase}`)}`), open);
  });
  fill(byId('meetings'), ...(rows.length > 0 ? rows : [h('li', { class: 'quiet' }, t('ui.no_meetings'))]));
}

/** @param {string} meeting */
async function enter(meeting) {
  const { ok } = await ask('POST', `/api/meetings/${meeting}/enter`);
  if (ok) location.assign('/console');
}

/**
 * @param {string} id
 * @param {(form: HTMLFormElement) => Promise<{ok: boolean, data: any}>} send
 * @param {string} done
 */
function onSubmit(id, send, done) {
  const form = /** @type {HTMLFormElement} */ (byId(id));
  const fate = /** @type {HTMLElement} */ (form.querySelector('.fate'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    fate.dataset['fate'] = 'waiting';
    fate.textContent = t('ui.sending');
    void send(form).then(({ ok, data }) => {
      fate.dataset['fate'] = ok ? 'saved' : 'refused';
      const problems = (data?.problems ?? []).map((/** @type {any} */ problem) => h('li', {}, problem.say));
      fill(fate, document.createTextNode(ok ? done : (data?.say ?? t('ui.offline'))), h('ul', {}, ...problems));
      if (ok) void list();
    });
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function said(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
async function file(form, name) {
  const chosen = /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).files?.[0];
  return chosen ? await chosen.text() : null;
}

onSubmit('new-meeting', async (form) => {
  const plan = (await file(form, 'plan_file')) ?? said(form, 'plan');
  const seats = await file(form, 'seats_file');
  return ask('POST', '/api/meetings', seats === null ? { plan } : { plan, seats });
}, t('fate.saved'));
onSubmit('password', (form) => ask('PUT', '/api/password', { password: said(form, 'password') }), t('fate.saved'));
void list();
