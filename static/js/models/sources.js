// What can be named in a form right now, from what the channels have told. Pure.

import { wording } from './words.js';

/**
 * @typedef {import('./channels.js').Channels} Channels
 * @typedef {[value: string, label: string]} Named
 */

/**
 * @param {string} text
 */
function short(text) {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/**
 * Seats of the tables that are heard, and one's own.
 * @param {Channels} channels
 * @returns {Named[]}
 */
function seats(channels) {
  /** @type {Named[]} */
  const found = [];
  for (const { entries } of channels.held.values()) {
    const own = entries.get('seat');
    if (own) found.push([own.id, own.id]);
    for (const seat of entries.get('table')?.seats ?? []) found.push([seat.id, seat.id]);
  }
  return found;
}

/**
 * Everything of a kind that a form may name.
 * @param {string} source
 * @param {Channels} channels
 * @param {Record<string, any>} scope Of the capability.
 * @param {string} language
 * @returns {Named[]}
 */
export function listed(source, channels, scope, language) {
  const say = (/** @type {any} */ texts) => short(wording(texts, language).text);
  switch (source) {
    case 'seat':
      return seats(channels);
    case 'table':
      return tables(channels, scope);
    case 'item':
      return (channels.get('agenda')?.items ?? []).map((/** @type {any} */ item) => [item.id, say(item.title)]);
    case 'idea_item':
      return (channels.get('agenda')?.items ?? [])
        .filter((/** @type {any} */ item) => item.takes_ideas)
        .map((/** @type {any} */ item) => [item.id, say(item.title)]);
    case 'question':
      return questions(channels, say);
    case 'idea':
      return [...channels.all('idea/'), ...channels.all('asked/')].map(([id, idea]) => [id, short(idea.text ?? id)]);
    case 'theme':
      return channels.all('theme/').map(([id, theme]) => [id, say(theme.title) || id]);
    case 'screen':
      return [...channels.all('scene/').map(([id]) => /** @type {Named} */ ([id, id]))];
    case 'call':
      return channels.all('call/').filter(([, call]) => call.closed_at_ms === null).map(([id, call]) => [id, `${call.table} · ${call.kind}`]);
    case 'act':
      return (channels.get('acts') ?? []).map((/** @type {any} */ act) => [act.act, `${act.name} · ${act.by}`]);
    default:
      return [];
  }
}

/**
 * @param {Channels} channels
 * @param {Record<string, any>} scope
 * @returns {Named[]}
 */
function tables(channels, scope) {
  const own = Array.isArray(scope['tables']) ? scope['tables'] : [];
  const heard = channels.all('health/').map(([id]) => id);
  return [...new Set([...own, ...heard])].map((id) => [id, id]);
}

/**
 * @param {Channels} channels
 * @param {(texts: any) => string} say
 * @returns {Named[]}
 */
function questions(channels, say) {
  const known = channels.all('question/').map(([id, sheet]) => /** @type {Named} */ ([id, say(sheet.title)]));
  const open = channels.get('open');
  if (open?.question && !known.some(([id]) => id === open.question)) known.unshift([open.question, say(open.title)]);
  return known;
}

/**
 * The keypad that a pad of this laptop is: for other ways in it is typed.
 * @param {string} channel
 * @param {string} seat
 * @param {Record<string, any>} scope
 * @returns {string | null}
 */
export function ownPad(channel, seat, scope) {
  return channel === 'laptop' && seat && scope['device'] ? `${scope['device']}:${seat}` : null;
}

/**
 * The sheet of a question, planned or open.
 * @param {Channels} channels
 * @param {string} question
 * @returns {any}
 */
export function sheetOf(channels, question) {
  const open = channels.get('open');
  return open?.question === question ? open : channels.get(`question/${question}`);
}
