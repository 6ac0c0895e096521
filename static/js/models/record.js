// The record of a day: what can be taken out of it, and what is left to do before it is closed. Pure.

import { plainOf, wording } from './words.js';

/**
 * @typedef {import('./channels.js').Channels} Channels
 * @typedef {import('./console_day.js').Day} Day
 * @typedef {{of: string, of_id: string, text: string, language: string, about: string}} Typed `about` is where it stands: a table, or nothing.
 * @typedef {{key: string, done: boolean, count: number}} Check
 */

/**
 * Every text that was typed during the day and can be redacted, newest kinds first.
 * @param {Channels} channels
 * @param {Record<string, any>} desk The theme team's view, or an empty one.
 * @param {string} language
 * @returns {Typed[]}
 */
export function typedTexts(channels, desk, language) {
  /** @type {Typed[]} */
  const found = [];
  const add = (/** @type {string} */ of, /** @type {string} */ id, /** @type {any} */ texts, about = '') => {
    const { text, language: used } = wording(texts, language);
    if (text) found.push({ of, of_id: id, text, language: used, about });
  };
  for (const [key, idea] of Object.entries(desk)) {
    if (key.startsWith('idea/') && !idea.redacted) found.push({ of: 'idea', of_id: idea.id, text: idea.text, language: idea.language, about: idea.table });
    if (key.startsWith('theme/') && !idea.redacted) add('theme', idea.id, idea.title);
  }
  for (const [id, message] of channels.all('message/')) add('message', id, message.text);
  for (const [id, call] of channels.all('call/')) if (call.text) found.push({ of: 'call', of_id: id, text: call.text, language: '', about: call.table });
  for (const [id, question] of channels.all('question/')) {
    if (!question.from_plan) add('question', id, question.title);
    for (const option of question.options) if (/^opt_/.test(option.id)) add('option', option.id, option.text);
    for (const round of question.rounds) add('reason', id, round.void_reason ?? round.reason);
  }
  for (const item of channels.get('agenda')?.items ?? []) {
    if (/^item_/.test(item.id)) add('item', item.id, item.title);
    add('item', item.id, item.skip_reason);
  }
  const record = channels.get('record') ?? { errata: [], responses: [] };
  record.errata.forEach((/** @type {any} */ each, /** @type {number} */ at) => add('erratum', String(at + 1), each.text));
  record.responses.forEach((/** @type {any} */ each, /** @type {number} */ at) => add('response', String(at + 1), each.text));
  for (const [id, scene] of channels.all('scene/')) add('screen', id, scene.text);
  add('timer', '1', channels.get('timer')?.label);
  return found;
}

/**
 * Those that hold these words, whatever their case.
 * @param {Typed[]} all
 * @param {string} words
 */
export function holding(all, words) {
  const wanted = words.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean);
  return wanted.length === 0 ? [] : all.filter(({ text }) => wanted.every((word) => plainOf(text).normalize('NFC').toLowerCase().includes(word)));
}

/**
 * What is left to do before the day is over, in order; after the close nothing that only a running meeting takes.
 * @param {Day} day
 * @param {Channels} channels
 * @returns {Check[]}
 */
export function endOfDay(day, channels) {
  const count = (/** @type {any[]} */ all) => all.length;
  const calls = channels.all('call/').filter(([, call]) => call.closed_at_ms === null);
  const record = channels.get('record') ?? { errata: [], responses: [] };
  const over = day.phase === 'closed' || day.phase === 'archived';
  const left = [
    { key: 'votes', count: day.open ? 1 : 0 },
    { key: 'results', count: count(day.questions.filter((question) => question.state === 'closed')) },
    { key: 'items', count: count(day.items.filter((item) => item.state === 'planned' || item.state === 'running')) },
    { key: 'calls', count: count(calls) },
  ];
  return [
    ...left.map((each) => ({ ...each, done: each.count === 0 })).filter(({ done }) => done || !over),
    { key: 'responses', count: count(record.responses), done: record.responses.length > 0 },
    { key: 'closed', count: 0, done: over },
  ];
}
