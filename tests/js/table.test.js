// At stake: a table whose words are lost or replaced unseen, and a seat whose choice another one sees.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ON_THE_LINE_MAX, Outbox } from '../../static/js/live/outbox.js';
import { chartOf, itemOf, languageOf, lengthOf, placeFor } from '../../static/js/models/chart.js';
import { checked, verdict } from '../../static/js/models/check.js';
import { clockText } from '../../static/js/models/clock.js';
import { endsAt, IDLE_MS, markOf, MORE_MS, nextSeat, rated, READING_MS, seatNumber, sendsAtEnd, wayOf } from '../../static/js/models/pads.js';

// --- the outbox ---

const frame = (/** @type {string} */ id, /** @type {any} */ more = {}) => ({ t: 'write_idea', id, ...more });
const ids = (/** @type {{id: string}[]} */ sent) => sent.map(({ id }) => id);

test('nothing is sent before it is kept, and nothing twice over one line', () => {
  const outbox = new Outbox();
  const first = outbox.add(frame('cmd_1'), 0, false);
  outbox.add(frame('cmd_2'), 0);
  assert.deepEqual(ids(outbox.due()), ['cmd_2']);
  first.kept = true;
  assert.deepEqual(ids(outbox.due()), ['cmd_1']);
  assert.deepEqual(ids(outbox.due()), [], 'both are on the line');
  outbox.cut();
  assert.deepEqual(ids(outbox.due()), ['cmd_1', 'cmd_2'], 'on the next line both go again');
});

test('what is about one thing goes in its order, one after the answer of the other', () => {
  const outbox = new Outbox();
  outbox.add(frame('cmd_1', { idea: 'idea_1' }), 0);
  outbox.add({ t: 'revise_idea', id: 'cmd_2', idea: 'idea_1' }, 0);
  outbox.add(frame('cmd_3', { idea: 'idea_2' }), 0);
  assert.deepEqual(ids(outbox.due()), ['cmd_1', 'cmd_3']);
  outbox.answered({ t: 'busy', id: 'cmd_1' });
  assert.deepEqual(ids(outbox.due()), [], 'busy is no answer: the change waits for what it changes');
  outbox.answered({ t: 'ack', id: 'cmd_1' });
  assert.deepEqual(ids(outbox.due()), ['cmd_2']);
});

test('a change waits for its idea also while that is being kept', () => {
  const outbox = new Outbox();
  const first = outbox.add(frame('cmd_1', { idea: 'idea_1' }), 0, false);
  outbox.add({ t: 'revise_idea', id: 'cmd_2', idea: 'idea_1' }, 0);
  assert.deepEqual(ids(outbox.due()), []);
  first.kept = true;
  assert.deepEqual(ids(outbox.due()), ['cmd_1']);
});

test('no more is on the line than the server takes, and all of it goes in the end', () => {
  const outbox = new Outbox();
  for (let at = 0; at < 100; at += 1) outbox.add(frame(`cmd_${at}`), 0);
  const gone = [];
  for (let due = outbox.due(); due.length > 0; due = outbox.due()) {
    assert.ok(due.length <= ON_THE_LINE_MAX);
    for (const { id } of due) {
      gone.push(id);
      outbox.answered({ t: 'ack', id });
    }
  }
  assert.equal(new Set(gone).size, 100);
});

test('what an earlier page left goes first, and never what has its answer', () => {
  const outbox = new Outbox();
  outbox.add(frame('cmd_3'), 3);
  const left = [{ id: 'cmd_1', frame: frame('cmd_1'), at: 1 }, { id: 'cmd_2', frame: frame('cmd_2'), at: 2 }];
  outbox.adopt(left);
  assert.deepEqual(ids(outbox.due()), ['cmd_1', 'cmd_2', 'cmd_3']);
  outbox.answered({ t: 'nack', id: 'cmd_1', say: 'no', code: 'text_empty', params: {} });
  outbox.adopt(left);
  outbox.cut();
  assert.deepEqual(ids(outbox.due()), ['cmd_2', 'cmd_3'], 'an id that was refused is never sent again');
});

// --- the chart ---

const idea = (/** @type {string} */ id, /** @type {any} */ more = {}) => [id, { id, item: 'talk', kind: 'agreement', text: id, language: 'en',
  revision: 1, withdrawn: false, redacted: false, answers: [], themes: [], ...more }];
const known = (/** @type {any} */ more = {}) => ({ ideas: new Map(/** @type {any} */ ([idea('a'), idea('b'), idea('c')])), order: ['a', 'b', 'c'], given: [], refused: [], ...more });
const given = (/** @type {any[]} */ frames, fate = 'waiting') => frames.map((each) => ({ frame: each, fate }));
const texts = (/** @type {any} */ chart) => chart.rows.map((/** @type {any} */ row) => `${row.text}/${row.fate}`);

test('what is given shows at once as not yet saved, in the place that it will have', () => {
  const waiting = [
    frame('cmd_1', { idea: 'd', item: 'talk', kind: 'minority', text: 'd', language: 'th' }),
    { t: 'revise_idea', idea: 'a', revision: 1, text: 'A', kind: 'quote' },
    { t: 'move_idea', idea: 'c', before: 'a' },
    { t: 'withdraw_idea', idea: 'b' },
    frame('cmd_2', { idea: 'e', item: 'other', text: 'e' }),
  ];
  const { rows } = chartOf(known({ given: given(waiting) }), 'talk');
  assert.deepEqual(rows.map((row) => `${row.text}/${row.fate}`), ['c/waiting', 'A/waiting', 'b/waiting', 'd/waiting']);
  assert.deepEqual(rows.map((row) => row.revision), [1, 2, 1, 1], 'a change of a change names the revision that comes');
  assert.equal(rows[2]?.going, true);
});

test('what is acknowledged stays as it was given until the view tells it, and is there once', () => {
  const landed = given([
    frame('cmd_1', { idea: 'd', item: 'talk', kind: 'agreement', text: 'd', language: 'en' }),
    { t: 'move_idea', idea: 'b', before: 'a' }, { t: 'revise_idea', idea: 'a', revision: 1, text: 'A', kind: 'quote' },
  ], 'saved');
  assert.deepEqual(texts(chartOf(known({ given: landed }), 'talk')), ['b/saved', 'A/saved', 'c/saved', 'd/saved']);
  const told = known({ given: landed });
  told.ideas.set(.../** @type {[string, any]} */ (idea('d')));
  told.ideas.set(.../** @type {[string, any]} */ (idea('a', { revision: 3, text: 'A of the other laptop' })));
  told.order = ['b', 'a', 'c', 'd'];
  assert.deepEqual(texts(chartOf(told, 'talk')), ['b/saved', 'A of the other laptop/saved', 'c/saved', 'd/saved']);
});

test('refused words stand at their idea, and without one by themselves', () => {
  const refused = [
    { name: 'refused/1', frame: { t: 'revise_idea', idea: 'a', revision: 1, text: 'mine' }, say: 'changed', code: 'revision_changed' },
    { name: 'refused/2', frame: { t: 'revise_idea', idea: 'gone', revision: 1, text: 'mine too' }, say: 'withdrawn', code: 'idea_withdrawn' },
  ];
  const { rows, orphans } = chartOf(known({ refused }), 'talk');
  assert.deepEqual(rows[0]?.refused.map(({ frame: f }) => f['text']), ['mine']);
  assert.deepEqual(orphans.map(({ frame: f }) => f['text']), ['mine too']);
});

test('an idea moves by places, and not beyond the ends', () => {
  const { rows } = chartOf(known(), 'talk');
  assert.deepEqual([placeFor(rows, 'b', -1), placeFor(rows, 'b', 1), placeFor(rows, 'a', 1), placeFor(rows, 'c', -2)], ['a', null, 'c', 'a']);
  assert.deepEqual([placeFor(rows, 'a', -1), placeFor(rows, 'c', 1), placeFor(rows, 'x', 1)], [undefined, undefined, undefined]);
});

test('the chart is that of the running item, else of the last that took ideas', () => {
  const items = [
    { id: 'one', state: 'done', takes_ideas: true }, { id: 'two', state: 'done', takes_ideas: true },
    { id: 'lunch', state: 'running', takes_ideas: false }, { id: 'three', state: 'planned', takes_ideas: true },
  ];
  assert.equal(itemOf({ items, running: 'lunch' }, ''), 'two');
  assert.equal(itemOf({ items, running: 'lunch' }, 'one'), 'one');
  assert.equal(itemOf({ items, running: 'lunch' }, 'three'), 'two', 'one that has not begun takes nothing');
  assert.equal(itemOf({ items: items.slice(3), running: null }, ''), null);
});

test('the letters tell the language, and few letters do not', () => {
  const both = ['th', 'en'];
  assert.deepEqual([languageOf('ร่มเงา', both, 'en'), languageOf('Shade', both, 'th'), languageOf('1', both, 'th'), languageOf('Ombre', ['en', 'fr'], 'fr')], ['th', 'en', 'th', 'fr']);
  assert.equal(lengthOf(' น้ำ𝄞 '), 4);
});

// --- the pads ---

const seat = (/** @type {string} */ id, /** @type {any} */ more = {}) => ({ id, standing: 'citizen', present: true, left: false, keypad: null, channel: null, asked: null, ...more });
const sheet = /** @type {any} */ ({ question: 'q', round: 1, kind: 'pick_one', standings: ['citizen'], first_only: false });

test('a seat is marked by what it does, never by what it chose', () => {
  const mark = (/** @type {any} */ one) => markOf(one, sheet, { device: 'kp_1', voted: new Set(['1-2']), waiting: new Set(['1-3']) });
  assert.deepEqual(
    [seat('1-1'), seat('1-2'), seat('1-3'), seat('1-4', { present: false }), seat('1-5', { keypad: 'kp_9', channel: 'phone' }),
      seat('1-6', { keypad: 'kp_1:1-6', channel: 'laptop' }), seat('1-7', { keypad: 'kp_2:1-7', channel: 'laptop' }), seat('1-8', { standing: 'expert' }),
      seat('1-9', { left: true, keypad: 'kp_1:1-9', channel: 'laptop' })].map(mark),
    ['open', 'voted', 'waiting', 'absent', 'elsewhere', 'open', 'elsewhere', 'not_asked', 'absent'],
  );
  assert.equal(wayOf(seat('1-7', { keypad: 'kp_2:1-7', channel: 'laptop' }), 'kp_1'), 'other_laptop');
});

test('the laptop goes round once, then to those who were skipped', () => {
  const seats = ['1', '2', '3', '4'].map((id) => seat(id));
  const voted = new Set(['2']);
  const mark = (/** @type {any} */ one) => markOf(one, sheet, { device: 'kp', voted, waiting: new Set() });
  assert.equal(nextSeat(seats, mark, [], null), '1');
  assert.equal(nextSeat(seats, mark, [], '1'), '3');
  assert.equal(nextSeat(seats, mark, ['3'], '1'), '4');
  assert.equal(nextSeat(seats, mark, ['3'], '4'), '1', 'round again before those who were skipped');
  for (const id of ['1', '4']) voted.add(id);
  assert.equal(nextSeat(seats, mark, ['3'], '4'), '3');
  voted.add('3');
  assert.equal(nextSeat(seats, mark, ['3'], '3'), null);
});

test('a turn ends ten seconds after the last press, later before the first, and later still where more time is asked for', () => {
  assert.equal(endsAt({ at: 5, pressed: true, more: false }), 5 + IDLE_MS);
  assert.equal(endsAt({ at: 5, pressed: false, more: false }), 5 + READING_MS);
  assert.equal(endsAt({ at: 5, pressed: true, more: true }), 5 + MORE_MS);
  assert.equal(IDLE_MS, 10_000);
});

test('a first ballot that counts, and a number, go at the end of the turn', () => {
  assert.deepEqual([sendsAtEnd(sheet), sendsAtEnd({ ...sheet, first_only: true }), sendsAtEnd({ ...sheet, kind: 'number' })], [false, true, true]);
});

test('a rating keeps the options that were rated before in the turn', () => {
  assert.deepEqual(rated({ ...sheet, kind: 'rating' }, { a: 1 }, 'b', 0), { a: 1, b: 0 });
  assert.deepEqual(rated({ ...sheet, kind: 'rating' }, null, 'b', 0), { b: 0 });
});

test('a seat is called by its number at the table, a late one by the order in which it came', () => {
  const seats = [seat('17-4'), seat('seat_b'), seat('seat_a')];
  assert.deepEqual(['17-4', 'seat_b', 'seat_a', 'front'].map((id) => seatNumber(id, '17', seats)), ['4', '+1', '+2', 'front']);
});

// --- the check ---

const good = { state: 'open', aheadMs: 10, writes: true, had: 'v1', told: 'v1', width: 1024, beside: 0, keeps: true, secure: true };

test('a good laptop is ready, and each fault says what to do', () => {
  assert.equal(verdict(checked(good)), 'ready');
  const said = (/** @type {any} */ change) => checked({ ...good, ...change }).filter(({ level }) => level !== 'good').map(({ name, level, say }) => `${name}/${level}/${say}`);
  assert.deepEqual(said({}), []);
  assert.deepEqual(said({ state: 'offline' }), ['line/bad/offline', 'clock/looking/looking']);
  assert.deepEqual(said({ told: 'v2' }), ['version/bad/older']);
  assert.deepEqual(said({ writes: false }), ['storage/hint/refused']);
  assert.deepEqual(said({ aheadMs: 180_000 }), ['clock/hint/late']);
  assert.deepEqual(said({ secure: false, keeps: null }), ['kept/hint/insecure']);
  assert.deepEqual(said({ width: 390, beside: 1 }), ['width/hint/narrow', 'other/hint/some']);
  assert.equal(verdict(checked({ ...good, state: 'offline' })), 'bad');
  assert.equal(verdict(checked({ ...good, writes: null })), 'looking');
  assert.equal(verdict(checked({ ...good, writes: false, beside: 2, width: 400 })), 'ready', 'a hint does not keep a table from its work');
});

test('a time of day is said as the language says it', () => {
  const t = (/** @type {string} */ id, /** @type {any} */ params) => `${id} ${params.hour}:${params.minute}`;
  assert.equal(clockText(Date.UTC(2026, 10, 28, 3, 5), 'th', t, 'Asia/Bangkok'), 'date.clock 10:05');
});
