// A scene as a picture in words: what the screen shows large, and phones and /listen say. Pure.
//
// A picture has sheets, a sheet groups of rows. The screen turns a long sheet into pages (paging.js), a
// reader gets all of it. Every phrase knows its language.

import { dateText } from './figures.js';
import { plain, said, worded } from './phrases.js';
import { roll, room, sampled, themes } from './scene-room.js';
import { compared, priorities, question, results, voting } from './scene-votes.js';
import { sheet } from './sheet.js';

/**
 * @typedef {import('./phrases.js').Phrase} Phrase
 * @typedef {import('./phrases.js').Voice} Voice
 * @typedef {import('./sheet.js').Sheet} Sheet
 * @typedef {{kind: string, sheets: Sheet[]}} Picture
 */

/**
 * What a scene shows, in the languages of a voice.
 * @param {any} scene As a screen's channel tells it.
 * @param {any} timer The hall's timer.
 * @param {Voice} voice
 * @returns {Picture}
 */
export function picture(scene, timer, voice) {
  return { kind: scene.kind, sheets: sheets(scene, timer, voice).map((each, at) => ({ ...each, id: `${scene.kind}-${at}` })) };
}

/**
 * @param {any} scene
 * @param {any} timer
 * @param {Voice} voice
 * @returns {Sheet[]}
 */
function sheets(scene, timer, voice) {
  switch (scene.kind) {
    case 'title':
      return [title(scene.meeting, voice)];
    case 'agenda':
      return [agenda(scene.agenda, voice)];
    case 'timer':
      return [clock(timer ?? scene.timer, voice)];
    case 'question':
      return [question(scene, voice)];
    case 'voting':
      return [voting(scene, voice)];
    case 'results':
      return [results(scene.result, voice, scene.asked)];
    case 'compare':
      return [compared(scene, voice)];
    case 'priorities':
      return [priorities(scene, voice)];
    case 'themes':
      return themes(scene, voice);
    case 'room':
      return room(scene, voice);
    case 'roll_call':
      return [roll(scene, voice)];
    case 'sample':
      return [sampled(scene, voice)];
    case 'message':
      return [sheet({ title: worded(voice, scene.text) })];
    case 'blank':
      return [];
    default:
      return [sheet({ title: said(voice, 'scene.hold') })]; // a scene of a newer server
  }
}

/**
 * @param {any} meeting
 * @param {Voice} voice
 */
function title(meeting, voice) {
  const date = said(voice, 'air.place_and_date', (say, language) => ({
    place: meeting?.place?.[language] ?? '', date: dateText(meeting?.date ?? '', language, say),
  })).map((each) => ({ ...each, text: each.text.replace(/^ · /, '') }));
  const level = meeting?.level ?? '';
  return sheet({
    title: worded(voice, meeting?.title), named: true,
    leads: level ? [said(voice, 'air.promise', (say) => ({ level: say(`level.${level}`) })), said(voice, `level_promise.${level}`)] : [],
    foot: [date],
  });
}

const STATES = /** @type {const} */ ({ running: 'now', done: 'done', skipped: 'out' });

/**
 * @param {any} plan
 * @param {Voice} voice
 */
function agenda(plan, voice) {
  const words = { now: 'air.now', done: 'air.done', out: 'air.left_out' };
  const rows = (plan?.items ?? []).map((/** @type {any} */ item) => {
    const state = STATES[/** @type {keyof typeof STATES} */ (item.state)];
    return {
      id: item.id, text: worded(voice, item.title), state, leading: state === 'now',
      lead: clockText(item.starts_at, voice),
      figure: state ? said(voice, words[state]) : [],
    };
  });
  return sheet({ title: said(voice, 'scene.agenda'), brief: true, groups: [{ form: 'agenda', title: [], rows, base: [] }] });
}

/**
 * @param {string | null} time "10:45"
 * @param {Voice} voice
 */
function clockText(time, voice) {
  const [hour, minute] = (time ?? '').split(':');
  return hour && minute ? said(voice, 'date.clock', { hour, minute }) : [];
}

/**
 * @param {any} timer
 * @param {Voice} voice
 */
function clock(timer, voice) {
  if (!timer?.ends_at_ms) return sheet({ title: said(voice, 'scene.timer'), leads: [said(voice, 'air.no_timer')] });
  return sheet({
    title: timer.label ? worded(voice, timer.label) : [],
    big: { until: timer.ends_at_ms, from: timer.started_at_ms, over: said(voice, 'air.time_up') },
  });
}

/**
 * What is on air, in one line.
 * @param {Picture} made
 * @returns {Phrase[]}
 */
export function headline(made) {
  return made.sheets[0]?.title ?? plain('');
}
