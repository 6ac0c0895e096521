// At stake: a press that is counted as something else than was meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mayLoadAgain } from '../../static/js/models/stale.js';
import { ballotCommand, press } from '../../static/js/models/ballot.js';
import { readChoices, readCopies, readOptions, readScale, withoutEmpty } from '../../static/js/models/fields.js';
import { listed, ownPad } from '../../static/js/models/sources.js';
import { Channels } from '../../static/js/models/channels.js';
import { howLong, isWording, keepWhole, leftOver, percent, plainOf, sayer, wording } from '../../static/js/models/words.js';

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

test('words that no line may cut are joined in every text, the longest first, and found as they are typed', () => {
  keepWhole(['ลง\u2060คะแนน\u2060เสียง', 'ลง\u2060คะแนน']);
  const say = sayer({ open: 'เปิดลงคะแนน {what}' }, 'th');
  assert.equal(say('open', { what: 'ลงคะแนนเสียง' }), 'เปิดลง\u2060คะแนน ลง\u2060คะแนน\u2060เสียง');
  const { text } = wording({ th: 'ลงคะแนน' }, 'th');
  assert.equal(text, 'ลง\u2060คะแนน');
  assert.equal(plainOf(text), 'ลงคะแนน');
  keepWhole([]);
  assert.equal(say('open', { what: '' }), 'เปิดลงคะแนน ');
});

test('a time that has passed has its unit, and grows from one to the next', () => {
  const say = sayer({ 'count.seconds_short': '{count} s', 'count.minutes_short': '{count} min', 'count.hours_short': '{hours} h {minutes} min' }, 'en');
  const said = [-1, 999, 59_999, 60_000, 3_599_999, 3_600_000, 7_385_000].map((ms) => howLong(ms, say));
  assert.deepEqual(said, ['0 s', '0 s', '59 s', '1 min', '59 min', '1 h 0 min', '2 h 3 min']);
});
