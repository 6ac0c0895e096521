// At stake: the report's page says during the day what the report says after it. One golden day, written by
// tests/report/test_live_summary.py, holds both to the same answers.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Channels } from '../../static/js/models/channels.js';
import { dissent, missing, said, shownResults } from '../../static/js/models/summary.js';

const golden = JSON.parse(readFileSync(new URL('../golden/report-live.json', import.meta.url), 'utf8'));
const channels = new Channels();
channels.apply({ channel: 'public', offset: 1, since: null, set: golden.channel });
const results = shownResults(channels);

test('what the room said is what the report says, in its order', () => {
  const found = said(results).map((lines) => lines.map(({ result, option, share, rank }) => [result['question'], option?.id ?? '', share, rank]));
    assert.ok(found.length >= 5);
  assert.deepEqual(found, golden.report.said);
});

test('the strongest dissent is the same', () => {
  const found = dissent(results);
  assert.ok(found);
  assert.deepEqual([found.result['question'], found.option.id, found.share], golden.report.dissent);
});

test('who is missing against the census is the same', () => {
  const found = missing(golden.channel.census).map(({ option }) => [option.text, option.share_tenths, option.census_tenths]);
  assert.deepEqual(found, golden.report.missing);
});

test('of two groups the one is missing more whose counts say so, whatever the tenths say', () => {
  const options = [
    { id: 'plain', count: 25, share_tenths: 158, census: 16550, census_tenths: 166 },
    { id: 'hill', count: 17, share_tenths: 108, census: 11490, census_tenths: 115 },
    { id: 'town', count: 116, share_tenths: 734, census: 71960, census_tenths: 720 },
  ];
  assert.deepEqual(missing([{ title: {}, base: 158, population: 100000, options }]).map((group) => group.option.id), ['hill', 'plain']);
});

test('results stand in the order of the questions, whichever was shown first', () => {
  const live = new Channels();
  const result = (/** @type {string} */ question) => ({ question, purpose: 'topic' });
  live.apply({ channel: 'public', offset: 1, since: null, set: { 'votes/a': {}, 'votes/b': {}, 'result/b': result('b'), 'result/a': result('a') } });
  assert.deepEqual(shownResults(live).map((each) => each['question']), ['a', 'b']);
});

test('a practice question is no result', () => {
  assert.equal(results.some((result) => result['question'] === 'try'), false);
  assert.ok('result/try' in golden.channel);
});

test('many equal answers lead nothing, and no answer is none', () => {
  const options = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => ({ id, count: 1, share_tenths: 100, rank: 1 }));
  const equal = { question: 'q', kind: 'pick_one', purpose: 'topic', base: 7, options };
  assert.deepEqual(said([equal]), []);
  assert.equal(said([{ ...equal, options: options.slice(0, 6) }])[0]?.length, 6);
  assert.deepEqual(said([{ ...equal, options: options.map((each) => ({ ...each, count: 0 })) }]), []);
  assert.equal(dissent([{ ...equal, options: options.map((each) => ({ ...each, count: 0 })) }]), null);
});
