// At stake: a hall of a thousand reads a figure, a rank or a wording that is not so.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decimalsFor, exactText, fractionText, lookEqual, sealText, shareText } from '../../static/js/models/figures.js';
import { joined, nameOf, said, textOf, worded } from '../../static/js/models/phrases.js';
import { ranges } from '../../static/js/models/ranges.js';
import { headline, picture } from '../../static/js/models/scene.js';

/** A teller that says the id and what fills it, so that a test sees what is asked of the catalogues. */
const say = (/** @type {string} */ language) => (/** @type {string} */ key, /** @type {any} */ params = {}) =>
  [language, key, ...Object.entries(params).map(([name, value]) => `${name}=${value}`)].join(' ');
const voice = (/** @type {string[]} */ ...languages) => ({ languages, say });
const both = voice('th', 'en');
const english = voice('en');

const option = (/** @type {string} */ id, /** @type {number | null} */ share, /** @type {number} */ rank, /** @type {any} */ more = {}) =>
  ({ id, text: { en: id }, count: 1, share_tenths: share, rank, ...more });
const result = (/** @type {any[]} */ options, /** @type {any} */ more = {}) =>
  ({ question: 'q', round: 1, kind: 'pick_one', title: { en: 'What first?' }, base: 10, voted: 10, standings: ['citizen'], options, ...more });
const one = (/** @type {any} */ scene, speakers = english, timer = null) => {
  const made = picture(scene, timer, speakers).sheets[0];
  assert.ok(made);
  return made;
};
const texts = (/** @type {any} */ phrases) => phrases.map((/** @type {any} */ phrase) => phrase.text);
const figures = (/** @type {any} */ scene) => one(scene).groups.flatMap((group) => group.rows.map((row) => textOf(row.figure ?? [])));

test('a wording is said in every language that is spoken, and the same words once', () => {
  assert.deepEqual(worded(both, { en: 'Water', th: 'น้ำ' }), [{ text: 'น้ำ', language: 'th' }, { text: 'Water', language: 'en' }]);
  assert.deepEqual(texts(worded(both, { en: 'SkyTrain', th: 'SkyTrain' })), ['SkyTrain']);
});

test('a language that is missing is marked, in that language', () => {
  const [phrase, ...more] = worded(both, { en: 'Water' });
  assert.deepEqual(more, []);
  assert.equal(phrase?.language, 'en');
  assert.equal(phrase?.marks?.[0]?.language, 'th');
  assert.match(phrase?.marks?.[0]?.text ?? '', /^th air.only_in language=/);
  assert.equal(worded(english, { th: 'น้ำ' })[0]?.language, 'th', 'the other language is shown');
  assert.equal(worded(english, { en: 'Water' })[0]?.marks, undefined, 'control: nothing is missing');
});

test('words that were taken out of the record are said to be so, and never left blank', () => {
  assert.deepEqual(texts(worded(both, null)), ['th air.removed', 'en air.removed']);
  assert.deepEqual(texts(worded(english, { en: '' })), ['en air.removed']);
});

test('languages are called by their names, and an unknown tag by itself', () => {
  assert.equal(nameOf('th', 'en'), 'Thai');
  assert.equal(nameOf('not a tag', 'en'), 'not a tag');
});

test('lines are joined language by language', () => {
  assert.deepEqual(texts(joined([said(both, 'a'), said(both, 'b')])), ['th a · th b', 'en a · en b']);
});

test('a result has its title, its shares, the leading option and its base with who voted', () => {
  const sheet = one({ kind: 'results', result: result([option('Shade', 400, 2), option('Water', 600, 1)]) });
  assert.equal(textOf(sheet.title), 'What first?');
  assert.deepEqual(sheet.groups[0]?.rows.map((row) => [textOf(row.text), textOf(row.figure ?? []), row.leading, row.share]),
    [['Water', '60%', true, 600], ['Shade', '40%', false, 400]], 'best first');
  assert.equal(textOf(sheet.foot[0] ?? []), 'en base.answered count=10: en air.standing.citizen');
});

test('a result that nobody has shown says so, and has no rows', () => {
  const sheet = one({ kind: 'results', result: null });
  assert.deepEqual([sheet.groups, textOf(sheet.leads[0] ?? [])], [[], 'en ui.not_shown_yet']);
  assert.deepEqual(one({ kind: 'priorities', result: null, priorities: [] }).groups, []);
});

test('a result that was voided while it was on the screen is said to be void, under its question', () => {
  for (const kind of ['results', 'priorities', 'compare']) {
    const scene = { kind, result: null, other: null, priorities: [], asked: { title: { en: 'What first?' }, state: 'voided' } };
    const sheet = one(scene);
    assert.deepEqual([textOf(sheet.title), textOf(sheet.leads[0] ?? [])], ['What first?', 'en air.voided'], kind);
    const before = one({ ...scene, asked: { title: { en: 'What first?' }, state: 'closed' } });
    assert.equal(textOf(before.leads[0] ?? []), 'en ui.not_shown_yet', 'control: it may still be shown');
  }
});

test('options whose order means something keep it', () => {
  const ages = [option('young', 200, 2), option('old', 800, 1)];
  assert.deepEqual(one({ kind: 'results', result: result(ages, { kind: 'demographic' }) }).groups[0]?.rows.map((row) => row.id), ['young', 'old']);
});

test('a screen says no decimal, unless two neighbours that differ would look equal: then every bar has one', () => {
  const shown = (/** @type {(number | null)[]} */ shares, /** @type {any} */ more = {}) =>
    figures({ kind: 'results', result: result(shares.map((share, at) => option(`${at}`, share, at + 1))), ...more });
  assert.deepEqual(shown([615, 385]), ['62%', '39%']);
  assert.deepEqual(shown([334, 333, 333]), ['33.4%', '33.3%', '33.3%']);
  assert.deepEqual(shown([1000, 4, 0]), ['100.0%', '0.4%', '0.0%']);
  assert.deepEqual(shown([500, 500, 0]), ['50%', '50%', '0%'], 'equal shares may look equal');
  assert.deepEqual(shown([304, 200, 300]), ['30%', '20%', '30%'], 'these do not stand beside each other');
  assert.deepEqual(shown([null, null]), ['–', '–']);
  const other = result([option('x', 402, 1), option('y', 398, 2)]);
  assert.deepEqual(shown([600, 400], { kind: 'compare', other }), ['60.0%', '40.0%', '40.2%', '39.8%'], 'all bars of a scene');
  assert.deepEqual([lookEqual([512, 509]), lookEqual([512, 495]), shareText(5, true), shareText(null, true)], [true, false, '0.5%', '–']);
});

test('two results stand beside each other, with one base where it is the same; and may be taken apart', () => {
  const first = result([option('a', 600, 1)]), second = result([option('a', 500, 1)], { title: { en: 'And now?' } });
  const alike = one({ kind: 'compare', result: first, other: second });
  assert.deepEqual(alike.groups.map((group) => [textOf(group.title), group.base.length]), [['What first?', 0], ['And now?', 0]]);
  assert.match(textOf(alike.foot[0] ?? []), /base.answered count=10/);
  assert.equal(alike.apart?.length, 2);
  const unlike = one({ kind: 'compare', result: first, other: { ...second, base: 7 } });
  assert.deepEqual(unlike.groups.map((group) => textOf(group.base)), ['en base.answered count=10', 'en base.answered count=7']);
  assert.equal(textOf(unlike.foot[0] ?? []), 'en air.standing.citizen', 'the same voters are said once');
  const others = one({ kind: 'compare', result: first, other: { ...second, base: 7, standings: ['party'] } });
  assert.deepEqual(others.groups.map((group) => textOf(group.base).split(': ')[1]), ['en air.standing.citizen', 'en air.standing.party']);
});

test('priorities come best first, and equals share their rank and say so', () => {
  const ranked = [option('a', 600, 1), option('b', 400, 2), option('c', 400, 2), option('d', 100, 4)];
  const sheet = one({ kind: 'priorities', result: result(ranked), priorities: ranked });
  assert.deepEqual(sheet.groups[0]?.rows.map((row) => textOf(row.lead ?? [])), ['1', '2=', '2=', '4']);
  assert.match(sheet.foot.map(textOf).join(), /air.equal/);
  const alone = one({ kind: 'priorities', result: result([option('a', 600, 1), option('b', 400, 2)]), priorities: [option('a', 600, 1), option('b', 400, 2)] });
  assert.doesNotMatch(alone.foot.map(textOf).join(), /air.equal/, 'control');
});

test('a rating is drawn in its steps, with an exact average and the base of each option where they differ', () => {
  const rated = (/** @type {string} */ id, /** @type {number} */ base, /** @type {[number, number] | null} */ mean, /** @type {number} */ rank) =>
    ({ id, text: { en: id }, base, mean, rank, values: [{ value: 0, count: 1, share_tenths: 250 }, { value: 2, count: 3, share_tenths: 750 }] });
  const scale = [{ value: 0, text: { en: 'Badly' } }, { value: 2, text: { en: 'Well' } }];
  const sheet = one({ kind: 'results', result: result([rated('a', 4, [3, 2], 1), rated('b', 3, [4, 3], 2)], { kind: 'rating', scale, base: undefined }) });
  const group = sheet.groups[0];
  assert.deepEqual(group?.keys?.map(textOf), ['2 = Well', '0 = Badly'], 'the highest step first');
  assert.deepEqual(group?.rows.map((row) => [textOf(row.figure ?? []), row.parts?.map((part) => part.share).join(), textOf(row.note ?? [])]),
    [['1.5', '750,250', 'en air.rated_by count=4'], ['1.3', '750,250', 'en air.rated_by count=3']]);
  const same = one({ kind: 'results', result: result([rated('a', 4, [3, 2], 1)], { kind: 'rating', scale, base: undefined }) });
  assert.match(textOf(same.foot[0] ?? []), /air.base_each count=4/);
});

test('averages have one decimal, two where neighbours that differ would look equal, and are rounded half away from 0', () => {
  assert.deepEqual([fractionText([5, 4]), fractionText([-5, 4]), fractionText([7, 2], 0), fractionText(null), fractionText([-1, 100])], ['1.3', '−1.3', '4', '–', '0.0']);
  assert.deepEqual([exactText([19, 1]), exactText([57, 3]), exactText([5, 3]), exactText([-5, 3]), exactText(null)], ['19', '19', '1.67', '−1.67', '–'], 'in a sentence');
  assert.deepEqual([decimalsFor([[121, 100], [119, 100]]), decimalsFor([[12, 10], [6, 5]]), decimalsFor([null, [1, 2]])], [2, 1, 1]);
});

test('numbers are gathered into a few ranges that hold everybody', () => {
  const found = ranges([{ value: 3, count: 2 }, { value: 12, count: 1 }, { value: 44, count: 4 }], 6);
  assert.deepEqual(found.map((range) => [range.from, range.to, range.count]), [[0, 9, 2], [10, 19, 1], [20, 29, 0], [30, 39, 0], [40, 49, 4]]);
  assert.deepEqual(ranges([], 6), []);
  for (const most of [2, 4, 6]) {
    for (const [least, greatest] of [[0, 0], [-7, 3], [1, 1_000_000], [-90071992547, 90071992547]]) {
      const spread = ranges([{ value: least ?? 0, count: 1 }, { value: greatest ?? 0, count: 2 }], most);
      assert.ok(spread.length <= most, `${least} to ${greatest} in ${spread.length}`);
      assert.equal(spread.reduce((sum, range) => sum + range.count, 0), 3);
    }
  }
});

test('a number is said by its middle, with its unit', () => {
  const sheet = one({ kind: 'results', result: result([], { kind: 'number', median: [7, 2], mean: [4, 1], unit: { en: 'km' }, numbers: [{ value: 3, count: 5 }, { value: 4, count: 5 }] }) });
  assert.equal(sheet.big?.text, '3.5 km');
  assert.deepEqual(figures({ kind: 'results', result: result([], { kind: 'number', median: [3, 1], mean: [3, 1], numbers: [{ value: 3, count: 1_200 }] }) }), ['1,200']);
});

test('an open vote has its options in order, the time that is left, and who of the present has voted', () => {
  const question = { question: 'q', round: 1, state: 'open', kind: 'pick_up_to', choices_max: 2, title: { en: '?' }, options: [option('b', 0, 1), option('a', 0, 1)], closes_at_ms: 9, opened_at_ms: 1 };
  const sheet = one({ kind: 'voting', question, votes: { voted: 3, present: 4 } });
  assert.deepEqual(sheet.groups[0]?.rows.map((row) => [textOf(row.lead ?? []), row.id]), [['1', 'b'], ['2', 'a']]);
  assert.deepEqual([sheet.big, sheet.votes?.voted, sheet.votes?.present], [{ until: 9, from: 1 }, 3, 4]);
  assert.equal(textOf(sheet.foot[0] ?? []), 'en count.choices_max count=2');
  const closing = one({ kind: 'voting', question: { ...question, closing: true }, votes: { voted: 3, present: 4 } });
  assert.equal(textOf(closing.foot[0] ?? []), 'en question_state.closing');
  const closed = one({ kind: 'voting', question: { ...question, state: 'closed', closes_at_ms: null }, votes: { voted: 3, present: 4 }, digest: '3812bcc14d3e99' });
  assert.deepEqual([closed.groups, textOf(closed.leads[0] ?? []), textOf(closed.foot[0] ?? [])],
    [[], 'en question_state.closed', 'en air.seal seal=3812 bcc1 4d3e'], 'nothing to choose any more');
  assert.equal(sealText(''), '');
});

test('yes, no and abstain have words even where the option has none', () => {
  const question = { question: 'q', kind: 'yes_no', title: { en: '?' }, options: [{ id: 'yes', text: null }, { id: 'abstain', text: {} }] };
  assert.deepEqual(one({ kind: 'question', question }).groups[0]?.rows.map((row) => textOf(row.text)), ['en option.yes', 'en option.abstain']);
});

test('the room is shown by standing, then beside the census with both on every bar', () => {
  const census = [{ question: 'age', title: { en: 'Age' }, base: 9, population: 100, source: { en: 'Census 2569' },
    options: [{ id: 'w', text: { en: 'Women' }, count: 5, share_tenths: 512, census_tenths: 509 }, { id: 'm', text: { en: 'Men' }, count: 4, share_tenths: 488, census_tenths: 491 }], without: [] }];
  const made = picture({ kind: 'room', room: { present: { citizen: 8, party: 1, viewer: 0 } }, census }, null, english).sheets;
  assert.deepEqual(made[0]?.groups[0]?.rows.map((row) => [row.id, row.count]), [['citizen', 8], ['party', 1]]);
  assert.deepEqual(made[1]?.groups[0]?.rows.map((row) => [textOf(row.figure ?? []), textOf(row.second ?? []), row.tick]), [['51.2%', '50.9%', 509], ['48.8%', '49.1%', 491]]);
  assert.match(made[1]?.foot.map(textOf).join() ?? '', /base.answered count=9.*air.source source=Census 2569 count=100/);
  const uncounted = picture({ kind: 'room', room: { present: {} }, census: [{ ...census[0], options: [] }] }, null, english).sheets;
  assert.equal(uncounted.length, 1, 'nothing to compare with');
});

test('a group for which the census has no figure says so, and is not compared with a zero', () => {
  const asked = { question: 'sex', title: { en: 'Sex' }, base: 8, population: 100, source: null,
    options: [{ id: 'w', text: { en: 'Women' }, count: 8, share_tenths: 1000, census_tenths: 1000 }], without: [{ id: 'o', text: { en: 'Other' }, count: 2 }] };
  const sheet = picture({ kind: 'room', room: { present: {} }, census: [asked] }, null, english).sheets[1];
  assert.deepEqual(sheet?.groups[0]?.rows.map((row) => [row.id, textOf(row.figure ?? []), textOf(row.second ?? []), row.share, row.tick, textOf(row.note ?? [])]),
    [['w', '100%', '100%', 1000, 1000, ''], ['o', '–', '–', undefined, undefined, 'en air.not_in_census count=2']]);
  assert.match(textOf(sheet?.foot[0] ?? []), /air.base_compared count=8/, 'the base is of those who are compared');
});

test('a rule is said as an order while it can be followed, and as a fact beside a result; an average names the ends of its scale', () => {
  const asked = { kind: 'pick_up_to', choices_max: 3, title: { en: 'What first?' }, options: [], state: 'open' };
  const foot = (/** @type {any} */ scene) => one(scene).foot.map(textOf).join(' | ');
  assert.match(foot({ kind: 'question', question: asked }), /count.choices_max count=3/);
  const options = [option('a', 600, 1)];
  const counted = result(options, { kind: 'pick_up_to', choices_max: 3 });
  assert.match(foot({ kind: 'results', result: counted }), /air.choices_each count=3/);
  assert.doesNotMatch(foot({ kind: 'priorities', result: counted, priorities: options }), /choices/, 'it is of no use to whoever reads ranks');
  const rated = { id: 'a', text: { en: 'a' }, base: 4, mean: [3, 2], rank: 1, values: [{ value: 0, share_tenths: 250 }, { value: 2, share_tenths: 750 }] };
  const scale = [{ value: 0, text: { en: 'Badly', th: 'แย่' } }, { value: 2, text: { en: 'Well', th: 'ดี' } }];
  const ranked = one({ kind: 'priorities', result: result([rated], { kind: 'rating', scale }), priorities: [rated] }, both);
  assert.deepEqual(texts(ranked.foot[2]), ['th air.average_of most=2 = ดี least=0 = แย่', 'en air.average_of most=2 = Well least=0 = Badly']);
  const bars = one({ kind: 'results', result: result([rated], { kind: 'rating', scale }) }, both).groups[0];
  assert.deepEqual([bars?.keys?.map(textOf), bars?.heads?.map(textOf)], [['2 = ดี · Well', '0 = แย่ · Badly'], ['th air.mean · en air.mean']]);
});

test('the roll call tells full, begun and empty tables apart, and how many there are', () => {
  const sheet = one({ kind: 'roll_call', tables: [{ table: '1', present: 10, seats: 10 }, { table: '2', present: 3, seats: 10 }, { table: '3', present: 0, seats: 10 }] });
  assert.deepEqual(sheet.groups[0]?.rows.map((row) => row.state), ['full', 'some', 'none']);
  assert.deepEqual(sheet.groups[0]?.keys?.map(textOf), ['en air.tables.full', 'en air.tables.some', 'en air.tables.none'], 'each said in words');
  assert.match(textOf(sheet.leads[0] ?? []), /tables_here count=2 all=3.*count.people count=13/);
});

test('a sample audit says how many agreed, what could not be counted and what that says of all', () => {
  const told = (/** @type {any} */ outcome) => one({ kind: 'sample', sample: outcome && { dice: [3, 1, 6], outcome: { pairs: 30, agreed: 28, missing: 0, differ_at_most: 196, ...outcome } } });
  const sheet = told({});
  assert.equal(sheet.big?.text, '28/30');
  assert.match(textOf(sheet.big?.words ?? []), /air.sample_agreed agreed=28 pairs=30/);
  assert.deepEqual(sheet.foot.filter((part) => part.length > 0).map(textOf), ['en air.sample_most share=19.6', 'en air.sample_dice dice=3 1 6']);
  assert.match(textOf(told({ missing: 1 }).foot[0] ?? []), /air.sample_missing count=1/);
  assert.deepEqual(told(null).leads.map(textOf), ['en air.sample_none'], 'in a preview, before there is a number');
});

test('themes come as a list, then each quote by itself in its own language', () => {
  const themes = [{ id: 't', title: { en: 'Water' }, ideas: 8, tables: 3, quotes: [{ idea: 'i', text: 'น้ำมีกลิ่น', language: 'th' }] }];
  const made = picture({ kind: 'themes', item: { en: 'Place' }, themes }, null, english).sheets;
  assert.deepEqual(made.map((sheet) => textOf(sheet.title)), ['Place', 'Water']);
  assert.deepEqual(made[1]?.groups[0]?.rows[0]?.text, [{ text: 'น้ำมีกลิ่น', language: 'th' }]);
});

test('an agenda marks what runs, what is over and what was left out', () => {
  const items = [['a', 'done'], ['b', 'running'], ['c', 'skipped'], ['d', 'planned']].map(([id, state]) => ({ id, state, title: { en: id }, starts_at: '09:30' }));
  const rows = one({ kind: 'agenda', agenda: { running: 'b', items } }).groups[0]?.rows ?? [];
  assert.deepEqual(rows.map((row) => row.state), ['done', 'now', 'out', undefined]);
  assert.equal(textOf(rows[0]?.lead ?? []), 'en date.clock hour=09 minute=30');
});

test('a title promises the level, and says place and day in the language', () => {
  const meeting = { title: { en: 'City' }, level: 'consult', place: { en: 'Hall' }, date: '2026-11-27' };
  const sheet = one({ kind: 'title', meeting });
  assert.deepEqual(sheet.leads.map(textOf), ['en air.promise level=en level.consult', 'en level_promise.consult']);
  assert.match(textOf(sheet.foot[0] ?? []), /place=Hall date=en date.long day=27 month=November/);
});

test('a timer counts to its end and then says that time is up; blank shows nothing; a scene to come says to wait', () => {
  const sheet = one({ kind: 'timer' }, english, /** @type {any} */ ({ ends_at_ms: 9, started_at_ms: 1, label: { en: 'Lunch' } }));
  assert.deepEqual([sheet.big?.until, textOf(sheet.title), textOf(sheet.big?.over ?? [])], [9, 'Lunch', 'en air.time_up']);
  assert.equal(textOf(one({ kind: 'timer' }).leads[0] ?? []), 'en air.no_timer');
  assert.deepEqual(picture({ kind: 'blank' }, null, english).sheets, []);
  assert.equal(textOf(headline(picture({ kind: 'hologram' }, null, english))), 'en scene.hold');
});
