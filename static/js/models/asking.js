// A question made from themes: what can be chosen, what it lacks, and the command that makes it. Pure.

import { newId } from './ids.js';

/**
 * @typedef {import('./desk.js').Theme} Theme
 * @typedef {'pick_one' | 'pick_up_to' | 'approve' | 'rating'} Kind
 * @typedef {{themes: string[], title: Record<string, string>, kind: Kind, most: number, seconds: number}} Draft
 */

/** @type {Kind[]} */
export const KINDS = ['pick_up_to', 'pick_one', 'approve', 'rating'];

/** A handset has ten keys. */
export const OPTIONS_USUAL = 10;
export const STEPS = [5, 4, 3, 2, 1];
const SECONDS_MAX = 3600;

/**
 * The draft to begin with: the themes that are on the stage, else those with ideas, the strongest ten in the team's order.
 * @param {Theme[]} themes
 * @param {string[]} published
 * @param {Record<string, string>} title
 * @returns {Draft}
 */
export function drafted(themes, published, title) {
  const usable = themes.filter((theme) => !theme.redacted);
  const shown = usable.filter((theme) => published.includes(theme.id));
  const filled = usable.filter((theme) => theme.ideas > 0);
  const chosen = [shown, filled, usable].find((some) => some.length >= 2) ?? usable;
  const ids = chosen.slice(0, OPTIONS_USUAL).map((theme) => theme.id);
  return { themes: ids, title, kind: 'pick_up_to', most: Math.max(1, Math.min(3, ids.length - 1)), seconds: 40 };
}

/**
 * What stands in the way of making it: the name of what is missing, or null.
 * @param {Draft} draft
 * @returns {'title' | 'themes' | 'most' | 'seconds' | null}
 */
export function lacking({ themes, title, kind, most, seconds }) {
  if (Object.keys(title).length === 0) return 'title';
  if (themes.length < (kind === 'approve' || kind === 'rating' ? 1 : 2)) return 'themes';
  if (kind === 'pick_up_to' && !(most >= 1 && most <= themes.length)) return 'most';
  return seconds >= 0 && seconds <= SECONDS_MAX ? null : 'seconds';
}

/**
 * @param {Draft} draft
 * @param {string} item
 * @param {(value: number) => Record<string, string>} step The words of a step of a rating.
 * @returns {Record<string, any>}
 */
export function makes({ themes, title, kind, most, seconds }, item, step) {
  return {
    t: 'make_question', question: newId('q'), title, item, seconds,
    rules: { kind, purpose: 'priority', choices_max: kind === 'pick_up_to' ? most : 1 },
    options: Object.fromEntries(themes.map((theme) => [newId('opt'), theme])),
    ...(kind === 'rating' ? { scale: STEPS.map((value) => ({ value, text: step(value) })) } : {}),
  };
}
