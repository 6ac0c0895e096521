// A keypad on a phone: one question, its options as buttons, and what became of each press.

import './prefs.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import { ballotCommand, isChosen, press } from '../models/ballot.js';
import { leftOver, wording } from '../models/words.js';
import { byId, fill, h } from './dom.js';
import { fateWords } from './fate.js';
import { showLine, watchAddress } from './line.js';
import { place, t } from './place.js';

/**
 * @typedef {import('../models/ballot.js').Choices} Choices
 * @typedef {import('../models/ballot.js').Sheet} Sheet
 */

watchAddress();
const live = new Live(place);
keepFresh(live);

/** @type {{round: string, choices: Choices, fate: string, say: string, sent: string}} */
let mine = { round: '', choices: null, fate: '', say: '', sent: '' };
let justJoined = arrived();

function arrived() {
  try {
    const found = sessionStorage.getItem('just-joined') !== null;
    sessionStorage.removeItem('just-joined');
    return found;
  } catch {
    return true;
  }
}

const seatId = () => String(live.scope['seat'] ?? '');
const sheetNow = () => /** @type {Sheet | undefined} */ (live.channels.get('open'));
const roundOf = (/** @type {Sheet} */ sheet) => `${sheet.question}@${sheet.round}`;

/** Take the seat: by itself after a scan, and when nobody else has it; else the person says so. */
function takeSeat() {
  const seat = live.channels.get('seat');
  if (!seat || seat.keypad === live.scope['device']) return;
  if (seat.keypad === null || justJoined) live.give({ t: 'join_seat', seat: seatId() });
  justJoined = false;
}

/** What is chosen: what the server holds, or what was pressed since. */
function chosen() {
  const sheet = sheetNow();
  if (!sheet?.question) return null;
  if (mine.round === roundOf(sheet)) return mine.choices;
  const ballot = live.channels.get('ballot');
  return ballot?.question === sheet.question && ballot.round === sheet.round ? ballot.choices : null;
}

/**
 * @param {Sheet} sheet
 * @param {Choices} choices
 */
function give(sheet, choices) {
  const sent = live.give(ballotCommand(sheet, seatId(), choices));
  mine = { round: roundOf(sheet), choices, fate: 'waiting', say: '', sent: sent.id };
  draw();
}

live.addEventListener('fate', (event) => {
  const sent = /** @type {CustomEvent<import('../live/outbox.js').Sent>} */ (event).detail;
  if (sent.id === mine.sent) {
    mine = sent.fate === 'refused' ? { ...mine, round: '', fate: sent.fate, say: sent.say } : { ...mine, fate: sent.fate, say: sent.say };
  } else if (sent.fate !== 'saved') {
    mine = { ...mine, fate: sent.fate, say: sent.say };
  }
  draw();
});

/** @param {Sheet} sheet */
function optionButtons(sheet) {
  if (sheet.kind === 'number') return [numberForm(sheet)];
  if (sheet.kind === 'rating') return sheet.options.map((option) => rating(sheet, option));
  return sheet.options.map((option) => {
    const { text, language } = wording(option.text, place.lang);
    const button = h('button', { type: 'button', class: 'option', 'aria-pressed': String(isChosen(chosen(), option.id)), lang: language || place.lang },
      h('span', { class: 'tick', 'aria-hidden': 'true' }, isChosen(chosen(), option.id) ? '✓' : ''), h('span', {}, text || t(`option.${option.id}`)));
    button.addEventListener('click', () => pressed(sheet, option.id));
    return button;
  });
}

/**
 * @param {Sheet} sheet
 * @param {string} option
 */
function pressed(sheet, option) {
  const { choices, beyond } = press(sheet, chosen(), option);
  if (beyond) {
    mine = { ...mine, fate: 'refused', say: t('refusal.too_many_choices', { limit: sheet.choices_max }) };
    draw();
  } else give(sheet, choices);
}

/**
 * @param {Sheet} sheet
 * @param {import('../models/ballot.js').Option} option
 */
function rating(sheet, option) {
  const now = /** @type {Record<string, number>} */ (chosen() ?? {});
  const steps = sheet.scale.map((step) => {
    const button = h('button', { type: 'button', class: 'option step', 'aria-pressed': String(now[option.id] === step.value) },
      wording(step.text, place.lang).text || String(step.value));
    button.addEventListener('click', () => give(sheet, { ...now, [option.id]: step.value }));
    return button;
  });
  return h('fieldset', { class: 'rating' }, h('legend', {}, wording(option.text, place.lang).text), h('div', { class: 'steps' }, ...steps));
}

/** @param {Sheet} sheet */
function numberForm(sheet) {
  const now = chosen();
  const input = /** @type {HTMLInputElement} */ (h('input', { type: 'number', id: 'number', inputmode: 'numeric', required: true,
    min: String(sheet.number_min), max: String(sheet.number_max), value: typeof now === 'number' ? String(now) : '' }));
  const unit = wording(sheet.unit, place.lang).text;
  const form = h('form', { class: 'number' }, h('label', { for: 'number' }, unit || t('field.number')), input, h('button', { type: 'submit', class: 'primary' }, t('ui.give_number')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    give(sheet, Number.parseInt(input.value, 10));
  });
  return form;
}

let drawn = '';

function draw() {
  const sheet = sheetNow();
  const seat = live.channels.get('seat');
  byId('seat-name').textContent = seat ? t('ui.seat', { seat: seat.id }) : '';
  drawHolder(seat);
  drawFate();
  const print = JSON.stringify([sheet, chosen(), seat?.keypad]);
  if (print === drawn) return;
  drawn = print;
  const box = byId('ballot');
  const focused = [...box.querySelectorAll('button, input')].indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (sheet?.question) drawSheet(sheet, box);
  else fill(box, h('p', { class: 'quiet' }, t('ui.no_vote_open')));
  if (focused >= 0) /** @type {HTMLElement | undefined} */ ([...box.querySelectorAll('button, input')][focused])?.focus();
}

/**
 * @param {Sheet} sheet
 * @param {HTMLElement} box
 */
function drawSheet(sheet, box) {
  const { text, language } = wording(sheet.title, place.lang);
  const now = chosen();
  const rule = sheet.kind === 'pick_up_to' ? t('count.choices_max', { count: sheet.choices_max }) : t(`kind.${sheet.kind}`);
  const after = [];
  if (now !== null && !sheet.first_only) {
    const back = h('button', { type: 'button', class: 'quiet' }, t('command.withdraw_ballot'));
    back.addEventListener('click', () => give(sheet, null));
    after.push(back);
  }
  const more = h('button', { type: 'button', class: 'quiet' }, t('command.ask_more_time'));
  more.addEventListener('click', () => live.give({ t: 'ask_more_time', question: sheet.question, seat: seatId() }));
  after.push(more);
  fill(box, h('h2', { lang: language }, text), h('p', { class: 'rule' }, rule), h('div', { class: 'options' }, ...optionButtons(sheet)),
    h('p', { class: 'quiet' }, t(sheet.first_only ? 'ui.first_only' : 'ui.change_until_close')), h('div', { class: 'after' }, ...after));
}

function drawFate() {
  const mark = byId('seat-fate');
  const sheet = sheetNow();
  const stored = sheet?.question && mine.round !== roundOf(sheet) && chosen() !== null && mine.fate !== 'refused';
  const fate = stored ? 'saved' : mine.fate;
  mark.dataset['fate'] = fate;
  mark.textContent = fate && sheet?.question ? fateWords({ fate, say: mine.say }) : '';
}

/** @param {any} seat */
function drawHolder(seat) {
  const box = byId('holder');
  const elsewhere = seat && seat.keypad !== null && seat.keypad !== live.scope['device'];
  box.hidden = !elsewhere;
  if (!elsewhere) return fill(box);
  if (seat.asked === live.scope['device']) return fill(box, h('p', {}, t('ui.takeover_asked')));
  const take = h('button', { type: 'button', class: 'primary' }, t('command.join_seat'));
  take.addEventListener('click', () => live.give({ t: 'join_seat', seat: seatId() }));
  return fill(box, h('p', {}, t('ui.seat_elsewhere')), take);
}

live.addEventListener('view', () => {
  const sheet = sheetNow();
  if (sheet?.question && mine.round !== '' && mine.round !== roundOf(sheet)) mine = { round: '', choices: null, fate: '', say: '', sent: '' };
  takeSeat();
  draw();
});
setInterval(() => {
  const closes = sheetNow()?.closes_at_ms;
  byId('closes').textContent = closes ? leftOver(closes - live.now()) : '';
}, 250);
showLine(live);
live.start();
