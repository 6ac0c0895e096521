// The parts of a picture on a screen: phrases, rows with bars, tiles, a clock, pages that turn.

import { classMap, html, ifDefined, nothing, repeat } from '/static/vendor/lit.js';
import { reach } from '../models/paging.js';
import { TILE_STATES } from '../models/sheet.js';
import { leftOver, plainOf } from '../models/words.js';

/**
 * @typedef {import('../models/sheet.js').Sheet} Sheet
 * @typedef {import('../models/sheet.js').Group} Group
 * @typedef {import('../models/sheet.js').Row} Row
 * @typedef {import('../models/phrases.js').Phrase} Phrase
 * @typedef {'beside' | 'aside' | 'over' | 'under'} Shape Bars beside their words; under them, with the figure beside both; under them,
 *   with the figure at their end; no bars, and the figure under the words.
 * @typedef {{title: number, text: number, shape: Shape}} Sizes In hundredths of the picture's height.
 */

/** How many bold letters of a title stand where so many of the smallest do, about. */
const BOLD = 0.85;

const MARKS = new RegExp('\\p{M}', 'gu');
const COUNTED = new RegExp('(\\d) (?=\\p{L})', 'gu');

/**
 * Values for `.style=`, which the content policy allows; a `style` attribute, and so lit's styleMap, it does not.
 * @param {Record<string, string | number>} values
 */
function styles(values) {
  return Object.entries(values).map(([name, value]) => `${name}: ${value}`).join('; ');
}

/**
 * A text of which no line begins with a separator or ends between a figure and its word.
 * @param {string} text
 */
function bound(text) {
  return text.replaceAll(' · ', '\u00a0· ').replace(COUNTED, '$1\u00a0');
}

/** @param {Phrase[] | undefined} phrases */
export function phrasesOf(phrases) {
  return (phrases ?? []).map(({ text, language, marks = [] }) => html`<span class="phrase" lang=${ifDefined(language || undefined)}>${bound(text)}${
    marks.map((mark) => html` <span class="only" lang=${mark.language}>(${mark.text})</span>`)}</span>`);
}

/**
 * A name, of which a line ends between its parts as they were written, where there is room: no dictionary knows where.
 * @param {Phrase[]} phrases
 */
function named(phrases) {
  return phrases.map(({ text, language, marks = [] }) => html`<span class="phrase" lang=${ifDefined(language || undefined)}>${
    bound(text).split(' ').map((part, at) => html`${at > 0 ? ' ' : ''}<span class="whole">${part}</span>`)}${
    marks.map((mark) => html` <span class="only" lang=${mark.language}>(${mark.text})</span>`)}</span>`);
}

/**
 * Short words in two languages stand in one line. Vowels and tones above and below a Thai letter take no width.
 * @param {Phrase[]} phrases
 * @param {number} most Characters of a line.
 */
function inline(phrases, most) {
  return phrases.length > 1 && phrases.reduce((sum, { text }) => sum + plainOf(text).replace(MARKS, '').length + 3, 0) <= most ? 'inline' : '';
}

/**
 * @param {string} name Of the class.
 * @param {Phrase[] | undefined} phrases
 */
function cell(name, phrases) {
  return phrases && phrases.length > 0 ? html`<span class=${name}>${phrasesOf(phrases)}</span>` : nothing;
}

/**
 * @param {Row} row
 * @param {number} end Where the axis ends, in thousandths.
 */
function bar(row, end) {
  if (row.parts) {
    return html`<span class="bar parts" aria-hidden="true">${row.parts.map((part, at) => html`<span class="part" data-step=${at}
      .style=${styles({ 'inline-size': `${part.share / 10}%` })}></span>`)}</span>`;
  }
  if (row.share === undefined) return nothing;
  const fill = styles({ 'inline-size': `${(100 * (row.share ?? 0)) / end}%` });
  const tick = row.tick === undefined || row.tick === null ? nothing
    : html`<span class="tick" .style=${styles({ 'inset-inline-start': `${(100 * row.tick) / end}%` })}></span>`;
  return html`<span class="bar" aria-hidden="true"><span class="fill" .style=${fill}></span>${tick}</span>`;
}

/**
 * @param {Row} row
 * @param {number} end
 */
function line(row, end) {
  const classes = { row: true, leading: !!row.leading, barless: !row.parts && row.share === undefined };
  return html`<li class=${classMap(classes)} data-id=${row.id} data-state=${ifDefined(row.state)}>
    ${cell('lead', row.lead)}<span class="words">${phrasesOf(row.text)}</span>${cell('note', row.note)}${bar(row, end)}${
    cell('figure', row.figure)}${cell('second', row.second)}</li>`;
}

/** @param {Row} row */
function tile(row) {
  return html`<li class="tile" data-id=${row.id} data-state=${ifDefined(row.state)}><span class="words">${phrasesOf(row.text)}</span><span class="bar"
    aria-hidden="true"><span class="fill" .style=${styles({ 'inline-size': `${(row.share ?? 0) / 10}%` })}></span></span></li>`;
}

/**
 * What stands before the words of a key: a step of a bar, or a tile as large as a letter.
 * @param {Group} group
 * @param {number} at
 */
function keyMark(group, at) {
  return group.form === 'tables' ? html`<span class="tile" data-state=${TILE_STATES[at] ?? ''} aria-hidden="true"></span>`
    : html`<span class="part" data-step=${at}></span>`;
}

/** @param {Group} group */
function longest(group) {
  return Math.max(2, ...group.rows.flatMap((row) => row.text.map(({ text }) => text.length)));
}

/**
 * @param {Group} group
 * @param {Row[]} rows Those of this page.
 * @param {number} end
 */
function groupOf(group, rows, end) {
  const widest = Math.max(0, ...group.rows.flatMap((row) => (row.lead ?? []).map(({ text }) => text.length)));
  const figure = Math.max(0, ...group.rows.flatMap((row) => (row.figure ?? []).map(({ text }) => text.length)));
  const sizes = styles({ '--lead': widest, '--figure': figure, '--widest': group.form === 'tables' ? longest(group) : 0 });
  const list = group.form === 'tables' ? repeat(rows, (row) => row.id, tile) : repeat(rows, (row) => row.id, (row) => line(row, end));
  return html`<div class=${classMap({ group: true, led: widest > 0 })} data-form=${group.form} .style=${sizes}>
    ${group.title.length > 0 ? html`<h2>${phrasesOf(group.title)}</h2>` : nothing}
    ${group.keys ? html`<p class="keys">${group.keys.map((key, at) => html`<span class="key">${keyMark(group, at)} ${phrasesOf(key)}</span>`)}${
      group.heads?.length === 1 ? html`<span class="key of-figures">${phrasesOf(group.heads[0])}</span>` : nothing}</p>` : nothing}
    ${group.heads && group.heads.length > 1 ? html`<p class="heads">${group.heads.map((head, at) => html`<span class="head-${at}">${phrasesOf(head)}</span>`)}</p>` : nothing}
    <ol class="rows">${list}</ol>
    ${group.base.length > 0 ? html`<p class="base">${phrasesOf(group.base)}</p>` : nothing}
  </div>`;
}

/**
 * @param {Sheet} sheet
 * @param {number} now The server's time, in ms.
 */
function band(sheet, now) {
  const { big, votes } = sheet;
  if (!big && !votes) return nothing;
  const left = big?.until ? big.until - now : 0;
  const over = big?.until && left <= 0 && big.over;
  const passed = big?.until && big.from ? Math.min(1, Math.max(0, left / (big.until - big.from))) : null;
  return html`<div class="band">
    ${big ? html`<p class="largest">${big.text ?? leftOver(left)}</p>` : nothing}
    ${big?.words ? html`<p class="middle">${phrasesOf(big.words)}</p>` : nothing}
    ${over ? html`<p class="ended-words">${phrasesOf(big.over)}</p>` : nothing}
    ${votes ? html`<div class="votes"><p class="voted">${phrasesOf(votes.words)}</p>${measure(votes.present > 0 ? votes.voted / votes.present : 0)}</div>` : nothing}
    ${!votes && passed !== null ? measure(passed) : nothing}
  </div>`;
}

/** @param {number} share From 0 to 1. */
function measure(share) {
  return html`<span class="measure" aria-hidden="true"><span class="fill" .style=${styles({ 'inline-size': `${100 * share}%` })}></span></span>`;
}

/**
 * One page of a sheet.
 * @param {Sheet} sheet
 * @param {Row[][]} rows Of each group, those that stand on this page.
 * @param {{sizes: Sizes, now: number, classes: Record<string, boolean>, line: number, at?: number, of?: number}} how
 *   `line`: how many characters of the smallest letters stand in a line; `at` of `of` pages.
 */
export function pageOf(sheet, rows, { sizes, now, classes, line: most, at = 0, of = 1 }) {
  const groups = sheet.groups.map((group, number) => ({ group, rows: rows[number] ?? [] }));
  const full = groups.filter((each) => each.rows.length > 0);
  const shown = sheet.apart && full.length > 0 ? groups : full; // beside each other on every page: a bar has one scale
  const end = reach(sheet.groups.flatMap((group) => group.rows.flatMap((row) => [row.share, row.tick])));
  return html`<div class=${classMap({ page: true, ...classes, compared: shown.length > 1, bare: shown.length === 0, turned: of > 1, banded: !!sheet.big || !!sheet.votes })} data-shape=${sizes.shape}
    data-form=${ifDefined(sheet.groups[0]?.form)} .style=${styles({ '--headline': sizes.title, '--words': sizes.text })}>
    ${sheet.title.length + sheet.leads.length > 0 ? html`<header class="headline">${sheet.title.length > 0 ? html`<h1 class=${sheet.brief ? inline(sheet.title, (BOLD * 5 * most) / sizes.title) : ''}>${sheet.named ? named(sheet.title) : phrasesOf(sheet.title)}</h1>` : nothing}${
      sheet.leads.map((lead) => html`<p class="said ${inline(lead, 0.8 * most)}">${phrasesOf(lead)}</p>`)}</header>` : nothing}
    <div class="body">${shown.map((each) => (each.rows.length > 0 ? groupOf(each.group, each.rows, end) : html`<div class="group"></div>`))}</div>
    ${band(sheet, now)}
    <footer class="under">${sheet.foot.filter((part) => part.length > 0).map((part) => html`<p class=${inline(part, most)}>${phrasesOf(part)}</p>`)}</footer>
    ${of > 1 ? html`<div class="turns" aria-hidden="true">${Array.from({ length: of }, (_, number) => html`<span class=${classMap({ turn: true, here: number === at })}></span>`)}</div>` : nothing}
  </div>`;
}
