// At stake: a page that shows what is no longer so, or loses what somebody sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outbox } from '../../static/js/live/outbox.js';
import { Channels } from '../../static/js/models/channels.js';
import { newId } from '../../static/js/models/ids.js';
import { delayMs, mayComeBack, silence } from '../../static/js/models/line.js';

const view = (/** @type {number | null} */ since, /** @type {number} */ offset, /** @type {any} */ set, /** @type {string[]} */ gone = []) =>
  ({ channel: 'keypad', since, offset, set, gone });

test('a snapshot replaces everything and a delta changes what it names', () => {
  const channels = new Channels();
  assert.ok(channels.apply(view(null, 5, { a: 1, b: 2 })));
  assert.ok(channels.apply(view(5, 7, { b: 3, c: 4 }, ['a'])));
  assert.deepEqual([channels.get('a'), channels.get('b'), channels.get('c')], [undefined, 3, 4]);
  assert.ok(channels.apply(view(null, 9, { z: 1 })));
  assert.equal(channels.get('b'), undefined);
});

test('a delta with a gap before it, or of an unknown channel, asks for a resync', () => {
  const channels = new Channels();
  assert.equal(channels.apply(view(3, 4, { a: 1 })), false);
  channels.apply(view(null, 5, { a: 1 }));
  assert.equal(channels.apply(view(6, 8, { a: 2 })), false);
  assert.equal(channels.get('a'), 1);
  channels.toldUpTo(6);
  assert.ok(channels.apply(view(6, 8, { a: 2 })));
  assert.ok(channels.apply(view(2, 8, { a: 2 })), 'more than was missing is no gap');
});

test('entries of several channels are found by their prefix, each once', () => {
  const channels = new Channels();
  channels.apply({ channel: 'console', since: null, offset: 1, set: { 'idea/1': 'x', 'idea/2': 'y', other: 0 } });
  channels.apply({ channel: 'desk', since: null, offset: 1, set: { 'idea/2': 'y' } });
  assert.deepEqual(channels.all('idea/'), [['1', 'x'], ['2', 'y']]);
  assert.ok(channels.holdsAll(['console', 'desk']));
  assert.ok(!channels.holdsAll(['console', 'floor']));
});

test('a command is kept until it is answered, and busy is no answer', () => {
  const outbox = new Outbox();
  for (const id of ['cmd_1', 'cmd_2', 'cmd_3', 'cmd_4']) outbox.add({ t: 'stop_timer', id }, 0);
  assert.equal(outbox.answered({ t: 'busy', id: 'cmd_1' }), undefined);
  assert.equal(outbox.answered({ t: 'ack', id: 'cmd_2' })?.fate, 'saved');
  assert.equal(outbox.answered({ t: 'nack', id: 'cmd_3', say: 'no' })?.fate, 'refused');
  assert.equal(outbox.answered({ t: 'unknown', id: 'cmd_4' })?.fate, 'unknown');
  assert.equal(outbox.answered({ t: 'ack', id: 'cmd_2' }), undefined);
  assert.equal(outbox.answered({ t: 'nack', id: null }), undefined);
  assert.deepEqual(outbox.waiting().map((sent) => sent.id), ['cmd_1']);
});

test('a line that owes an answer for ten seconds is dead, one that was silent for eleven is asked first', () => {
  assert.equal(silence(11_000, 0, 0), '');
  assert.equal(silence(11_001, 0, 0), 'ask');
  assert.equal(silence(21_000, 0, 11_001), '');
  assert.equal(silence(21_001, 0, 11_001), 'dead', 'silent for so long, it is dead, whatever was said');
  assert.equal(silence(15_000, 4_000, 5_000), '');
  assert.equal(silence(15_001, 4_000, 5_000), 'dead');
});

test('a client comes back after codes below 4500 only, later and later, and not all at once', () => {
  assert.deepEqual([1006, 1012, 4008, 4030].map(mayComeBack), [true, true, true, true]);
  assert.deepEqual([4500, 4501, 4503, 4504].map(mayComeBack), [false, false, false, false]);
  assert.equal(delayMs(0, 1012, 0.999), Math.round(0.999 * 8_000));
  assert.ok(delayMs(3, 1006, 0.999) <= 4_000);
  assert.ok(delayMs(20, 1006, 0.999) <= 15_000);
  assert.equal(delayMs(5, 1006, 0), 0);
});

test('an id is its prefix and 128 random bits', () => {
  const ids = new Set(Array.from({ length: 1_000 }, () => newId('cmd')));
  assert.equal(ids.size, 1_000);
  for (const id of ids) assert.match(id, /^cmd_[0-9a-f]{32}$/);
});
