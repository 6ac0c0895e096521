// What an act at the desk was about, and what became of it, in words.

import { saidPlain } from './wordings.js';
import { fateWords } from '../pages/fate.js';
import { t } from '../pages/place.js';

/**
 * @typedef {import('../live/desk-room.js').DeskRoom} DeskRoom
 * @typedef {import('../live/desk-room.js').Given} Given
 * @typedef {import('../models/desk.js').Act} Act
 */

/**
 * The name of a theme, also of one that is no more.
 * @param {DeskRoom} room
 * @param {string | undefined} theme
 */
export function themeName(room, theme) {
  const title = room.desk.titles.get(theme ?? '');
  return title ? saidPlain(title) : t('themes.a_theme');
}

/**
 * @param {DeskRoom} room
 * @param {import('../live/desk-room.js').Words} words
 */
export function didWords(room, { key, params = {} }) {
  return t(key, 'theme' in params ? { ...params, theme: themeName(room, params['theme']) } : params);
}

/**
 * What was given and what became of it: "Table 31 to Clean water: saved".
 * @param {DeskRoom} room
 * @param {Given} given
 */
export function givenWords(room, given) {
  const did = didWords(room, given.words);
  return t('themes.did', { did: given.undoes ? t('themes.did_undo', { did }) : did, fate: fateWords(given.sent) });
}

/** @type {Record<string, string>} */
const NAMES = {
  ThemeCreated: 'act_create', ThemeRenamed: 'act_rename', ThemesMerged: 'act_merge', IdeaFiled: 'did_file', IdeaUnfiled: 'did_unfile',
  ThemesOrdered: 'act_order', IdeaQuoted: 'did_quote', IdeaUnquoted: 'did_unquote', ThemesPublished: 'act_publish', OptionAdded: 'act_question',
};

/**
 * @param {DeskRoom} room
 * @param {Act} act
 */
export function actWords(room, act) {
  const about = Object.fromEntries(act.touched.map((thing) => /** @type {[string, string]} */ (thing.split(/:(.*)/s, 2))));
  const idea = room.desk.ideas.get(about['filed'] ?? about['quoted'] ?? '');
  return didWords(room, { key: `themes.${NAMES[act.name] ?? 'did_something'}`,
    params: { theme: act.touched[0]?.startsWith('theme:') ? act.touched[0].slice(6) : '', table: idea?.table ?? '–' } });
}
