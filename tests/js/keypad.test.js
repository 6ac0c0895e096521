// At stake: a phone that shows another answer than the one that counts, or calls saved what is not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { readSoFar } from '../../static/js/models/code.js';
import { progress, readNumber, standing, stateOf } from '../../static/js/models/keypad.js';

const sheet = (/** @type {any} */ more = {}) => /** @type {any} */ ({ question: 'q', round: 1, kind: 'pick_one', standings: ['citizen'], options: [{ id: 'a' }, { id: 'b' }], choices_max: 2, number_min: 0, number_max: 60, ...more });
const seat = (/** @type {any} */ more = {}) => /** @type {any} */ ({ id: '1-1', standing: 'citizen', keypad: 'mine', asked: null, ...more });
const sent = (/** @type {string} */ fate, /** @type {any} */ choices, /** @type {any} */ more = {}) =>
  /** @type {any} */ ({ id: 'cmd', fate, say: fate === 'refused' ? 'late' : '', at: 0, frame: { t: choices === null ? 'withdraw_ballot' : 'cast_ballot', question: 'q', round: 1, choices: choices ?? undefined, ...more } });

test('a keypad tells apart whose seat it is, whether the question is asked of it, and what the meeting does', () => {
  const known = { seat: seat(), device: 'mine', sheet: sheet(), phase: 'running' };
  assert.equal(stateOf(known), 'vote');
  assert.equal(stateOf({ ...known, seat: undefined }), 'waiting');
  assert.equal(stateOf({ ...known, seat: seat({ keypad: null }) }), 'free');
  assert.equal(stateOf({ ...known, seat: seat({ keypad: 'other' }) }), 'elsewhere');
  assert.equal(stateOf({ ...known, seat: seat({ keypad: 'other', asked: 'mine' }) }), 'asked');
  assert.equal(stateOf({ ...known, seat: seat({ standing: 'viewer' }) }), 'not_asked');
  assert.equal(stateOf({ ...known, sheet: undefined }), 'quiet');
  assert.deepEqual(['prepared', 'closed', 'archived'].map((phase) => stateOf({ ...known, phase })), ['before', 'after', 'after']);
  assert.equal(stateOf({ ...known, phase: 'closed', device: 'another' }), 'after', 'nobody takes a seat of a meeting that is over');
});

test('what waits is shown as not yet saved, before what the server holds', () => {
  const held = { question: 'q', round: 1, choices: ['a'] };
  assert.deepEqual(standing(sheet(), held, [], undefined), { choices: ['a'], fate: 'saved', say: '' });
  assert.deepEqual(standing(sheet(), held, [sent('waiting', ['b'])], undefined), { choices: ['b'], fate: 'waiting', say: '' });
  assert.deepEqual(standing(sheet(), held, [sent('waiting', null)], undefined).choices, null, 'a withdrawal that waits');
  assert.deepEqual(standing(sheet(), held, [sent('waiting', ['b'], { round: 2 })], undefined).choices, ['a'], 'of another round');
});

test('what was refused is not shown as chosen, and what is saved is', () => {
  const held = { question: 'q', round: 1, choices: ['a'] };
  assert.deepEqual(standing(sheet(), held, [], sent('refused', ['b'])), { choices: ['a'], fate: 'refused', say: 'late' });
  assert.deepEqual(standing(sheet(), { question: null, choices: null }, [], sent('saved', ['b'])).choices, ['b'], 'the ack came before the view; and nobody keeps an anonymous ballot');
  assert.deepEqual(standing(sheet({ round: 2 }), held, [], sent('saved', ['b'])), { choices: null, fate: '', say: '' }, 'a new round is empty');
});

test('what remains is counted where there is something to count', () => {
  assert.deepEqual(progress(sheet({ kind: 'pick_up_to' }), ['a']), { done: 1, of: 2 });
  assert.deepEqual(progress(sheet({ kind: 'rating' }), { a: 1 }), { done: 1, of: 2 });
  assert.equal(progress(sheet(), ['a']), null);
});

test('a number is read in Thai digits and with separators, and nothing else is a number', () => {
  const asked = sheet({ number_min: -5, number_max: 2_000 });
  assert.deepEqual(['12', ' ๑๒ ', '1,200', '-3', '−3'].map((typed) => readNumber(typed, asked)), [12, 12, 1200, -3, -3]);
  assert.deepEqual(['', '1.5', '2001', '-6', 'ten', '1e3', '0x1'].map((typed) => readNumber(typed, asked)), Array(7).fill(null));
});

test('a code is read as the server reads it, whatever keyboard is on', () => {
  /** @type {[string, string][]} */
  const golden = JSON.parse(readFileSync(new URL('../golden/codes.json', import.meta.url), 'utf8'));
  assert.ok(golden.length > 50);
  for (const [typed, code] of golden) assert.equal(readSoFar(typed).replace('-', ''), code, typed);
  assert.deepEqual([readSoFar('ึา-'), readSoFar('7k3'), readSoFar(''), readSoFar('7K3!')], ['7K3', '7K3', '', '']);
});
