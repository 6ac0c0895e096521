// What an act at the desk was about, and what became of it, in words.

import { html } from '/static/vendor/lit.js';
import { fateWords } from '../pages/fate.js';
import { t } from '../pages/place.js';
import { around, said } from './wordings.js';

/**
 * @typedef {import('../live/desk-room.js').DeskRoom} DeskRoom
 * @typedef {import('../live/desk-room.js').Given} Given
 * @typedef {import('../live/desk-room.js').Words} Words
 * @typedef {import('../models/desk.js').Act} Act
 */

/**
 * The name of a theme, also of one that is no more.
 * @param {DeskRoom} room
 * @param {string | undefined} theme
 */
export function themeName(room, theme) {
  const title = room.desk.titles.get(theme ?? '');
  return title ? said(title) : html`<span>${t('themes.a_theme')}</span>`;
}

/**
 * @param {DeskRoom} room
 * @param {Words} words
 */
export function didWords(room, { key, params = {}, theme, title }) {
  return around(key, params, title ? said(title) : themeName(room, theme));
}

/**
 * What was given and what became of it: "Table 31 to Clean water: saved".
 * @param {DeskRoom} room
 * @param {Given} given
 */
export function givenWords(room, given) {
  return html`${given.undoes ? t('themes.undoing') : ''} ${didWords(room, given.words)}: ${fateWords(given.sent)}`;
}

/** @type {Record<string, string>} */
const NAMES = {
  ThemeCreated: 'did_create', ThemeRenamed: 'did_rename', ThemesMerged: 'did_merge', IdeaFiled: 'did_file', IdeaUnfiled: 'did_unfile',
  ThemesOrdered: 'act_order', IdeaQuoted: 'did_quote', IdeaUnquoted: 'did_unquote', ThemesPublished: 'act_publish', OptionAdded: 'act_question',
};

/**
 * @param {DeskRoom} room
 * @param {Act} act
 * @returns {Words}
 */
export function wordsOf(room, act) {
  const about = Object.fromEntries(act.touched.map((thing) => /** @type {[string, string]} */ (thing.split(/:(.*)/s, 2))));
  const idea = room.desk.ideas.get(about['filed'] ?? about['quoted'] ?? '');
  return { key: `themes.${NAMES[act.name] ?? 'did_something'}`, params: { table: idea?.table ?? '–' },
    theme: act.touched[0]?.startsWith('theme:') ? act.touched[0].slice(6) : '' };
}
