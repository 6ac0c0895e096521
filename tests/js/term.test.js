// At stake: a page that has seen the promoted server goes on with the one before.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { numberOf, replaced } from '../../static/js/models/term.js';

test('a term is a number before a point, and anything else is none', () => {
  assert.equal(numberOf('1790000000000.abc'), 1790000000000);
  for (const none of [null, undefined, '', '.abc', 'x.1', '-1.x', '1e3.x', `${'9'.repeat(16)}.x`]) assert.equal(numberOf(none), 0);
});

test('a server of an earlier term, or of none, has been replaced', () => {
  assert.equal(replaced('1.a', '2.b'), true);
  assert.equal(replaced(undefined, '2.b'), true);
  assert.equal(replaced('2.b', '2.b'), false);
  assert.equal(replaced('3.c', '2.b'), false);
  assert.equal(replaced(undefined, null), false);
});
