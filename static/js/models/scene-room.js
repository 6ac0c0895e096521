// What a picture shows of the room: who is here, which tables, and the themes they made. Pure.

import { lookEqual, shareText } from './figures.js';
import { joined, plain, quoted, said, worded } from './phrases.js';
import { sheet, TILE_STATES } from './sheet.js';

/**
 * @typedef {import('./phrases.js').Voice} Voice
 * @typedef {import('./sheet.js').Sheet} Sheet
 */

/**
 * Who is in the room: how many of each standing, then each demographic beside the census.
 * @param {any} scene
 * @param {Voice} voice
 * @returns {Sheet[]}
 */
export function room(scene, voice) {
  const present = Object.entries(scene.room?.present ?? {}).filter(([, count]) => Number(count) > 0);
  const all = present.reduce((sum, [, count]) => sum + Number(count), 0);
  const rows = present.map(([standing, count]) => ({
    id: standing, text: said(voice, `standing.${standing}`), figure: plain(Number(count).toLocaleString('en')), count: Number(count),
    share: all > 0 ? Math.round((1000 * Number(count)) / all) : null,
  }));
  const here = sheet({
    title: said(voice, 'scene.room'), brief: true, leads: [said(voice, 'air.people_here', { count: all })],
    groups: rows.length > 0 ? [{ form: 'people', title: [], rows, base: [] }] : [],
  });
  const compared = (scene.census ?? []).filter((/** @type {any} */ asked) => asked.options.length > 0);
  const source = (/** @type {any} */ asked) => JSON.stringify([asked.source, asked.population]);
  return [here, ...compared.map((/** @type {any} */ asked, /** @type {number} */ at, /** @type {any[]} */ all) => (
    besideCensus(asked, voice, all.findIndex((each) => source(each) === source(asked)) === at)))];
}

/**
 * A demographic beside the census, on the base of those groups for which the census has a figure; the others say that it has none.
 * @param {any} asked
 * @param {Voice} voice
 * @param {boolean} sourced Whether it says where its figures are from: the first of those that are from there does.
 * @returns {Sheet}
 */
function besideCensus(asked, voice, sourced) {
  const { options } = asked;
  const exact = !!voice.exact || lookEqual(options.map((/** @type {any} */ o) => o.share_tenths)) || lookEqual(options.map((/** @type {any} */ o) => o.census_tenths))
    || options.some((/** @type {any} */ o) => lookEqual([o.share_tenths, o.census_tenths]));
  const compared = options.map((/** @type {any} */ o) => ({
    id: o.id, text: worded(voice, o.text), share: o.share_tenths, tick: o.census_tenths, count: o.count,
    figure: plain(shareText(o.share_tenths, exact)), second: plain(shareText(o.census_tenths, exact)),
  }));
  const without = asked.without.map((/** @type {any} */ o) => ({
    id: o.id, text: worded(voice, o.text), count: o.count, figure: plain(shareText(null, exact)), second: plain(shareText(null, exact)),
    note: said(voice, 'air.not_in_census', { count: o.count }),
  }));
  const source = sourced && asked.source ? said(voice, 'air.source', (_, language) => ({ source: asked.source[language] ?? Object.values(asked.source)[0] ?? '', count: asked.population })) : [];
  return sheet({
    title: worded(voice, asked.title), foot: [said(voice, without.length > 0 ? 'air.base_compared' : 'base.answered', { count: asked.base }), source],
    groups: [{ form: 'census', title: [], rows: [...compared, ...without], base: [], heads: [said(voice, 'air.room'), said(voice, 'air.census')] }],
  });
}

/**
 * The roll call: each table with how many of its seats are taken.
 * @param {any} scene
 * @param {Voice} voice
 * @returns {Sheet}
 */
export function roll(scene, voice) {
  /** @type {any[]} */
  const tables = scene.tables ?? [];
  const rows = tables.map((table) => ({
    id: table.table, text: plain(table.table), state: stateOf(table), count: table.present,
    share: table.seats > 0 ? Math.round((1000 * Math.min(table.present, table.seats)) / table.seats) : null,
    figure: said(voice, 'air.seats_taken', { present: table.present, seats: table.seats }),
  }));
  const here = tables.filter((table) => table.present > 0).length;
  const people = tables.reduce((sum, table) => sum + table.present, 0);
  return sheet({
    title: said(voice, 'scene.roll_call'), brief: true,
    leads: [joined([said(voice, 'air.tables_here', { count: here, all: tables.length }), said(voice, 'count.people', { count: people })])],
    groups: [{ form: 'tables', title: [], rows, base: [], keys: TILE_STATES.map((state) => said(voice, `air.tables.${state}`)) }],
  });
}

/**
 * The sample audit: how many pairs agreed, what that says of all, and the dice. Never which.
 * @param {any} scene
 * @param {Voice} voice
 * @returns {Sheet}
 */
export function sampled(scene, voice) {
  const { outcome, dice } = scene.sample ?? {};
  const title = said(voice, 'scene.sample');
  if (!outcome) return sheet({ title, leads: [said(voice, 'air.sample_none')] });
  const { pairs, agreed, missing, differ_at_most: tenths } = outcome;
  return sheet({
    title, leads: [said(voice, 'air.sample_how')],
    big: { text: `${agreed}/${pairs}`, words: said(voice, 'air.sample_agreed', { agreed, pairs }) },
    foot: [
      missing > 0 ? said(voice, 'air.sample_missing', { count: missing }) : [],
      said(voice, 'air.sample_most', { share: (tenths / 10).toFixed(1) }),
      said(voice, 'air.sample_dice', { dice: dice.join(' ') }),
    ],
  });
}

/**
 * @param {{present: number, seats: number}} table
 * @returns {'full' | 'some' | 'none'}
 */
function stateOf(table) {
  if (table.present === 0) return 'none';
  return table.present >= table.seats ? 'full' : 'some';
}

/**
 * The themes of an item: all of them, then each quote on a sheet of its own.
 * @param {any} scene
 * @param {Voice} voice
 * @returns {Sheet[]}
 */
export function themes(scene, voice) {
  const published = scene.themes ?? [];
  const title = scene.item ? worded(voice, scene.item) : said(voice, 'scene.themes');
  const from = (/** @type {any} */ theme) => said(voice, 'count.ideas_from_tables', (say) => ({
    count: theme.ideas, tables: say('count.tables', { count: theme.tables }),
  }));
  const rows = published.map((/** @type {any} */ theme) => ({ id: theme.id, text: worded(voice, theme.title), note: from(theme), count: theme.ideas }));
  const list = sheet({ title, groups: rows.length > 0 ? [{ form: 'themes', title: [], rows, base: [] }] : [] });
  const quotes = published.flatMap((/** @type {any} */ theme) => (theme.quotes ?? []).map((/** @type {any} */ quote) => sheet({
    title: worded(voice, theme.title), foot: [from(theme)],
    groups: [{ form: 'quote', title: [], base: [], rows: [{ id: quote.idea, text: quoted(quote) }] }],
  })));
  return [list, ...quotes];
}
