// At stake: a text that must be taken out of the record and is not offered, or a day that is closed with a vote open.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Channels } from '../../static/js/models/channels.js';
import { endOfDay, holding, typedTexts } from '../../static/js/models/record.js';

/** @param {Record<string, any>} set */
function told(set) {
  const channels = new Channels();
  channels.apply(/** @type {any} */ ({ channel: 'console', since: null, offset: 1, set }));
  return channels;
}

const EVERYTHING = {
  'message/m1': { text: { th: 'พักสิบนาที' } },
  'call/c1': { text: 'No water', table: '4', closed_at_ms: null },
  'call/c2': { text: '', table: '5', closed_at_ms: 9 },
  'question/plan': { from_plan: true, title: { en: 'From the plan?' }, options: [{ id: 'yes', text: { en: 'Yes' } }], rounds: [{ void_reason: null, reason: { en: 'again, since the sound failed' } }] },
  'question/q_1': { from_plan: false, title: { en: 'Made today?' }, options: [{ id: 'opt_1', text: { en: 'Typed option' } }], rounds: [{ void_reason: { en: 'wrong options' } }] },
  agenda: { items: [{ id: 'river', title: { en: 'Planned item' }, skip_reason: { en: 'no time' } }, { id: 'item_9', title: { en: 'Added item' }, skip_reason: null }] },
  record: { errata: [{ text: { en: 'The count of table 2' } }], responses: [{ text: { en: 'We shall do it' } }] },
  'scene/main': { text: { en: 'Welcome back' } },
  timer: { label: { en: 'Break' } },
};
const DESK = {
  'idea/i1': { id: 'i1', text: 'Plant SHADE', language: 'en', table: '3', redacted: false },
  'idea/i2': { id: 'i2', text: null, language: 'en', table: '3', redacted: true },
  'theme/t1': { id: 't1', title: { en: 'Shade' }, redacted: false },
  'theme/t2': { id: 't2', title: {}, redacted: true },
  desk: { items: [] },
};

test('every text that was typed during the day can be taken out, and nothing that the plan says', () => {
  const found = typedTexts(told(EVERYTHING), DESK, 'en');
  assert.deepEqual(found.map(({ of, of_id, text }) => `${of} ${of_id}: ${text}`), [
    'idea i1: Plant SHADE', 'theme t1: Shade', 'message m1: พักสิบนาที', 'call c1: No water', 'reason plan: again, since the sound failed',
    'question q_1: Made today?', 'option opt_1: Typed option', 'reason q_1: wrong options', 'item river: no time', 'item item_9: Added item',
    'erratum 1: The count of table 2', 'response 1: We shall do it', 'screen main: Welcome back', 'timer 1: Break',
  ]);
  assert.deepEqual([found[0]?.about, found[3]?.about], ['3', '4'], 'a table finds its own');
  assert.equal(found[2]?.language, 'th', 'in the language that it has');
  assert.deepEqual(typedTexts(told({}), {}, 'en'), [], 'an empty day has none');
});

test('a text is found by its words in any order and case, and by none where none is asked', () => {
  const all = typedTexts(told(EVERYTHING), DESK, 'en');
  assert.deepEqual(holding(all, 'shade plant').map(({ of_id }) => of_id), ['i1']);
  assert.deepEqual(holding(all, 'SHADE').map(({ of_id }) => of_id), ['i1', 't1']);
  assert.deepEqual(holding(all, 'สิบนาที').map(({ of_id }) => of_id), ['m1']);
  assert.deepEqual([holding(all, '   '), holding(all, 'shade sun')], [[], []]);
});

test('the end of the day names what is left, in order, and nothing that is done', () => {
  const day = /** @type {any} */ ({ open: { id: 'q' }, questions: [{ state: 'closed' }, { state: 'shown' }], items: [{ state: 'done' }, { state: 'running' }, { state: 'planned' }], phase: 'running' });
  const left = endOfDay(day, told(EVERYTHING));
  assert.deepEqual(left.map(({ key, done, count }) => [key, done, count]),
    [['votes', false, 1], ['results', false, 1], ['items', false, 2], ['calls', false, 1], ['responses', true, 1], ['closed', false, 0]]);
  const over = /** @type {any} */ ({ open: null, questions: [{ state: 'shown' }], items: [{ state: 'skipped' }], phase: 'archived' });
  assert.deepEqual(endOfDay(over, told({})).filter(({ done }) => !done).map(({ key }) => key), ['responses']);
  const late = /** @type {any} */ ({ open: null, questions: [{ state: 'closed' }], items: [{ state: 'planned' }], phase: 'closed' });
  assert.deepEqual(endOfDay(late, told(EVERYTHING)).map(({ key, done }) => [key, done]), [['votes', true], ['responses', true], ['closed', true]],
    'nothing is asked for that a closed meeting does not take');
});
