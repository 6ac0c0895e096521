// A scene as words: what the screen shows large, and /listen reads out. Pure.

import { leftOver, percent, wording } from './words.js';

/**
 * @typedef {import('./words.js').Say} Say
 * @typedef {{text: string, language: string, figure?: string, base?: string, share?: number, tenths?: number | null, leading?: boolean}} Row
 * @typedef {{title: string, note: string, rows: Row[]}} Picture
 */

/**
 * @param {any} result
 * @param {string} language
 * @param {Say} t
 * @returns {Row[]}
 */
function resultRows(result, language, t) {
  if (!result) return [];
  if (result.kind === 'number') {
    return [{ text: t('ui.median'), language, figure: fraction(result.median), base: t('base.answered', { count: result.base }) }];
  }
  const most = Math.max(0, ...result.options.map(lead));
  return result.options.map((/** @type {any} */ option) => {
    const { text, language: used } = wording(option.text, language);
    const share = lead(option);
    return { text, language: used, tenths: share, share: share ?? 0, leading: share === most && most > 0,
      base: result.kind === 'rating' ? t('base.rated', { count: option.base }) : '' };
  });
}

/**
 * The share that is drawn: of those who chose it, or who gave it the scale's highest step.
 * @param {any} option
 * @returns {number | null}
 */
function lead(option) {
  if (!option.values) return option.share_tenths;
  const top = option.values.reduce((/** @type {any} */ a, /** @type {any} */ b) => (b.value > a.value ? b : a));
  return top.share_tenths;
}

/**
 * Whether two neighbours that differ would look equal in whole percents.
 * @param {(number | null | undefined)[]} shares Tenths of a percent, as they stand beside each other.
 */
function lookEqual(shares) {
  return shares.some((share, at) => at > 0 && typeof share === 'number' && share !== shares[at - 1] && percent(share) === percent(shares[at - 1]));
}

/**
 * A share as the scene says it: in whole percents, or with one decimal.
 * @param {number | null | undefined} tenths
 * @param {boolean} exact
 */
function shareOf(tenths, exact) {
  return exact && typeof tenths === 'number' ? `${Math.floor(tenths / 10)}.${tenths % 10}%` : percent(tenths);
}

/** @param {[number, number] | null} value */
function fraction(value) {
  return value === null ? '–' : String(Math.round((10 * value[0]) / value[1]) / 10);
}

/**
 * What a scene says in a language.
 * @param {any} scene
 * @param {any} timer
 * @param {string} language
 * @param {Say} t
 * @param {number} nowMs The server's time.
 * @returns {Picture}
 */
export function picture(scene, timer, language, t, nowMs) {
  const say = (/** @type {any} */ texts) => wording(texts, language).text;
  /** @type {Picture} */
  const made = { title: t(`scene.${scene.kind}`), note: '', rows: [] };
  switch (scene.kind) {
    case 'title':
      made.title = say(scene.meeting?.title);
      made.note = t(`level_promise.${scene.meeting?.level}`);
      break;
    case 'agenda':
      made.rows = (scene.agenda?.items ?? []).map((/** @type {any} */ item) => ({
        ...row(item.title, language), figure: item.starts_at ?? '', leading: item.id === scene.agenda.running,
      }));
      break;
    case 'timer':
      made.title = say(timer?.label) || made.title;
      made.note = timer?.ends_at_ms ? leftOver(timer.ends_at_ms - nowMs) : '';
      break;
    case 'question':
    case 'voting':
      made.title = say(scene.question?.title) || made.title;
      made.rows = (scene.question?.options ?? []).map((/** @type {any} */ option) => row(option.text, language));
      if (scene.votes) made.note = votesNote(scene, t, nowMs);
      break;
    case 'results':
    case 'priorities':
    case 'compare':
      fillResult(made, scene, language, t);
      break;
    case 'themes':
      made.title = say(scene.item) || made.title;
      made.rows = (scene.themes ?? []).map((/** @type {any} */ theme) => ({
        ...row(theme.title, language),
        figure: t('count.ideas_from_tables', { count: theme.ideas, tables: t('count.tables', { count: theme.tables }) }),
      }));
      break;
    case 'room':
      fillRoom(made, scene, language, t);
      break;
    case 'roll_call':
      made.rows = (scene.tables ?? []).map((/** @type {any} */ table) => ({
        text: t('ui.table', { table: table.table }), language, figure: `${table.present} / ${table.seats}`,
      }));
      break;
    case 'message':
      made.title = say(scene.text);
      break;
    case 'blank':
      made.title = '';
      break;
    default:
      break;
  }
  return made;
}

/**
 * @param {any} texts
 * @param {string} language
 * @returns {Row}
 */
function row(texts, language) {
  return wording(texts, language);
}

/**
 * @param {any} scene
 * @param {Say} t
 * @param {number} nowMs
 */
function votesNote(scene, t, nowMs) {
  const voted = t('count.voted', { count: scene.votes.voted, present: scene.votes.present });
  const closes = scene.question?.closes_at_ms;
  return closes ? `${voted} · ${leftOver(closes - nowMs)}` : voted;
}

/**
 * @param {Picture} made
 * @param {any} scene
 * @param {string} language
 * @param {Say} t
 */
function fillResult(made, scene, language, t) {
  const result = scene.result;
  if (!result) {
    made.note = t('ui.not_shown_yet');
    return;
  }
  made.title = wording(result.title, language).text;
  const shown = scene.kind === 'priorities' ? { ...result, options: scene.priorities } : result;
  const rows = [...resultRows(shown, language, t), ...resultRows(scene.other, language, t)];
  const exact = lookEqual(rows.map((each) => each.tenths));
  made.rows = rows.map(({ tenths, ...each }) => (tenths === undefined ? each : { ...each, figure: shareOf(tenths, exact) }));
  made.note = t('base.answered', { count: result.base ?? result.voted });
}

/**
 * @param {Picture} made
 * @param {any} scene
 * @param {string} language
 * @param {Say} t
 */
function fillRoom(made, scene, language, t) {
  const present = Object.values(scene.room?.present ?? {}).reduce((/** @type {number} */ sum, n) => sum + Number(n), 0);
  made.note = t('count.people', { count: present });
  /** @type {any[]} */
  const options = (scene.census ?? []).flatMap((/** @type {any} */ group) => group.options);
  const exact = lookEqual(options.map((option) => option.share_tenths)) || lookEqual(options.map((option) => option.census_tenths))
    || options.some((option) => lookEqual([option.share_tenths, option.census_tenths]));
  for (const option of options) {
    const [figure, census] = [option.share_tenths, option.census_tenths].map((tenths) => shareOf(tenths, exact));
    made.rows.push({ ...row(option.text, language), figure, base: `(${census})` });
  }
}
