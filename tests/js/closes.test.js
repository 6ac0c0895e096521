// At stake: a laptop that holds another record says so, and one that went through a restore does not cry wolf.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Witness } from '../../static/js/live/witness.js';
import { difference, noting, shortHead } from '../../static/js/models/closes.js';
import { picture } from '../../static/js/models/scene.js';

const close = (/** @type {number} */ offset, /** @type {string} */ code) =>
  ({ question: 'place', round: 1, offset, code, words: { en: 'river-stone', th: 'แม่น้ำ-หิน' } });
const noted = (/** @type {number} */ offset, /** @type {string} */ code, epoch = 'e1') => ({ ...close(offset, code), epoch });

test('what agrees is no difference, and what is new is noted', () => {
  const closes = [close(10, 'aaaaaaaa'), close(20, 'bbbbbbbb')];
  assert.equal(difference([noted(10, 'aaaaaaaa')], closes, 'e1', {}), null);
  assert.deepEqual(noting([noted(10, 'aaaaaaaa')], closes, 'e1').map(({ offset }) => offset), [10, 20]);
});

test('another head at the same close is a difference, and so is a close that is gone', () => {
  const now = close(10, 'cccccccc');
  assert.deepEqual(difference([noted(10, 'aaaaaaaa')], [now], 'e1', {}), { noted: noted(10, 'aaaaaaaa'), now });
  assert.deepEqual(difference([noted(10, 'aaaaaaaa')], [], 'e1', {}), { noted: noted(10, 'aaaaaaaa'), now: null });
});

test('after a restore what both histories have must agree, and what was lost is no difference', () => {
  const before = [noted(10, 'aaaaaaaa'), noted(20, 'bbbbbbbb')];
  assert.equal(difference(before, [close(10, 'aaaaaaaa')], 'e2', { e1: 15 }), null);
  assert.deepEqual(difference(before, [close(10, 'xxxxxxxx')], 'e2', { e1: 15 })?.noted.offset, 10);
  assert.equal(difference(before, [close(10, 'xxxxxxxx')], 'e3', {}), null, 'another meeting of the same name');
});

test('what was noted once is not replaced by what the server says later', () => {
  const witness = new Witness('meeting');
  witness.hear([close(10, 'aaaaaaaa')], 'e1', {});
  witness.hear([close(10, 'cccccccc')], 'e1', {});
  assert.equal(witness.wrong?.noted.code, 'aaaaaaaa');
  witness.hear([close(10, 'aaaaaaaa')], 'e1', {});
  assert.equal(witness.wrong, null);
});

test('a head is said in digits and words of the language, on the laptop and on the screen', () => {
  assert.equal(shortHead(close(10, 'aaaaaaaa'), 'th'), 'aaaaaaaa แม่น้ำ-หิน');
  assert.equal(shortHead(close(10, 'aaaaaaaa'), 'km'), 'aaaaaaaa river-stone');
  const say = (/** @type {string} */ language) => (/** @type {string} */ key, /** @type {any} */ params = {}) =>
    [language, key, ...Object.entries(params).map(([name, value]) => `${name}=${value}`)].join(' ');
  const question = { question: 'place', round: 1, state: 'closed', title: { en: '?' }, options: [], kind: 'pick_one', standings: [] };
  const scene = { kind: 'voting', question, votes: { voted: 1, present: 2 }, digest: 'd'.repeat(64), head: close(10, 'aaaaaaaa') };
  const sheet = picture(scene, null, { languages: ['th', 'en'], say }).sheets[0];
  assert.deepEqual(sheet?.foot?.flat().map((/** @type {any} */ phrase) => phrase.text),
    ['th air.head code=aaaaaaaa words=แม่น้ำ-หิน', 'en air.head code=aaaaaaaa words=river-stone']);
});
