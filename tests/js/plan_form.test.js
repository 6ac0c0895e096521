// At stake: a form that changes what it was not asked to change in a plan, or cannot say what the plan says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addItem, addOption, addQuestion, addStep, freshId, isFormable, isTooLarge, languagesOf, listOf, move, numberOf, put, remove, rowOfTables, sayIn, spanOfLine, turnInto, wordsIn,
} from '../../static/js/models/plan_form.js';

test('a form is for what says its languages; for anything else there is the text', () => {
  assert.equal(isFormable({ languages: ['th', 'en'] }), true);
  for (const not of [null, 'a text', [], {}, { languages: [] }, { languages: 'th' }, { languages: [7] }]) assert.equal(isFormable(not), false, JSON.stringify(not));
  assert.deepEqual(languagesOf({ languages: ['th', 'th', 3, ''] }), ['th']);
});

test('words are said in one language and the others stay', () => {
  /** @type {any} */
  const plan = { title: { th: 'ประชุม', en: 'Meeting' } };
  const before = plan.title;
  sayIn(plan, 'title', 'en', 'City meeting');
  assert.deepEqual(plan.title, { th: 'ประชุม', en: 'City meeting' });
  assert.equal(before.en, 'Meeting', 'the text that was read is not changed under the one that shows it');
  sayIn(plan, 'title', 'th', '');
  sayIn(plan, 'title', 'en', '');
  assert.equal('title' in plan, false);
});

test('a plan of one language says its words without naming it', () => {
  /** @type {any} */
  const plan = { title: 'Meeting' };
  assert.equal(wordsIn(plan.title, 'en'), 'Meeting');
  sayIn(plan, 'title', 'en', 'City meeting');
  assert.equal(plan.title, 'City meeting');
  sayIn(plan, 'title', 'en', '');
  sayIn(plan, 'title', 'en', 'Again');
  assert.deepEqual(plan.title, { en: 'Again' });
});

test('what is no text is shown as nothing, and a number as it is', () => {
  assert.equal(wordsIn(2026, 'en'), '2026');
  for (const not of [null, undefined, ['a'], { en: ['a'] }, { en: { x: 1 } }]) assert.equal(wordsIn(not, 'en'), '', JSON.stringify(not));
});

test('a field that says nothing is left out', () => {
  /** @type {any} */
  const item = { takes_ideas: true, starts_at: '09:00' };
  put(item, 'takes_ideas', false);
  put(item, 'starts_at', '');
  put(item, 'minutes', 0);
  assert.deepEqual(item, { minutes: 0 });
});

test('what is no whole number stays as it was typed, so that the check can say so', () => {
  assert.equal(numberOf(' 30 '), 30);
  assert.equal(numberOf('-2'), -2);
  for (const not of ['', '3.5', '1e3', 'ten', '99999999999999999999']) assert.equal(numberOf(not), not);
});

test('tables in one row are for the form, tables of their own for the text', () => {
  const row = { count: 4, seats: 5 };
  assert.equal(rowOfTables({ tables: row }), row);
  assert.equal(rowOfTables({ tables: [row] }), row);
  for (const tables of [undefined, [], [row, row], { id: 'A', seats: 3 }, [{ id: 'A' }], 'four']) assert.equal(rowOfTables({ tables }), null);
});

test('new things have ids that nothing has', () => {
  assert.equal(freshId([{ id: 'item-2' }], 'item'), 'item-3');
  assert.equal(freshId([{ id: 'item-2' }, { id: 'item-3' }], 'item'), 'item-4');
  /** @type {any} */
  const plan = {};
  addItem(plan);
  addQuestion(plan);
  assert.equal(plan.agenda[0].id, 'item-1');
  assert.deepEqual(listOf(plan.questions[0], 'options').map((option) => option['id']), ['option-1', 'option-2']);
  plan.questions[0].options.shift();
  addOption(plan.questions[0]);
  assert.equal(new Set(plan.questions[0].options.map((/** @type {any} */ option) => option.id)).size, 2);
});

test('a question of another kind has what that kind needs and nothing that it cannot have', () => {
  /** @type {any} */
  const question = { id: 'q', kind: 'pick_one', options: [{ id: 'a', text: 'A' }, { id: 'b', text: 'B' }], seconds: 30 };
  turnInto(question, 'pick_up_to');
  assert.equal(question.choices_max, 2);
  assert.equal(question.options.length, 2);
  turnInto(question, 'number');
  assert.deepEqual([question.choices_max, question.options, question.number_min, question.number_max], [undefined, undefined, 0, 10]);
  turnInto(question, 'rating');
  assert.deepEqual([question.number_max, question.scale.length, question.options.length], [undefined, 3, 2]);
  turnInto(question, 'demographic');
  assert.deepEqual([question.purpose, question.scale], ['demographic', undefined]);
  turnInto(question, 'yes_no');
  assert.deepEqual(question, { id: 'q', kind: 'yes_no', seconds: 30 });
});

test('a step of a scale has a value of its own', () => {
  /** @type {any} */
  const question = { scale: [{ value: 3 }, { value: 'x' }] };
  addStep(question);
  assert.equal(question.scale[2].value, 4);
});

test('things are moved within their list and no further', () => {
  const [a, b] = [{ id: 'a' }, { id: 'b' }];
  const plan = { agenda: [a, b] };
  move(plan, 'agenda', b, -1);
  move(plan, 'agenda', b, -1);
  move(plan, 'agenda', a, 1);
  move(plan, 'agenda', { id: 'a' }, 1);
  assert.deepEqual(plan.agenda, [b, a]);
});

test('an item that is taken out leaves its questions, without an item', () => {
  const item = { id: 'talk' };
  const [q, r] = [{ id: 'q', item: 'talk' }, { id: 'r', item: 'other' }];
  /** @type {any} */
  const plan = { agenda: [item], questions: [q, r] };
  remove(plan, 'agenda', item);
  assert.deepEqual(plan, { agenda: [], questions: [{ id: 'q' }, { id: 'r', item: 'other' }] });
  remove(plan, 'questions', q);
  remove(plan, 'questions', r);
  assert.deepEqual(plan, { agenda: [] });
});

test('a plan is measured in bytes, and a Thai letter has three', () => {
  assert.equal(isTooLarge('ก'.repeat(666_666)), false);
  assert.equal(isTooLarge('ก'.repeat(666_667)), true);
});

test('a line is found in its text, and the last one where there are not so many', () => {
  const text = 'one\ntwo\n\nfour';
  assert.deepEqual([1, 2, 3, 4, 9].map((line) => text.slice(...spanOfLine(text, line))), ['one', 'two', '', 'four', 'four']);
  assert.deepEqual(spanOfLine('', 5), [0, 0]);
});
