// At stake: no line of the report ends within a word, or between a figure and what it counts.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { pieces, together } from '../../static/js/models/together.js';

/** @param {string} language @param {string} key */
function text(language, key) {
  const catalogue = readFileSync(new URL(`../../app/locales/${language}.po`, import.meta.url), 'utf8');
  return new RegExp(`msgid "${key}"\\nmsgstr "(.*)"`).exec(catalogue)?.[1] ?? '';
}

const pattern = (/** @type {string} */ language) => together(text(language, 'report\\.together'), text(language, 'report\\.counted'));

test('words of the house, figures with their words and days of a month are pieces of their own', () => {
  const said = 'ในที่ประชุมร้อยละ 10.6 ลงคะแนน 159 คน เมื่อ 28 ธันวาคม 2569 เปียโนหน้าเจ้าหน้าที่ 09.30 น.';
  const made = pieces(said, pattern('th'));
  assert.equal(made.join(''), said);
  assert.deepEqual(made.filter((_, at) => at % 2), ['ที่ประชุม', 'ร้อยละ 10.6', 'ลงคะแนน 159 คน', '28 ธันวาคม', '09.30 น.']);
  assert.deepEqual(pieces('on 28 December 2026', pattern('en')), ['on ', '28 December', ' 2026']);
});

test('a text without any is one piece', () => {
  assert.deepEqual(pieces('', pattern('th')), ['']);
  assert.deepEqual(pieces('พ.ย. ๑๒', pattern('th')), ['พ.ย. ๑๒']);
});
