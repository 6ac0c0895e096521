// At stake: a server had to go on from a backup, and a vote that somebody was told is saved is not in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outbox } from '../../static/js/live/outbox.js';
import { Sealed } from '../../static/js/live/sealed.js';
import { afterAnswer, toBringBack } from '../../static/js/models/kept.js';

/** @typedef {import('../../static/js/models/kept.js').Kept} Kept */

/** @param {Partial<Kept>} [other] @returns {Kept} */
const kept = (other = {}) => ({ id: 'cmd_1', blob: 'c2Vh', seat: '1-1', epoch: 'e-1', offset: 15, page: 'seat', device: 'kp_1', ...other });
const welcome = { epoch: 'e-2', history: { 'e-1': 12 }, scope: { device: 'kp_1', seat: '1-1' } };

test('what this history lacks is brought back, and nothing else', () => {
  const ids = (/** @type {Kept[]} */ given, said = welcome) => toBringBack(given, said, 'seat').map(({ id }) => id);
  assert.deepEqual(ids([kept()]), ['cmd_1']);
  assert.deepEqual(ids([kept({ offset: 12 })]), [], 'it has it');
  assert.deepEqual(ids([kept({ epoch: 'e-2' })]), [], 'it was acknowledged in it');
  assert.deepEqual(ids([kept({ epoch: 'e-0', offset: 3 })]), ['cmd_1'], 'a history it does not know');
  assert.deepEqual(toBringBack([kept()], { epoch: 'e-2', scope: welcome.scope }, 'seat').length, 1, 'no history is told');
});

test('they come in the order in which they were acknowledged', () => {
  const given = [kept({ id: 'c', offset: 30 }), kept({ id: 'a', epoch: 'e-0', offset: 99 }), kept({ id: 'b', offset: 20 })];
  assert.deepEqual(toBringBack(given, welcome, 'seat').map(({ id }) => id), ['a', 'b', 'c']);
});

test("a later login of the same seat brings them, another seat's or page's does not", () => {
  const later = { ...welcome, scope: { device: 'kp_9', seat: '1-1' } };
  assert.equal(toBringBack([kept()], later, 'seat').length, 1);
  assert.equal(toBringBack([kept()], { ...later, scope: { device: 'kp_9', seat: '1-2' } }, 'seat').length, 0);
  assert.equal(toBringBack([kept()], welcome, 'table').length, 0);
});

test('an acknowledged one is known to be there, a refused one is kept no more, but for a history that lost nothing', () => {
  assert.deepEqual(afterAnswer(kept(), { t: 'ack', offset: 14 }, 'e-2'), kept({ epoch: 'e-2', offset: 14 }));
  assert.equal(afterAnswer(kept(), { t: 'nack', code: 'blob_not_ours' }, 'e-2'), null);
  assert.deepEqual(afterAnswer(kept(), { t: 'nack', code: 'nothing_restored' }, 'e-2'), kept());
  assert.deepEqual(afterAnswer(kept(), { t: 'unknown' }, 'e-2'), kept());
});

/** A shelf in memory, in the place of the browser's disk. */
function shelf() {
  const held = new Map();
  return /** @type {any} */ ({
    held,
    put: async (/** @type {string} */ _, /** @type {Kept} */ one) => held.set(one.id, one),
    delete: async (/** @type {string} */ _, /** @type {string} */ id) => held.delete(id),
    all: async () => [...held.values()],
  });
}

test('a ballot is kept sealed with its answer, brought back once, and nothing of it can be read', async () => {
  const store = shelf();
  const sealed = new Sealed(store, 'seat');
  const cast = /** @type {any} */ ({ id: 'cmd_1', frame: { t: 'cast_ballot', seat: '1-1', choices: ['shade'] } });
  await sealed.answered(cast, { t: 'ack', offset: 15, blob: 'c2Vh' }, 'e-1', 'kp_1');
  await sealed.answered({ ...cast, id: 'cmd_2' }, { t: 'nack', code: 'voting_closed' }, 'e-1', 'kp_1');
  await sealed.answered({ ...cast, id: 'cmd_3' }, { t: 'ack', offset: 16, blob: null }, 'e-1', 'kp_1');
  assert.deepEqual([...store.held.values()], [kept()]);
  assert.deepEqual(await sealed.toBring(welcome), [{ t: 'recover_ballot', id: 'cmd_1', blob: 'c2Vh', seat: '1-1' }]);
  const brought = /** @type {any} */ ({ id: 'cmd_1', frame: { t: 'recover_ballot' } });
  await sealed.answered(brought, { t: 'ack', offset: 14 }, 'e-2', 'kp_1');
  assert.deepEqual(await sealed.toBring(welcome), []);
  assert.equal(store.held.size, 1, 'it stays, for the next restore');
});

test('what is brought back goes first, in the place of the same command on its way', () => {
  const outbox = new Outbox();
  outbox.add({ t: 'cast_ballot', id: 'cmd_1', seat: '1-1' }, 0);
  outbox.add({ t: 'write_idea', id: 'cmd_9', idea: 'i' }, 0);
  outbox.bring([{ t: 'recover_ballot', id: 'cmd_0', seat: '1-1' }, { t: 'recover_ballot', id: 'cmd_1', seat: '1-1' }], 1);
  assert.deepEqual(outbox.waiting().map(({ id, frame }) => [id, frame['t']]), [
    ['cmd_0', 'recover_ballot'], ['cmd_1', 'recover_ballot'], ['cmd_9', 'write_idea'],
  ]);
  assert.deepEqual(outbox.due().map(({ id }) => id), ['cmd_0', 'cmd_9'], 'one of a seat after the other');
});
