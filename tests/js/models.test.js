// At stake: a press that is counted as something else than was meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mayLoadAgain } from '../../static/js/models/stale.js';
import { ballotCommand, press } from '../../static/js/models/ballot.js';
import { readChoices, readCopies, readOptions, readScale, withoutEmpty } from '../../static/js/models/fields.js';
import { picture } from '../../static/js/models/scene.js';
import { listed, ownPad } from '../../static/js/models/sources.js';
import { Channels } from '../../static/js/models/channels.js';
import { isWording, leftOver, percent, sayer, wording } from '../../static/js/models/words.js';

/** @param {Partial<import('../../static/js/models/ballot.js').Sheet>} more */
const sheet = (more) => /** @type {import('../../static/js/models/ballot.js').Sheet} */ ({
  question: 'q', round: 1, kind: 'pick_one', title: {}, scale: [], choices_max: 1, number_min: 0, number_max: 9, first_only: false,
  anonymous: false, closes_at_ms: null, closing: false, unit: null, languages_missing: [],
  options: ['a', 'b', 'c', 'none'].map((id) => ({ id, text: {}, exclusive: id === 'none' })), ...more,
});

test('pick one: another press replaces', () => {
  assert.deepEqual(press(sheet({}), ['a'], 'b').choices, ['b']);
  assert.deepEqual(press(sheet({}), ['a'], 'a').choices, ['a']);
});

test('choose several: a press adds, a second one takes away, one too many changes nothing', () => {
  const several = sheet({ kind: 'pick_up_to', choices_max: 2 });
  assert.deepEqual(press(several, ['a'], 'b').choices, ['a', 'b']);
  assert.deepEqual(press(several, ['a', 'b'], 'a').choices, ['b']);
  assert.deepEqual(press(several, ['a', 'b'], 'c'), { choices: ['a', 'b'], beyond: true });
});

test('an exclusive option excludes the others, both ways', () => {
  const approve = sheet({ kind: 'approve' });
  assert.deepEqual(press(approve, ['a', 'b'], 'none').choices, ['none']);
  assert.deepEqual(press(approve, ['none'], 'a').choices, ['a']);
});

test('nothing chosen takes the ballot back, except where it means none of these', () => {
  assert.equal(ballotCommand(sheet({ kind: 'pick_up_to' }), '1-1', [])['t'], 'withdraw_ballot');
  assert.deepEqual(ballotCommand(sheet({ kind: 'approve' }), '1-1', []),
    { t: 'cast_ballot', question: 'q', round: 1, seat: '1-1', choices: [] });
  assert.equal(ballotCommand(sheet({ kind: 'rating' }), '1-1', { a: 1 })['choices'].a, 1);
  assert.equal(ballotCommand(sheet({ kind: 'number' }), '1-1', 0)['choices'], 0);
});

test('texts are filled in the form of the number, and a wording falls back on another language', () => {
  const t = sayer({ 'a#one': '{count} idea', 'a#other': '{count} ideas', b: 'of {x}' }, 'en');
  assert.deepEqual([t('a', { count: 1 }), t('a', { count: 2_000 }), t('b', { x: 'y' }), t('c')], ['1 idea', '2,000 ideas', 'of y', 'c']);
  assert.equal(sayer({ 'a#other': '{count} ข้อ' }, 'th')('a', { count: 1 }), '1 ข้อ');
  assert.deepEqual(wording({ th: 'ก' }, 'en'), { text: 'ก', language: 'th' });
  assert.ok(isWording({ en: 'x', th: 'y' }) && !isWording({ id: 'x' , count: 2 }) && !isWording([]));
});

test('figures of the screen are whole percents, halves up, and a dash where there is no base', () => {
  assert.deepEqual([percent(615), percent(614), percent(0), percent(null)], ['62%', '61%', '0%', '–']);
  assert.deepEqual([leftOver(61_000), leftOver(-5), leftOver(59_001)], ['1:01', '0:00', '1:00']);
});

test('what is typed into a form becomes fields', () => {
  let made = 0;
  const next = () => `opt_${(made += 1)}`;
  assert.deepEqual(readOptions('Shade | ร่มเงา\n\n Ferry ', ['en', 'th'], next),
    [{ id: 'opt_1', text: { en: 'Shade', th: 'ร่มเงา' } }, { id: 'opt_2', text: { en: 'Ferry' } }]);
  assert.deepEqual(readScale('1 agree | ใช่\n-1 do not', ['en', 'th']),
    [{ value: 1, text: { en: 'agree', th: 'ใช่' } }, { value: -1, text: { en: 'do not' } }]);
  assert.deepEqual(readCopies(['theme_1'], next), { opt_3: 'theme_1' });
  assert.deepEqual(readChoices('rating', [], 'a=1, b=-1'), { a: 1, b: -1 });
  assert.deepEqual([readChoices('number', [], '7'), readChoices('pick_one', ['a'], '')], [7, ['a']]);
  assert.deepEqual(withoutEmpty({ a: null, b: 0, c: undefined, d: '' }), { b: 0, d: '' });
});

test('ideas are written about items that take them, and the pad of a laptop says its own name', () => {
  const channels = new Channels();
  const items = [{ id: 'lunch', title: { en: 'Lunch' }, takes_ideas: false }, { id: 'place', title: { en: 'Place' }, takes_ideas: true }];
  channels.apply({ channel: 'table/1', offset: 1, since: null, set: { agenda: { running: 'place', items }, table: { seats: [{ id: '1-1' }, { id: '1-2' }] } } });
  assert.deepEqual(listed('idea_item', channels, {}, 'en'), [['place', 'Place']]);
  assert.deepEqual(listed('seat', channels, {}, 'en'), [['1-1', '1-1'], ['1-2', '1-2']]);
  assert.equal(ownPad('laptop', '1-2', { device: 'kp_a' }), 'kp_a:1-2');
  assert.deepEqual([ownPad('laptop', '', { device: 'kp_a' }), ownPad('paper', '1-2', { device: 'kp_a' })], [null, null]);
});

test('a scene says the same in words: question, result with its base, a hidden result', () => {
  const t = sayer({ 'base.answered#other': 'of {count} who answered', 'ui.not_shown_yet': 'not yet', 'scene.results': 'Result' }, 'en');
  const option = { id: 'a', text: { en: 'Water' }, count: 6, share_tenths: 600, rank: 1 };
  const other = { id: 'b', text: { en: 'Shade' }, count: 4, share_tenths: 400, rank: 2 };
  const result = { kind: 'pick_one', title: { en: 'What first?' }, base: 10, voted: 10, options: [option, other] };
  const shown = picture({ kind: 'results', result }, null, 'en', t, 0);
  assert.deepEqual([shown.title, shown.note], ['What first?', 'of 10 who answered']);
  assert.deepEqual(shown.rows.map((row) => [row.text, row.figure, row.leading]), [['Water', '60%', true], ['Shade', '40%', false]]);
  const hidden = picture({ kind: 'results', result: null }, null, 'en', t, 0);
  assert.deepEqual([hidden.note, hidden.rows], ['not yet', []]);
  assert.equal(picture({ kind: 'blank' }, null, 'en', t, 0).title, '');
});

test('a screen says no decimal, unless two neighbours that differ would look equal: then every bar has one', () => {
  const t = sayer({}, 'en');
  const figures = (/** @type {(number | null)[]} */ shares, /** @type {any} */ more = {}) => {
    const options = shares.map((share, at) => ({ id: `${at}`, text: { en: `${at}` }, share_tenths: share }));
    const result = { kind: 'pick_one', title: { en: '?' }, base: 10, options };
    return picture({ kind: 'results', result, ...more }, null, 'en', t, 0).rows.map((row) => row.figure);
  };
  assert.deepEqual(figures([615, 385]), ['62%', '39%']);
  assert.deepEqual(figures([334, 333, 333]), ['33.4%', '33.3%', '33.3%']);
  assert.deepEqual(figures([1000, 4, 0]), ['100.0%', '0.4%', '0.0%']);
  assert.deepEqual(figures([500, 500, 0]), ['50%', '50%', '0%'], 'equal shares may look equal');
  assert.deepEqual(figures([304, 500, 300]), ['30%', '50%', '30%'], 'these do not stand beside each other');
  assert.deepEqual(figures([null, null]), ['–', '–']);
  const other = { kind: 'pick_one', options: [{ id: 'x', text: { en: 'x' }, share_tenths: 402 }, { id: 'y', text: { en: 'y' }, share_tenths: 398 }] };
  assert.deepEqual(figures([600, 400], { kind: 'compare', other }), ['60.0%', '40.0%', '40.2%', '39.8%'], 'all bars of a scene');
  const number = { kind: 'number', median: [7, 2], base: 2 };
  assert.deepEqual(figures([600, 400], { kind: 'compare', other: number }), ['60%', '40%', '3.5']);
  const census = [{ options: [{ text: { en: 'Women' }, share_tenths: 512, census_tenths: 509 }, { text: { en: 'Men' }, share_tenths: 488, census_tenths: 491 }] }];
  const room = picture({ kind: 'room', room: { present: {} }, census }, null, 'en', t, 0);
  assert.deepEqual(room.rows.map((row) => [row.figure, row.base]), [['51.2%', '(50.9%)'], ['48.8%', '(49.1%)']]);
});

test('a stale page loads again when idle, once for each version, and never while words are unsent', () => {
  const stale = { had: 'a1', told: 'b2', waiting: 0, written: false, triedFor: null };
  assert.ok(mayLoadAgain(stale));
  assert.ok(!mayLoadAgain({ ...stale, told: 'a1' }));
  assert.ok(!mayLoadAgain({ ...stale, told: '' }));
  assert.ok(!mayLoadAgain({ ...stale, waiting: 1 }));
  assert.ok(!mayLoadAgain({ ...stale, written: true }));
  assert.ok(!mayLoadAgain({ ...stale, triedFor: 'b2' }));
  assert.ok(mayLoadAgain({ ...stale, triedFor: 'a1' }));
});
