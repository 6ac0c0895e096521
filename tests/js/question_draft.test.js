// At stake: a question is changed in the middle of the day, and what nobody touched must stay what it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KINDS, blankDraft, blankOption, draftOf, fixedBecause, keepCommand, lacksOf, takesOptions } from '../../static/js/models/question_draft.js';

/** @returns {(prefix: string) => string} */
function numbered() {
  let made = 0;
  return (prefix) => `${prefix}_${(made += 1)}`;
}

/**
 * A question as the console tells it.
 * @param {Record<string, any>} [changes]
 * @returns {any}
 */
function told(changes = {}) {
  return {
    question: 'pick', state: 'planned', kind: 'pick_one', purpose: 'topic', title: { en: 'Which?', th: 'ข้อใด' }, item: 'talk', seconds: 45, unit: null,
    options: [{ id: 'a', text: { en: 'A', th: 'ก' }, exclusive: false }, { id: 'b', text: { en: 'B', th: 'ข' }, exclusive: true }],
    scale: [], census: { b: 12 }, choices_max: 1, number_min: 0, number_max: 100, standings: ['citizen'], visibility: 'after_show',
    first_only: true, anonymous: false, publish_choices: true, tie: 'option_order', more_time_ms: 9_000, rounds: [{}], ...changes,
  };
}

/** @param {string} kind */
function filled(kind) {
  const draft = blankDraft('talk', numbered());
  draft.rules.kind = kind;
  draft.title = { en: 'Which?' };
  draft.options.forEach((option, at) => { option.text = { en: `Option ${at}` }; });
  draft.scale.forEach((step) => { step.text = { en: `Step ${step.value}` }; });
  return draft;
}

test('a new question can be filled in, and lacks its title first', () => {
  const draft = blankDraft('talk', numbered());
  assert.equal(draft.isNew, true);
  assert.equal(draft.item, 'talk');
  assert.equal(new Set([draft.question, ...draft.options.map((option) => option.id)]).size, 3);
  assert.equal(lacksOf(draft), 'title');
  draft.title = { en: '  ' };
  assert.equal(lacksOf(draft), 'title');
  draft.title = { en: 'Which?' };
  assert.equal(lacksOf(draft), 'options');
});

test('each kind is whole once it has what that kind needs', () => {
  for (const kind of KINDS) assert.equal(lacksOf(filled(kind)), '', kind);
});

test('an option without words is none', () => {
  const draft = filled('pick_one');
  draft.options.push(blankOption(numbered()));
  const { options } = keepCommand(draft);
  assert.equal(options.length, 2);
  /** @type {any} */ (draft.options[1]).text = { en: ' ' };
  assert.equal(lacksOf(draft), 'options');
  for (const kind of ['approve', 'rating']) {
    draft.rules.kind = kind;
    assert.equal(lacksOf(draft), '', `${kind} can have one option`);
  }
});

test('what cannot be asked says what is missing', () => {
  const draft = filled('pick_up_to');
  draft.rules.choices_max = 3;
  assert.equal(lacksOf(draft), 'choices');
  draft.rules.choices_max = 0;
  assert.equal(lacksOf(draft), 'choices');
  draft.rules.kind = 'number';
  draft.rules.number_min = draft.rules.number_max;
  assert.equal(lacksOf(draft), 'range');
  draft.rules.kind = 'rating';
  /** @type {any} */ (draft.scale[1]).value = draft.scale[0]?.value;
  assert.equal(lacksOf(draft), 'scale');
  draft.scale = draft.scale.slice(0, 1);
  assert.equal(lacksOf(draft), 'scale');
  draft.rules.standings = [];
  assert.equal(lacksOf(draft), 'standings');
});

test('yes or no and a number take no options, and none are sent', () => {
  for (const kind of ['yes_no', 'number']) {
    assert.equal(takesOptions(kind), false);
    assert.deepEqual(keepCommand(filled(kind)).options ?? [], [], kind);
  }
  assert.equal(takesOptions('rating'), true);
});

test('a planned question that is kept unchanged says again what it said', () => {
  const question = told();
  const command = keepCommand(draftOf(question));
  assert.equal(command.t, 'revise_question');
  assert.equal(command.question, 'pick');
  assert.deepEqual(command.title, question.title);
  assert.deepEqual(command.options, [
    { id: 'a', text: { en: 'A', th: 'ก' }, exclusive: false },
    { id: 'b', text: { en: 'B', th: 'ข' }, exclusive: true, census: 12 },
  ]);
  const { rules } = command;
  for (const name of ['kind', 'purpose', 'standings', 'visibility', 'first_only', 'anonymous', 'publish_choices', 'tie', 'more_time_ms']) assert.deepEqual(rules[name], question[name], name);
});

test('what is written in a draft does not change what the console shows', () => {
  const question = told();
  const draft = draftOf(question);
  draft.title['en'] = 'Changed';
  /** @type {any} */ (draft.options[0]).text.en = 'Changed';
  draft.rules.standings.push('party');
  assert.deepEqual(question, told());
});

test('a new question is drafted with its item', () => {
  const command = keepCommand(filled('pick_one'));
  assert.equal(command.t, 'draft_question');
  assert.equal(command.item, 'talk');
});

test('what was asked is fixed, and says why', () => {
  assert.equal(fixedBecause(told()), '');
  assert.equal(fixedBecause(told({ state: 'open' })), 'open');
  for (const state of ['closed', 'shown', 'voided']) assert.equal(fixedBecause(told({ state })), 'asked');
  assert.equal(fixedBecause(told({ rounds: [{}, {}] })), 'again');
});
