// At stake: a line that runs out of the picture, a page that turns before it can be read.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pack, reach, stayMs } from '../../static/js/models/paging.js';
import { markPassed } from '../../static/js/models/marks.js';
import { announced, momentOf, tableOf } from '../../static/js/models/said.js';
import { plain, textOf } from '../../static/js/models/phrases.js';
import { picture } from '../../static/js/models/scene.js';

const say = (/** @type {string} */ language) => (/** @type {string} */ key) => `${language} ${key}`;
const voice = { languages: ['en'], say };

test('rows are put into as few pages as hold them, evenly, in their order', () => {
  assert.deepEqual(pack([10, 10, 10], 0, 30, 7), [[0, 3]]);
  assert.deepEqual(pack(Array(8).fill(10), 0, 1_000, 7), [[0, 4], [4, 8]], 'four and four, not seven and one');
  assert.deepEqual(pack([20, 5, 5, 5, 20], 0, 30, 7), [[0, 3], [3, 5]]);
  assert.deepEqual(pack([10, 10], 5, 24, 7), [[0, 1], [1, 2]], 'the gap counts');
  assert.deepEqual(pack([], 0, 10, 7), []);
  assert.deepEqual(pack(Array(7).fill(10), 0, 30, 7), [[0, 3], [3, 5], [5, 7]], 'no row alone where it need not be');
  assert.deepEqual(pack([10, 10, 10, 10], 0, 100, 7, [2, 2, 2, 1]), [[0, 4]], 'four and three bars are seven');
  assert.deepEqual(pack([10, 10, 10, 10], 0, 100, 4, [2, 2, 2, 1]), [[0, 2], [2, 4]]);
});

test('a row that is higher than a page has no place', () => {
  assert.equal(pack([10, 31], 0, 30, 7), null);
  assert.deepEqual(pack([10, 30], 0, 30, 7), [[0, 1], [1, 2]]);
});

test('no page holds more than it may, and no row is lost or moved', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const heights = Array.from({ length: seed % 23 }, (_, at) => 1 + ((seed * 7919 + at * 104729) % 40));
    const pages = pack(heights, 2, 60, 1 + (seed % 7)) ?? [];
    assert.deepEqual(pages.flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at)), heights.map((_, at) => at));
    for (const [from, to] of pages) {
      const used = heights.slice(from, to).reduce((sum, height) => sum + height, 0) + 2 * (to - from - 1);
      assert.ok(used <= 60 && to - from <= 1 + (seed % 7));
    }
  }
});

test('a page stays as long as it takes to read, within bounds', () => {
  assert.deepEqual([stayMs(0), stayMs(10_000)], [6_000, 20_000]);
  assert.ok(stayMs(200) > stayMs(100));
});

test('bars reach a quarter, a half, three quarters or the whole', () => {
  assert.deepEqual([reach([]), reach([250]), reach([251]), reach([null, 610]), reach([900, 100])], [250, 250, 500, 750, 1_000]);
});

test('time left is said at its marks once, and not before, between or after', () => {
  assert.equal(markPassed(61_000, 59_900), 60);
  assert.equal(markPassed(59_900, 59_000), null);
  assert.equal(markPassed(400_000, 20_000), 30, 'after a pause the nearest mark only');
  assert.equal(markPassed(5_000, -1), null);
});

test('a listener hears another moment when the scene, the question or its state changes, and not by counts', () => {
  const voting = { kind: 'voting', offset: 5, question: { question: 'q', round: 1, state: 'open', closing: false, title: { en: '?' } }, votes: { voted: 1, present: 9 } };
  assert.equal(momentOf(voting), momentOf({ ...voting, votes: { voted: 8, present: 9 } }));
  assert.notEqual(momentOf(voting), momentOf({ ...voting, question: { ...voting.question, state: 'closed' } }));
  assert.notEqual(momentOf(voting), momentOf({ ...voting, offset: 6 }));
  const live = { kind: 'results', offset: 5, result: { question: 'q', round: 1, state: 'open', voted: 5 } };
  assert.equal(momentOf(live), momentOf({ ...live, result: { ...live.result, voted: 12 } }), 'a live figure is no moment');
  assert.notEqual(momentOf(live), momentOf({ ...live, result: { ...live.result, state: 'shown' } }));
});

const option = (/** @type {string} */ id, /** @type {number} */ share, /** @type {number} */ rank) => ({ id, text: { en: id }, count: rank, share_tenths: share, rank });

test('results become a table with heads, shares and counts', () => {
  const result = { kind: 'pick_one', title: { en: '?' }, base: 5, options: [option('Water', 600, 1), option('Shade', 400, 2)] };
  const group = picture({ kind: 'results', result }, null, voice).sheets[0]?.groups[0];
  assert.ok(group);
  const table = tableOf(group, voice);
  assert.deepEqual(table?.heads.map(textOf), ['en air.column.option', 'en air.column.share', 'en air.column.votes']);
  assert.deepEqual(table?.rows.map((row) => row.cells.map(textOf)), [['Water', '60%', '1'], ['Shade', '40%', '2']]);
});

test('an average is not called a share, and a rating has a column for each step', () => {
  const values = [{ value: 0, count: 1, share_tenths: 250 }, { value: 2, count: 3, share_tenths: 750 }];
  const rated = { id: 'a', text: { en: 'a' }, base: 4, mean: [3, 2], rank: 1, values };
  const result = { kind: 'rating', title: { en: '?' }, scale: [{ value: 0, text: { en: 'Badly' } }, { value: 2, text: { en: 'Well' } }], options: [rated] };
  const steps = picture({ kind: 'results', result }, null, voice).sheets[0]?.groups[0];
  const ranks = picture({ kind: 'priorities', result, priorities: [rated] }, null, voice).sheets[0]?.groups[0];
  assert.ok(steps && ranks);
  assert.deepEqual(tableOf(steps, voice)?.rows[0]?.cells.map(textOf), ['a', '1.5', '75%', '25%', '4']);
  assert.ok(tableOf(ranks, voice)?.heads.map(textOf).includes('en air.mean'));
});

test('where a scene is read, shares have the decimal that they have in the report, and on the screen none', () => {
  const values = [{ value: 0, count: 1, share_tenths: 253 }, { value: 2, count: 3, share_tenths: 747 }];
  const rated = { kind: 'rating', title: { en: '?' }, scale: [{ value: 0 }, { value: 2 }], options: [{ id: 'a', text: { en: 'a' }, base: 4, mean: [3, 2], rank: 1, values }] };
  const picked = { kind: 'pick_one', title: { en: '?' }, base: 5, options: [option('Water', 518, 1), option('Shade', 482, 2)] };
  const census = [{ title: { en: '?' }, base: 5, without: [], options: [{ id: 'a', text: { en: 'a' }, count: 3, share_tenths: 518, census_tenths: 400 }] }];
  const scenes = [{ kind: 'results', result: picked }, { kind: 'priorities', result: picked, priorities: picked.options }, { kind: 'room', census }, { kind: 'results', result: rated }];
  const figures = (/** @type {boolean} */ exact) => scenes.map((scene) => {
    const spoken = { ...voice, exact };
    const group = picture(scene, null, spoken).sheets.flatMap((sheet) => sheet.groups).at(-1);
    return group && tableOf(group, spoken)?.rows[0]?.cells.map(textOf).filter((text) => text.endsWith('%'));
  });
  assert.deepEqual(figures(true), [['51.8%'], ['51.8%'], ['51.8%', '40.0%'], ['74.7%', '25.3%']]);
  assert.deepEqual(figures(false), [['52%'], ['52%'], ['52%', '40%'], ['75%', '25%']]);
});

test('figures of several demographics from one census name it once', () => {
  const asked = (/** @type {string} */ source) => ({ title: { en: '?' }, base: 5, without: [], source: { en: source }, population: 9, options: [option('a', 500, 1)] });
  const made = picture({ kind: 'room', census: [asked('one'), asked('one'), asked('other')] }, null, voice).sheets.slice(1);
  assert.deepEqual(made.map((sheet) => sheet.foot.filter((part) => part.length > 0).length), [2, 1, 2]);
});

test('options and quotes are no tables', () => {
  assert.equal(tableOf({ form: 'options', title: [], rows: [], base: [] }, voice), null);
  assert.equal(tableOf({ form: 'quote', title: [], rows: [], base: [] }, voice), null);
});

test('what is announced is short: the first rows of a long list, no tiles of a roll call', () => {
  const options = Array.from({ length: 30 }, (_, at) => option(`o${at}`, 30, at + 1));
  const long = announced(picture({ kind: 'results', result: { kind: 'approve', title: { en: '?' }, base: 5, options } }, null, voice).sheets);
  assert.ok(long.length <= 12 && long.map(textOf).join().includes('o0'));
  const roll = announced(picture({ kind: 'roll_call', tables: [{ table: '77', present: 1, seats: 2 }] }, null, voice).sheets);
  assert.ok(!roll.map(textOf).join().includes('77'));
  assert.deepEqual(plain(''), []);
});
