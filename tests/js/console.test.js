// At stake: the next-step button proposes what the server refuses, or ends something that cannot be begun again.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { nextStep, steps } from '../../static/js/models/next_step.js';
import { drift, hallClock, plannedStarts } from '../../static/js/models/schedule.js';
import { languagesMissing, proposedLength } from '../../static/js/models/vote_length.js';
import { byTable, findings, readTables } from '../../static/js/models/room_health.js';
import { lacks, sameScene, takeCommand } from '../../static/js/models/console_scene.js';
import { Hall, allCommands, random } from './console_hall.js';

const all = () => true;
const none = new Set();

/** @param {Hall} hall @param {(command: string) => boolean} [may] @param {Set<string>} [aside] */
const next = (hall, may = all, aside = none) => nextStep(hall.day(), may, aside, hall.now).step;

test('a whole run of show by the next step alone, each of its steps accepted', () => {
  const hall = new Hall([{ id: 'check', ideas: false, questions: ['practice', 'age'] }, { id: 'talk', ideas: true, questions: [] }, { id: 'end', ideas: false, questions: [] }]);
  const done = [];
  for (let step = next(hall); step && step.command !== 'report'; step = next(hall)) {
    hall.give(step);
    done.push(step.scene ? `${step.scene.kind} ${step.scene.question ?? step.scene.item ?? ''}`.trim() : step.key.replace(/@\d+/, ''));
    assert.ok(done.length < 100, done.join('\n'));
  }
  const vote = (/** @type {string} */ q) => [`question ${q}`, `open:${q}`, `voting ${q}`, `close:${q}`, `show:${q}`, `results ${q}`];
  assert.deepEqual(done, ['start', 'begin:check', ...vote('practice'), ...vote('age'), 'finish:check', 'begin:talk', 'agenda',
    'finish:talk', 'begin:end', 'agenda', 'finish:end', 'close']);
});

test('themes that the leader publishes go on the screen, and the question made of them is asked in its item', () => {
  const hall = new Hall([{ id: 'talk', ideas: true, questions: [] }, { id: 'break', ideas: false, questions: [] }]);
  for (const _ of [1, 2, 3]) hall.give(next(hall));
  hall.publish('talk');
  assert.deepEqual(next(hall)?.scene, { kind: 'themes', item: 'talk' });
  hall.give(next(hall));
  hall.draft('priority', 'talk');
  assert.deepEqual(next(hall)?.scene, { kind: 'question', question: 'priority' });
  const late = new Hall([{ id: 'talk', ideas: true, questions: [] }, { id: 'break', ideas: false, questions: [] }]);
  while (late.day().running?.id !== 'break') late.give(next(late));
  late.draft('priority', 'talk');
  while (next(late)?.command === 'take_scene' && next(late)?.scene?.kind !== 'question') late.give(next(late));
  assert.equal(next(late)?.scene?.question, 'priority', 'made after the item was over, it belongs to now');
});

test('whoever puts another picture on the screen, or holds it, is not contradicted', () => {
  const hall = new Hall([{ id: 'check', ideas: false, questions: ['practice'] }]);
  while (next(hall)?.command !== 'show_results') hall.give(next(hall));
  hall.give(next(hall));
  assert.equal(next(hall)?.scene?.kind, 'results');
  hall.scene('agenda');
  assert.equal(next(hall)?.command, 'finish_item', 'the screen has had its picture since');
  const held = new Hall([{ id: 'check', ideas: false, questions: ['practice'] }]);
  while (next(held)?.command !== 'open_voting') held.give(next(held));
  held.screens[0].held = true;
  held.give(next(held));
  assert.equal(next(held)?.command, 'close_voting');
});

test('a step that was put aside makes room for the one behind it', () => {
  const hall = new Hall([{ id: 'check', ideas: false, questions: ['practice', 'age'] }]);
  while (next(hall)?.command !== 'show_results') hall.give(next(hall));
  const aside = new Set([/** @type {any} */ (next(hall)).key]);
  assert.equal(next(hall, all, aside)?.question?.question, 'age');
});

test('who may not is told for whom the room waits', () => {
  const hall = new Hall([{ id: 'check', ideas: false, questions: ['practice'] }]);
  const stage = (/** @type {string} */ command) => ['take_scene', 'start_timer'].includes(command);
  assert.equal(nextStep(hall.day(), stage, none, 0).waiting?.command, 'start_meeting');
  hall.give(next(hall));
  hall.give(next(hall));
  assert.equal(next(hall, stage)?.scene?.kind, 'question');
  hall.give(next(hall, stage));
  const { step, waiting } = nextStep(hall.day(), stage, none, 0);
  assert.deepEqual([step, waiting?.command], [null, 'open_voting']);
});

test('while a vote closes nobody can do anything but wait', () => {
  const hall = new Hall([{ id: 'check', ideas: false, questions: ['practice'] }]);
  while (next(hall)?.command !== 'close_voting') hall.give(next(hall));
  hall.announce('practice');
  assert.deepEqual(nextStep(hall.day(), all, none, hall.now), { step: null, waiting: [...steps(hall.day(), hall.now)][0] });
});

test('an item that ends before its time is asked twice, and so is the end of the day', () => {
  const hall = new Hall([{ id: 'talk', ideas: true, questions: [] }]);
  while (next(hall)?.command !== 'finish_item') hall.give(next(hall));
  assert.equal(next(hall)?.early, true);
  hall.now += 30 * 60_000;
  assert.equal(next(hall)?.early, false);
  hall.give(next(hall));
  assert.equal(next(hall)?.final, true);
});

test('sweep: from whatever state people have made, the next step is accepted, and the day comes to its end', () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const dice = random(seed);
    const items = Array.from({ length: 1 + dice(4) }, (_, at) => ({ id: `i${at}`, ideas: dice(2) === 0, questions: Array.from({ length: dice(3) }, (__, q) => `q${at}${q}`) }));
    const hall = new Hall(items, dice(3) === 0 ? ['main', 'left'] : dice(5) === 0 ? [] : ['main']);
    if (dice(3) === 0) hall.draft('free', null);
    for (let turn = 0; turn < dice(60); turn += 1) hall.random(dice);
    const before = hall.print();
    const may = (/** @type {string} */ command) => allCommands.has(command) || command === 'report';
    let count = 0;
    for (let step = next(hall, may); step?.command !== 'report'; step = next(hall, may)) {
      if (step) assert.equal(hall.refuses(step), '', `seed ${seed}: ${step.key} after ${before}`);
      if (step) hall.give(step);
      else hall.wait();
      assert.ok((count += 1) < 400, `seed ${seed} goes round in circles from ${before}`);
    }
    assert.equal(hall.phase, 'closed');
  }
});

test('control: a hall that refuses is noticed', () => {
  const hall = new Hall([{ id: 'check', ideas: false, questions: ['practice'] }]);
  const question = /** @type {any} */ (hall.day().questions[0]);
  assert.notEqual(hall.refuses({ key: 'x', command: 'open_voting', question }), '', 'the meeting has not begun');
  assert.notEqual(hall.refuses({ key: 'x', command: 'close_meeting' }), '');
});

test('a day is behind by what began late and lasts longer, and ahead where it is shorter', () => {
  const item = (/** @type {any} */ more) => ({ id: 'a', title: null, state: 'planned', minutes: 30, planned_minutes: 30, starts_at: null, begun_at_ms: null, ends_at_ms: null, done_at_ms: null, takes_ideas: false, skip_reason: null, ...more });
  const minuteOf = (/** @type {number} */ ms) => ms / 60_000;
  const at = (/** @type {number} */ minute) => minute * 60_000;
  const items = [item({ starts_at: '09:00', state: 'done', begun_at_ms: at(544) }), item({ state: 'running', begun_at_ms: at(574), minutes: 40 }), item({ starts_at: '10:30' })];
  assert.deepEqual(plannedStarts(items), [540, 570, 630]);
  assert.equal(drift(items, { nowMs: at(580), sameDay: true, minuteOf }), 14, 'four late, ten longer');
  assert.equal(drift(items, { nowMs: at(620), sameDay: true, minuteOf }), 20, 'and it runs on');
  assert.equal(drift(items, { nowMs: at(580), sameDay: false, minuteOf }), 10, 'on another day the first item was on time');
  assert.equal(drift([item({})], { nowMs: 0, sameDay: true, minuteOf }), null);
  assert.equal(drift([item({ state: 'running', begun_at_ms: at(544) })], { nowMs: at(545), sameDay: true, minuteOf }), null, 'a plan without times');
  const clock = hallClock('Asia/Bangkok');
  assert.deepEqual([clock.minuteOf(Date.UTC(2026, 1, 11, 17, 30)), clock.dayOf(Date.UTC(2026, 1, 11, 17, 30))], [30, '2026-02-12']);
});

test('the length of a vote comes from the ways by which the room votes', () => {
  assert.deepEqual(proposedLength(30, { pads_most: 0 }), { seconds: 30, pads: 0 });
  assert.deepEqual(proposedLength(30, { pads_most: 1 }), { seconds: 30, pads: 0 });
  assert.deepEqual(proposedLength(30, { pads_most: 10 }), { seconds: 110, pads: 10 });
  assert.deepEqual(proposedLength(60, { pads_most: 2 }), { seconds: 60, pads: 0 });
  assert.deepEqual(proposedLength(0, { pads_most: 10 }), { seconds: 0, pads: 0 }, 'until somebody closes it');
  const question = { title: { en: 'a' }, options: [{ text: { en: 'b', th: 'ข' } }], scale: [] };
  assert.deepEqual(languagesMissing(question, ['en', 'th']), ['th']);
  assert.deepEqual(languagesMissing({ ...question, title: null }, ['en', 'th']), [], 'a redacted text misses nothing');
});

test('tables that need somebody: help first, the oldest first, then lines, silence, keypads', () => {
  const table = (/** @type {string} */ id, more = {}) => ({ table: id, seats: 10, present: 8, keypads: 8, heads: 8, gap: false, ideas: 1, last_idea_at_ms: 900_000, voted: null, asked: [], calls: [], ...more });
  const calls = [{ id: 'c1', table: '9', kind: 'technical', text: null, at_ms: 800_000, answered_at_ms: null, closed_at_ms: null }, { id: 'c0', table: '2', kind: 'keypad', text: null, at_ms: 700_000, answered_at_ms: 710_000, closed_at_ms: null },
    { id: 'c2', table: '3', kind: 'keypad', text: null, at_ms: 1, answered_at_ms: null, closed_at_ms: 2 }];
  const health = [table('1', { last_idea_at_ms: null }), table('2'), table('3', { keypads: 6 }), table('10', { present: 0, keypads: 0, last_idea_at_ms: null }), table('9', { gap: true })];
  const found = findings({ health, calls, lines: { 3: { laptops: 0, phones: 0, lost_at_ms: 5 } }, running: { takes_ideas: true, begun_at_ms: 600_000 }, nowMs: 1_000_000 });
  assert.deepEqual(found.map(({ table: at, trouble }) => `${trouble} ${at}`), ['help 2', 'help 9', 'lost 3', 'silent 1', 'keypads 3', 'gap 9']);
  assert.deepEqual(byTable(found).get('3'), ['lost', 'keypads']);
  const talkOver = findings({ health, calls: [], lines: {}, running: { takes_ideas: false, begun_at_ms: 0 }, nowMs: 9e9 });
  assert.ok(talkOver.every(({ trouble }) => trouble !== 'silent'));
});

test('tables are named by number and by range, and what is no table is told', () => {
  const known = ['1', '2', '3', '10', '11', 'A1'];
  assert.deepEqual(readTables('2-10, a1', known), { tables: ['2', '3', '10', 'A1'], unknown: [] });
  assert.deepEqual(readTables(' 3;99 10-2 ', known), { tables: ['3'], unknown: ['99', '10-2'] });
  assert.deepEqual(readTables('', known), { tables: [], unknown: [] });
});

test('a scene says what it lacks before the server does', () => {
  const hall = new Hall([{ id: 'check', ideas: true, questions: ['practice'] }]);
  const day = () => hall.day();
  assert.equal(lacks(day(), { kind: 'results', question: 'practice' }, false), 'not_shown');
  const [practice] = hall.day().questions;
  const voided = { ...day(), questions: [/** @type {any} */ ({ ...practice, state: 'voided', rounds: [{ round: 1, state: 'voided' }] })] };
  assert.equal(lacks(voided, { kind: 'results', question: 'practice' }, false), 'void', 'nothing will be shown of this round');
  assert.equal(lacks(day(), { kind: 'voting', question: 'practice' }, false), 'not_open');
  assert.equal(lacks(day(), { kind: 'compare', question: 'practice' }, false), 'not_shown');
  assert.equal(lacks(day(), { kind: 'question' }, false), 'incomplete');
  assert.equal(lacks(day(), { kind: 'themes', item: 'check' }, false), 'not_published');
  assert.equal(lacks(day(), { kind: 'sample' }, false), 'not_counted');
  assert.equal(lacks({ ...day(), sampled: true }, { kind: 'sample' }, false), '');
  assert.equal(lacks(day(), { kind: 'message' }, false), 'incomplete');
  assert.equal(lacks(day(), { kind: 'agenda' }, false), '');
  assert.ok(sameScene({ kind: 'results', question: 'a' }, { kind: 'results', question: 'a', item: null }));
  assert.ok(!sameScene({ kind: 'results', question: 'a' }, { kind: 'results', question: 'b' }));
  assert.deepEqual(takeCommand('main', { kind: 'agenda', question: null, languages: ['th'] }, { en: 'x' }), { t: 'take_scene', screen: 'main', scene: { kind: 'agenda', languages: ['th'] } });
});
