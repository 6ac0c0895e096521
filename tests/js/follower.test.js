// At stake: the console says that a second laptop could take over, and it could not.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { follows } from '../../static/js/models/follower.js';

const BESIDE = { admitted: true, doubled: false, connected: true, behind: 0, wait_ms: 0, waited: false, lost: 0 };

/** @param {Partial<typeof BESIDE>} more */
const key = (more) => follows({ ...BESIDE, ...more }).key;

test('each state has its sentence, and only a laptop that is there is said to hold everything', () => {
  assert.equal(key({ admitted: false }), 'none');
  assert.equal(key({}), 'beside');
  assert.equal(key({ behind: 3 }), 'behind');
  assert.equal(key({ connected: false }), 'away');
  assert.equal(key({ doubled: true, connected: false }), 'doubled');
});

test('in waiting mode a server that does not wait says that it goes on alone', () => {
  assert.equal(key({ wait_ms: 2000, waited: true }), 'waited');
  assert.equal(key({ wait_ms: 2000, waited: true, behind: 1 }), 'waited');
  assert.equal(key({ wait_ms: 2000 }), 'alone');
  assert.equal(key({ wait_ms: 2000, connected: false }), 'alone');
});

test('whoever runs the day is to look where nobody could take over', () => {
  for (const more of [{ connected: false }, { doubled: true }, { wait_ms: 9 }]) assert.equal(follows({ ...BESIDE, ...more }).bad, true);
  for (const more of [{}, { behind: 2 }, { admitted: false }, { wait_ms: 9, waited: true }]) assert.equal(follows({ ...BESIDE, ...more }).bad, false);
});
