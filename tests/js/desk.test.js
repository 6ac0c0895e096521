// At stake: an idea that nobody sees, a pile that moves under the finger, a hint that is wrong more often than chance.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Desk } from '../../static/js/models/desk.js';
import { spans } from '../../static/js/models/spans.js';
import { folded } from '../../static/js/models/folded.js';
import { Hints, likeness } from '../../static/js/models/hints.js';
import { chosenBy, fileable, inTray, Pile, unread } from '../../static/js/models/pile.js';
import { pulseOf, waited } from '../../static/js/models/pulse.js';
import { drawnRows, scrolledTo } from '../../static/js/models/windowed.js';
import { saying, THEMES } from './said.js';

/**
 * @param {string} id
 * @param {Record<string, any>} [more]
 * @returns {any}
 */
const idea = (id, more = {}) => ({
  id, table: '1', site: 'hall', item: 'river', kind: 'agreement', text: `words of ${id}`, language: 'en', revision: 1, withdrawn: false,
  redacted: false, read: false, at_ms: 1_000, answers: [], themes: [], quoted_in: [], changed_since: false, ...more,
});

const frame = (/** @type {number | null} */ since, /** @type {any} */ set, /** @type {string[]} */ gone = []) => ({ channel: 'desk', since, set, gone });

test('the desk takes a snapshot, then says what each frame changed', () => {
  const desk = new Desk();
  desk.take(frame(null, { 'idea/a': idea('a'), 'theme/t': { id: 't', item: 'river' }, 'order/river': ['t', 'gone'], acts: [], tables: ['1', '2'] }));
  assert.deepEqual([[...desk.ideas.keys()], desk.themesOf('river').map((theme) => theme.id), desk.tables], [['a'], ['t'], ['1', '2']]);
  const changes = desk.take(frame(1, { 'idea/b': idea('b'), acts: [{ act: 'x' }] }, ['theme/t']));
  assert.deepEqual([[...changes.ideas], changes.themes, changes.rest], [['b'], true, true]);
  assert.equal(desk.themesOf('river').length, 0);
  assert.deepEqual([...desk.take(frame(2, { 'idea/a': idea('a', { read: true }) })).ideas], ['a']);
  assert.deepEqual([...desk.ideas.keys()], ['a', 'b'], 'in the order in which they came, whatever changes');
  desk.take(frame(null, {}));
  assert.equal(desk.ideas.size, 0, 'a snapshot forgets what is no more');
});

test('the item of now is the running one that takes ideas, else the last with ideas, else the first', () => {
  const items = [{ id: 'lunch', takes_ideas: false }, { id: 'river', takes_ideas: true }, { id: 'people', takes_ideas: true }];
  const desk = new Desk();
  desk.take(frame(null, { agenda: { running: 'lunch', items } }));
  assert.equal(desk.itemNow, 'river');
  desk.take(frame(1, { 'idea/a': idea('a', { item: 'people' }) }));
  assert.equal(desk.itemNow, 'people');
  desk.take(frame(2, { agenda: { running: 'river', items } }));
  assert.equal(desk.itemNow, 'river');
  assert.deepEqual(desk.items.map((item) => item.id), ['river', 'people']);
});

test('the desk knows when the meeting is over', () => {
  const desk = new Desk();
  const over = ['prepared', 'running', 'closed', 'archived'].map((phase) => {
    desk.take(frame(null, { meeting: { phase } }));
    return desk.ended;
  });
  assert.deepEqual(over, [false, false, true, true]);
});

test('tables that follow each other are said as a span', () => {
  const all = Array.from({ length: 40 }, (_, at) => String(at + 1));
  assert.equal(spans(all.slice(17, 34), all), '18–34');
  assert.equal(spans(['9', '2', '3', '40'], all), '2–3, 9, 40');
  assert.equal(spans(['nowhere'], all), '');
});

test('who is assigned is known by the public id in an author', () => {
  const desk = new Desk();
  desk.take(frame(null, { assigned: { cap_ann: ['1', '2'] } }));
  assert.deepEqual(desk.assigned('theme_member:cap_ann'), ['1', '2']);
  assert.deepEqual(desk.assigned('theme_member:cap_ben'), []);
});

test('every idea lies in the tray that its kind and its state say', () => {
  assert.ok(inTray(idea('a'), 'unread') && inTray(idea('a'), 'unfiled'));
  assert.ok(!inTray(idea('a', { read: true }), 'unread'));
  assert.ok(!inTray(idea('a', { themes: ['t'] }), 'unfiled'));
  assert.ok(!inTray(idea('a', { kind: 'request' }), 'unfiled') && inTray(idea('a', { kind: 'request' }), 'request'));
  assert.ok(!inTray(idea('a', { kind: 'question' }), 'unfiled') && inTray(idea('a', { kind: 'question' }), 'unread'));
  assert.ok(inTray(idea('a', { kind: 'minority', read: true }), 'minority'));
  assert.ok(!inTray(idea('a', { withdrawn: true }), 'unread') && inTray(idea('a', { withdrawn: true }), 'all'));
  assert.ok(fileable(idea('a', { kind: 'question' })) && !fileable(idea('a', { kind: 'request' })) && !fileable(idea('a', { redacted: true })));
});

test('a filter takes what it names, and its search needs no spaces', () => {
  const mine = new Set(['2']);
  const of = (/** @type {any} */ filter) => chosenBy({ ...unread('river'), ...filter }, mine);
  assert.ok(of({})(idea('a')) && !of({})(idea('a', { item: 'people' })));
  assert.ok(!of({ mine: true })(idea('a')) && of({ mine: true })(idea('a', { table: '2' })));
  assert.ok(of({ theme: 't' })(idea('a', { themes: ['t'], read: true })) && of({ theme: 't' })(idea('a', { quoted_in: ['t'], read: true })));
  assert.ok(!of({ kind: 'minority' })(idea('a')) && !of({ table: '7' })(idea('a')));
  assert.ok(of({ search: 'ร่ม เงา' })(idea('a', { text: 'ปลูกต้นไม้ให้ร่มเงา' })));
  assert.ok(of({ search: 'BUS-stop' })(idea('a', { text: 'A roof at the bus  stop.' })));
  assert.ok(!of({ search: 'ferry' })(idea('a', { text: 'A roof at the bus stop.' })));
});

test('a search finds new words once a table has changed its idea', () => {
  const kept = new Map();
  const found = chosenBy({ ...unread('river'), search: 'ferry' }, new Set(), kept);
  assert.ok(!found(idea('a')));
  assert.ok(found(idea('a', { revision: 2, text: 'a ferry' })));
  assert.ok(!found(idea('a', { revision: 2, text: null, redacted: true })), 'and loses them with a redaction');
});

test('folding sees neither case nor spaces nor the kind of digits nor the order of Thai marks', () => {
  assert.equal(folded('น้ำ ท่วม ๓ ซอย!'), folded('นํ้าท่วม3ซอย'));
  assert.equal(folded('The  RIVER'), 'theriver');
  assert.notEqual(folded('น้ำ'), folded('นำ'));
});

test('a pile grows at its end only, and keeps what is done until it is put in order', () => {
  const pile = new Pile();
  pile.fill(['a', 'b', 'c']);
  assert.ok(pile.follow(['b', 'c', 'd']));
  assert.deepEqual([pile.ids, pile.done], [['a', 'b', 'c', 'd'], 1]);
  assert.ok(!pile.follow(['d']));
  assert.deepEqual([pile.ids, pile.done], [['a', 'b', 'c', 'd'], 3]);
  pile.fill(['d']);
  assert.deepEqual([pile.ids, pile.done], [['d'], 0]);
});

test('next passes over what is done, goes back to what was left, and ends', () => {
  const pile = new Pile();
  pile.fill(['a', 'b', 'c', 'd']);
  pile.follow(['a', 'c', 'd']);
  assert.equal(pile.after(null), 'a');
  assert.equal(pile.after('a'), 'c');
  assert.equal(pile.after('d'), null);
  assert.equal(pile.after('d', { again: true }), 'a');
  assert.equal(pile.after('c', { again: true, over: (id) => id === 'd' }), 'a');
  assert.equal(pile.after('nowhere'), 'a');
  pile.follow([]);
  assert.equal(pile.after('a', { again: true }), null);
});

test('the pulse counts one item, rounds down, and knows who waits longest', () => {
  const ideas = [
    ...Array.from({ length: 199 }, (_, at) => idea(`r${at}`, { read: true, themes: ['t'] })),
    idea('late', { at_ms: 9_000, kind: 'minority', table: '4' }),
    idea('gone', { withdrawn: true }), idea('other', { item: 'people', at_ms: 1 }),
  ];
  const pulse = pulseOf(ideas, 'river', () => true);
  assert.deepEqual([pulse.all, pulse.read, pulse.percent, pulse.oldest], [200, 199, 99, 9_000]);
  assert.deepEqual([pulse.trays.unread, pulse.trays.minority, pulse.trays.unfiled, pulse.trays.all], [1, 1, 1, 200]);
  assert.deepEqual([...pulse.unreadOf], [['river', 1], ['people', 1]]);
  assert.deepEqual([pulseOf([], 'river', () => true).percent, pulseOf(ideas, 'river', ({ table }) => table === '4').all], [null, 1]);
});

test('a wait is said in minutes and seconds, then with hours', () => {
  assert.deepEqual([0, 130_000, 3_725_000, -5].map(waited), ['0:00', '2:10', '1:02:05', '0:00']);
});

test('of a long list only what is in sight is drawn, and some around it', () => {
  assert.deepEqual(drawnRows({ top: 0, height: 400, row: 100, count: 5_000 }), { from: 0, to: 10 });
  assert.deepEqual(drawnRows({ top: 250_000, height: 400, row: 100, count: 5_000 }), { from: 2494, to: 2510 });
  assert.deepEqual(drawnRows({ top: 999_999, height: 400, row: 100, count: 3 }), { from: 2, to: 3 });
  assert.deepEqual(drawnRows({ top: 0, height: 400, row: 100, count: 0 }), { from: 0, to: 0 });
  const list = { top: 1_000, height: 400, row: 100 };
  assert.deepEqual([2, 10, 13, 20].map((place) => scrolledTo(list, place)), [200, 1_000, 1_000, 1_700]);
});

/** @param {'en' | 'th'} language */
function taught(language) {
  const hints = new Hints();
  /** @type {Map<string, string>} */
  const belongs = new Map();
  const said = saying(language, 40);
  said.forEach(({ theme, text }, at) => {
    hints.learn(`i${at}`, text);
    belongs.set(`i${at}`, theme);
  });
  const half = [...belongs].filter((_, at) => at % 2 === 0);
  for (const theme of THEMES) hints.gather(theme, '', half.filter(([, of]) => of === theme).map(([id]) => id));
  return { hints, unseen: [...belongs].filter((_, at) => at % 2 === 1) };
}

for (const language of /** @type {const} */ (['en', 'th'])) {
  test(`the likely themes are right far more often than chance, in ${language}`, () => {
    const { hints, unseen } = taught(language);
    const first = unseen.filter(([id, theme]) => hints.likely(id, THEMES, 1)[0] === theme).length / unseen.length;
    const three = unseen.filter(([id, theme]) => hints.likely(id, THEMES).includes(theme)).length / unseen.length;
    assert.ok(first > 0.6, `first ${first}; chance is ${1 / THEMES.length}`);
    assert.ok(three > 0.85, `three ${three}`);
  });
}

test('control: themes that were gathered at random are no hint', () => {
  const { hints, unseen } = taught('en');
  const all = [...hints.ideas.keys()];
  THEMES.forEach((theme, at) => {
    hints.forget(theme);
    hints.gather(theme, '', all.filter((_, place) => place % THEMES.length === at));
  });
  const right = unseen.filter(([id, theme]) => hints.likely(id, THEMES, 1)[0] === theme).length / unseen.length;
  assert.ok(right < 0.45, `${right}`);
});

test('a theme without ideas is known by its title, and taking an idea out is seen', () => {
  const hints = new Hints();
  hints.learn('a', 'A ferry stop at the old market.');
  hints.learn('b', 'Clean the drains before the rain.');
  hints.gather('ferry', 'Ferry stop', []);
  hints.gather('drains', 'Drains and floods', ['a']);
  assert.equal(hints.likely('b', ['ferry', 'drains'])[0], 'drains', 'by its title');
  hints.learn('c', 'A ferry from the old market to the temple.');
  assert.ok(hints.likely('c', ['ferry', 'drains']).includes('drains'), 'an idea that lies there wrongly leads there');
  hints.gather('drains', 'Drains and floods', []);
  assert.deepEqual(hints.likely('c', ['ferry', 'drains']), ['ferry'], 'until it is taken out');
  assert.deepEqual(hints.likely('a', ['ferry', 'drains']), ['ferry']);
  assert.deepEqual(hints.likely('unknown', ['ferry']), []);
});

test('the same words are found, whatever their form; other words and paraphrases are not', () => {
  const hints = new Hints();
  hints.learn('a', 'Plant large shade trees along the river path.');
  hints.learn('b', 'plant LARGE shade trees along the river-path');
  hints.learn('c', 'Plant large shade trees along the river path, please');
  hints.learn('d', 'We would like it to be cooler when walking by the water.');
  hints.learn('e', 'Clean the drains before the rain.');
  assert.deepEqual(hints.same('a'), ['b', 'c']);
  assert.deepEqual(hints.same('a', (id) => id !== 'b'), ['c']);
  assert.deepEqual(hints.same('e'), []);
  hints.learn('c', 'Now something quite different');
  assert.deepEqual(hints.same('a'), ['b'], 'a table that changed its words has other words');
  assert.ok(likeness('abcd', 'abcd') === 1 && likeness('abcd', 'wxyz') === 0 && likeness('', '') === 1);
});
