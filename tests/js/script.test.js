// At stake: the person on stage reads out what is not so, or a result as if the room had seen it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { seatName, needs, steady, withRoom } from '../../static/js/models/area.js';
import { drafted, lacking, makes } from '../../static/js/models/asking.js';
import { Channels } from '../../static/js/models/channels.js';
import { meaningOf } from '../../static/js/models/desk-keys.js';
import { figuresOf, resultsOf, scriptOf } from '../../static/js/models/script.js';

const told = (/** @type {Record<string, any>} */ channels) => {
  const made = new Channels();
  for (const [channel, set] of Object.entries(channels)) made.apply({ channel, offset: 1, since: null, set });
  return made;
};

test('the script has the guide of the running item and what follows, without what is skipped or done', () => {
  const items = [['a', 'done', 1], ['b', 'running', null], ['c', 'skipped', null], ['d', 'planned', null]].map(([id, state, done]) => ({ id, state, done_at_ms: done }));
  const { running, guide, coming, messages } = scriptOf(told({ stage: {
    agenda: { running: 'b', items }, 'guide/b': { say: { en: 'Welcome' } }, 'message/1': { at_ms: 1 }, 'message/2': { at_ms: 2 },
  } }));
  assert.deepEqual([running.id, guide.say.en, coming.map((/** @type {any} */ item) => item.id), messages.map((each) => each.at_ms)], ['b', 'Welcome', ['d'], [2, 1]]);
  assert.equal(scriptOf(told({ stage: { agenda: { running: null, items } } })).running, null);
});

test('a result that the room has not seen is said to be early, and stands first', () => {
  const shown = { state: 'shown', shown_at_ms: 5 };
  const found = resultsOf(told({ public: { 'result/old': shown, 'result/live': { state: 'open', live: true } }, results: { 'result/new': { state: 'closed' } } }));
  assert.deepEqual(found.map(({ result, early }) => [result.state, early]), [['closed', true], ['shown', false]]);
});

test('means are read with the decimals of the screen: one, and two where neighbours would look equal', () => {
  const rating = (/** @type {[number, number][]} */ ...means) => ({ kind: 'rating', options: means.map((mean, at) => ({ id: `o${at}`, rank: at + 1, mean, share_tenths: null })) });
  assert.deepEqual([...figuresOf(rating([26, 10], [2, 1])).values()], ['2.6', '2.0']);
  assert.deepEqual([...figuresOf(rating([264, 100], [261, 100])).values()], ['2.64', '2.61']);
  const shares = { kind: 'pick_one', options: [{ id: 'a', rank: 1, share_tenths: 504 }, { id: 'b', rank: 2, share_tenths: 496 }] };
  assert.deepEqual([...figuresOf(shares).values()], ['50.4%', '49.6%']);
});

test('a key means the same on every layout; with a modifier or held down it files nothing', () => {
  const key = (/** @type {string} */ code, more = {}) => meaningOf({ code, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...more });
  assert.deepEqual(key('Digit3'), { act: 'file', number: 3, stay: false });
  assert.deepEqual(key('Numpad3', { shiftKey: true }), { act: 'file', number: 3, stay: true });
  assert.deepEqual([key('KeyJ', { repeat: true })?.act, key('Slash', { shiftKey: true })?.act, key('Slash')?.act], ['next', 'keys', 'search']);
  assert.deepEqual([key('Digit1', { repeat: true }), key('Digit1', { ctrlKey: true }), key('KeyU', { repeat: true }), key('Digit0'), key('KeyX')], [null, null, null, null, null]);
});

const theme = (/** @type {string} */ id, ideas = 1) => /** @type {any} */ ({ id, ideas, redacted: false, title: { en: id } });

test('a question begins with what is on the stage, at most ten, and says what it lacks', () => {
  const many = Array.from({ length: 14 }, (_, at) => theme(`t${at}`));
  assert.equal(drafted(many, [], {}).themes.length, 10);
  assert.deepEqual(drafted(many, ['t3', 't5'], {}).themes, ['t3', 't5']);
  const draft = drafted(many.slice(0, 3), [], { en: 'Which?' });
  assert.deepEqual([draft.most, lacking(draft)], [2, null]);
  assert.equal(lacking({ ...draft, title: {} }), 'title');
  assert.equal(lacking({ ...draft, themes: ['t1'] }), 'themes');
  assert.equal(lacking({ ...draft, most: 4 }), 'most');
  assert.equal(lacking({ ...draft, most: Number.NaN }), 'most');
  assert.equal(lacking({ ...draft, seconds: -1 }), 'seconds');
  const command = makes({ ...draft, kind: 'rating' }, 'river', (value) => ({ en: String(value) }));
  assert.deepEqual([Object.values(command['options']), command['scale'].length, command['rules'].choices_max], [['t0', 't1', 't2'], 5, 1]);
});

const health = (/** @type {string} */ table, more = {}) => ({ table, seats: 10, present: 8, keypads: 8, heads: 8, gap: false, ideas: 1, last_idea_at_ms: 0, voted: null, asked: [], calls: [], ...more });

test('help comes before a seat that two want, before silence, before a slow vote, before keypads', () => {
  const found = needs({
    health: [health('1', { keypads: 7, voted: 8 }), health('2', { voted: 1 }), health('3', { asked: ['3-1'], voted: 8 })], running: null,
    open: { question: 'q', opened_at_ms: 0 }, nowMs: 20_000,
    calls: [{ id: 'c', table: '4', kind: 'keypad', text: null, at_ms: 1, answered_at_ms: null, closed_at_ms: null }],
  });
  assert.deepEqual(found.map((need) => [need.trouble, need.table]), [['help', '4'], ['takeover', '3'], ['slow', '2'], ['keypads', '1']]);
});

test('an order stands still while a thumb is near, and grows at its end', () => {
  assert.deepEqual(steady(['a', 'b', 'c'], ['c', 'd', 'a'], true), ['a', 'c', 'd']);
  assert.deepEqual(steady(['a', 'b', 'c'], ['c', 'd', 'a'], false), ['c', 'd', 'a']);
});

test('a seat that was added has a name that can be said, and full tables are not offered', () => {
  const id = `seat_${'0'.repeat(32)}`;
  assert.deepEqual(seatName(id, '4', [{ id: '4-1' }, { id }]), { planned: false, name: '4-2' });
  assert.deepEqual(seatName('4-1', '4', []), { planned: true, name: '4-1' });
  const tables = [{ id: '1', seats: [1, 2], seats_max: 2 }, { id: '2', seats: [1], seats_max: 2 }, { id: '3', seats: [], seats_max: 2 }];
  assert.deepEqual(withRoom(tables, '2').map((table) => table.id), ['3']);
});
