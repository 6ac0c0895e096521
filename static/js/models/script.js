// The stage's script from what is told: where we are, what to say, what comes, and what the room has said. Pure.

import { decimalsFor, fractionText, lookEqual, shareText } from './figures.js';
import { inOrder } from './scene-votes.js';

/**
 * @typedef {{get: (key: string) => any, all: (prefix: string) => [string, any][], held: Map<string, {entries: Map<string, any>}>}} Told
 */

const NEXT = 4;
const MESSAGES = 5;

/**
 * @param {Told} told
 */
export function scriptOf(told) {
  const agenda = told.get('agenda');
  const items = agenda?.items ?? [];
  const at = items.findIndex((/** @type {any} */ item) => item.id === agenda?.running);
  const running = at < 0 ? null : items[at];
  const coming = items.slice(at + 1).filter((/** @type {any} */ item) => item.done_at_ms === null && item.state !== 'skipped');
  const messages = told.all('message/').map(([, message]) => message).sort((a, b) => b.at_ms - a.at_ms).slice(0, MESSAGES);
  return { running, guide: running ? (told.get(`guide/${running.id}`) ?? null) : null, coming: coming.slice(0, NEXT), messages, themes: running ? (told.get(`published/${running.id}`) ?? []) : [] };
}

/**
 * The results that may be read here, the newest first; one that the room has not seen is said to be early.
 * @param {Told} told
 * @returns {{result: any, early: boolean}[]}
 */
export function resultsOf(told) {
  const early = told.held.get('results')?.entries;
  const found = new Map(told.all('result/'));
  for (const [key, value] of early ?? []) if (key.startsWith('result/')) found.set(key.slice(7), value);
  const all = [...found.values()].filter((result) => result && !result.live);
  return all.map((result) => ({ result, early: result.state !== 'shown' }))
    .sort((a, b) => Number(b.early) - Number(a.early) || (b.result.shown_at_ms ?? 0) - (a.result.shown_at_ms ?? 0)).slice(0, 3);
}

/**
 * The figure of each option by its id, with the decimals that the screen shows.
 * @param {any} result
 * @returns {Map<string, string>}
 */
export function figuresOf(result) {
  const options = inOrder(result);
  const decimals = decimalsFor(options.map((option) => option.mean));
  const exact = lookEqual(options.map((option) => option.share_tenths));
  return new Map(options.map((option) => [option.id, option.mean ? fractionText(option.mean, decimals) : shareText(option.share_tenths, exact)]));
}
