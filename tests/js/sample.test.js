// At stake: hands are entered as they were counted, and what waits is seen first.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readCounts, readDigits } from '../../static/js/models/fields.js';
import { pairsAt, readDice, readHands } from '../../static/js/models/sample.js';

const natural = (/** @type {string} */ a, /** @type {string} */ b) => Number(a) - Number(b);
const pair = (/** @type {string} */ table, /** @type {string} */ state) => ({ question: 'q', round: 1, table, state });
const sample = { number: 1, waiting: true, questions: {}, pairs: [pair('10', 'waiting'), pair('2', 'entered'), pair('9', 'waiting'), pair('3', 'void')] };

test('pairs that wait come first, each kind in the order of the tables', () => {
  assert.deepEqual(pairsAt(sample, null, natural).map(({ table }) => table), ['9', '10', '2', '3']);
  assert.deepEqual(pairsAt(sample, ['2', '10'], natural).map(({ table }) => table), ['10', '2']);
  assert.deepEqual(pairsAt(undefined, null, natural), []);
});

test('hands are whole numbers, one for each option, and an empty field is not nought', () => {
  const typed = (/** @type {Record<string, string>} */ fields) => (/** @type {string} */ option) => fields[option] ?? '';
  assert.deepEqual(readHands(['a', 'b'], typed({ a: ' 4 ', b: '0' })), { a: 4, b: 0 });
  for (const b of ['', '-1', '1.5', 'x', '100']) assert.equal(readHands(['a', 'b'], typed({ a: '4', b })), null, b);
});

test('dice are read digit by digit, however they are parted', () => {
  for (const typed of ['3162', '3 1 6 2', '3,1,6,2', '3-1-6-2']) assert.deepEqual(readDice(typed), [3, 1, 6, 2]);
  assert.deepEqual(readDigits('3 1 7'), [3, 1, 7]);
});

test('in the plain form counts go by the order of the options', () => {
  assert.deepEqual(readCounts('4 0, 5', ['a', 'b', 'c']), { a: 4, b: 0, c: 5 });
  assert.deepEqual(readCounts('4', ['a', 'b']), { a: 4 });
});
