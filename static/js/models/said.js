// A picture as text and tables, and what of it is announced once. Pure.

import { plain, said } from './phrases.js';
import { shareText } from './figures.js';

/**
 * @typedef {import('./phrases.js').Phrase} Phrase
 * @typedef {import('./phrases.js').Voice} Voice
 * @typedef {import('./sheet.js').Group} Group
 * @typedef {import('./sheet.js').Row} Row
 * @typedef {import('./sheet.js').Sheet} Sheet
 * @typedef {import('./sheet.js').Form} Form
 * @typedef {{heads: Phrase[][], rows: {id: string, cells: Phrase[][], state?: string}[]}} Table The first cell that has
 *   words of the meeting is the head of its row (`head`, an index).
 */

const ROWS_SAID = 8;

/** @type {Record<string, [key: string, of: (row: Row) => Phrase[]][]>} What a table of a form has: its columns. */
const COLUMNS = {
  bars: [['option', words], ['share', figure], ['votes', count]],
  ranks: [['option', words], ['rank', (row) => row.lead ?? []], ['share', figure], ['votes', count]],
  census: [['option', words], ['room', figure], ['census', (row) => row.second ?? []], ['people', count]],
  numbers: [['number', words], ['people', figure]],
  agenda: [['item', words], ['time', (row) => row.lead ?? []], ['state', figure]],
  themes: [['theme', words], ['ideas', (row) => row.note ?? []]],
  tables: [['table', words], ['present', figure]],
  people: [['standing', words], ['people', figure]],
};

/** @param {Row} row */
function words(row) {
  return row.text;
}

/** @param {Row} row */
function figure(row) {
  return row.figure ?? [];
}

/** @param {Row} row */
function count(row) {
  return row.count === undefined ? [] : plain(row.count.toLocaleString('en'));
}

/**
 * A group as a table; null where it is no table but a list (options, quotes).
 * @param {Group} group
 * @param {Voice} voice
 * @returns {Table | null}
 */
export function tableOf(group, voice) {
  if (group.form === 'parts') return steps(group, voice);
  const columns = COLUMNS[group.form];
  if (!columns) return null;
  const used = columns.filter(([, of]) => group.rows.some((row) => of(row).length > 0));
  return {
    heads: used.map(([key]) => said(voice, key === 'share' && rated(group) ? 'air.mean' : `air.column.${key}`)),
    rows: group.rows.map((row) => ({ id: row.id, state: row.state, cells: used.map(([, of]) => of(row)) })),
  };
}

/**
 * Whether what stands at the end of the rows is an average and not a share.
 * @param {Group} group
 */
function rated(group) {
  return group.rows.some((row) => (row.figure ?? []).some(({ text }) => /\d/.test(text) && !text.endsWith('%')));
}

/**
 * A rating: of each option the average and the share of each step.
 * @param {Group} group
 * @param {Voice} voice
 * @returns {Table}
 */
function steps(group, voice) {
  return {
    heads: [said(voice, 'air.column.option'), said(voice, 'air.mean'), ...(group.keys ?? []), said(voice, 'air.column.base')],
    rows: group.rows.map((row) => ({
      id: row.id, cells: [row.text, figure(row), ...(row.parts ?? []).map((part) => plain(shareText(part.share, !!voice.exact))), count(row)],
    })),
  };
}

/**
 * What is said of a picture when it comes on air: title, what stands under it, the first rows with their figures, the base.
 * @param {Sheet[]} sheets
 * @returns {Phrase[][]}
 */
export function announced(sheets) {
  return sheets.flatMap((sheet) => [
    sheet.title, ...sheet.leads, ...(sheet.big?.text ? [plain(sheet.big.text), sheet.big.words ?? []] : []),
    ...sheet.groups.flatMap((group) => [group.title, ...rowsOf(group), group.base]),
    ...(sheet.votes ? [sheet.votes.words] : []), ...(sheet.seal ? [] : sheet.foot),
  ]).filter((phrases) => phrases.length > 0);
}

/**
 * @param {Group} group
 * @returns {Phrase[][]}
 */
function rowsOf(group) {
  if (group.form === 'tables') return [];
  return group.rows.slice(0, ROWS_SAID).map((row) => [...(row.lead ?? []).slice(0, 1), ...row.text, ...(row.figure ?? [])]);
}

/**
 * What makes a scene another one for a listener: not how many have voted, not a second less, not a live figure.
 * @param {any} scene
 * @returns {string}
 */
export function momentOf(scene) {
  const { question, result, other, agenda, themes, census, text, sample, asked: unshown } = scene;
  const asked = question && [question.question, question.round, question.state, question.closing, question.title];
  const results = [result, other].map((each) => each && [each.question, each.round, each.state]);
  return JSON.stringify([scene.kind, scene.offset, asked, results, agenda?.running, (themes ?? []).map((/** @type {any} */ theme) => [theme.id, theme.title]),
    (census ?? []).length, text, sample?.at_ms, unshown?.state]);
}

/**
 * @param {number} mark Seconds.
 * @param {Voice} voice
 */
export function timeLeft(mark, voice) {
  return mark >= 60 ? said(voice, 'air.minutes_left', { count: mark / 60 }) : said(voice, 'air.seconds_left', { count: mark });
}
