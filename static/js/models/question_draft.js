// A question while it is being written: from what the console has told, or from nothing, to the command that keeps it. Pure.

/**
 * @typedef {import('./console_day.js').Question} Question
 * @typedef {import('./console_day.js').Text} Text
 * @typedef {{id: string, text: Text, exclusive: boolean, census: number | null}} Option
 * @typedef {{value: number, text: Text}} Step
 * @typedef {{question: string, isNew: boolean, title: Text, unit: Text, item: string, seconds: number, options: Option[], scale: Step[],
 *   rules: {kind: string, purpose: string, choices_max: number, number_min: number, number_max: number, standings: string[],
 *     visibility: string, first_only: boolean, anonymous: boolean, publish_choices: boolean, tie: string, more_time_ms: number}}} Draft
 */

export const KINDS = /** @type {const} */ (['pick_one', 'pick_up_to', 'approve', 'yes_no', 'rating', 'number', 'demographic']);
export const PURPOSES = /** @type {const} */ (['topic', 'priority', 'demographic', 'evaluation', 'practice']);
export const STANDINGS = /** @type {const} */ (['citizen', 'party', 'official', 'expert', 'viewer']);

/** @param {string} kind */
export const takesOptions = (kind) => kind !== 'yes_no' && kind !== 'number';

/**
 * An empty question for an item.
 * @param {string} item
 * @param {(prefix: string) => string} newId
 * @returns {Draft}
 */
export function blankDraft(item, newId) {
  return {
    question: newId('q'), isNew: true, title: {}, unit: {}, item, seconds: 30, scale: [1, 0, -1].map((value) => ({ value, text: {} })),
    options: [1, 2].map(() => blankOption(newId)),
    rules: { kind: 'pick_one', purpose: 'topic', choices_max: 2, number_min: 0, number_max: 100, standings: ['citizen', 'party'],
      visibility: 'after_show', first_only: false, anonymous: false, publish_choices: false, tie: 'shared', more_time_ms: 15_000 },
  };
}

/**
 * @param {(prefix: string) => string} newId
 * @returns {Option}
 */
export function blankOption(newId) {
  return { id: newId('opt'), text: {}, exclusive: false, census: null };
}

/**
 * A planned question, to be revised.
 * @param {Question} question
 * @returns {Draft}
 */
export function draftOf(question) {
  const { kind, purpose, choices_max, number_min, number_max, standings, visibility, first_only, anonymous, publish_choices, tie, more_time_ms } = question;
  return structuredClone({
    question: question.question, isNew: false, title: question.title ?? {}, unit: question['unit'] ?? {}, item: question.item ?? '', seconds: question.seconds,
    options: question.options.map((option) => ({ id: option.id, text: option.text ?? {}, exclusive: option.exclusive, census: question['census']?.[option.id] ?? null })),
    scale: question.scale.map((step) => ({ value: step.value, text: step.text ?? {} })),
    rules: { kind, purpose, choices_max, number_min, number_max, standings, visibility, first_only, anonymous, publish_choices, tie, more_time_ms },
  });
}

/**
 * Why a question can be changed no more; empty where it can.
 * @param {Question} question
 * @returns {'' | 'open' | 'asked' | 'again'}
 */
export function fixedBecause(question) {
  if (question.state === 'open') return 'open';
  if (question.state !== 'planned') return 'asked';
  return question.rounds.length > 1 ? 'again' : '';
}

/**
 * What is missing before it can be kept; empty where nothing is.
 * @param {Draft} draft
 * @returns {'' | 'title' | 'options' | 'scale' | 'range' | 'standings' | 'choices'}
 */
export function lacksOf(draft) {
  const { kind, choices_max: most } = draft.rules;
  const least = kind === 'rating' || kind === 'approve' ? 1 : 2;
  if (!hasWords(draft.title)) return 'title';
  if (draft.rules.standings.length === 0) return 'standings';
  const options = optionsOf(draft);
  if (takesOptions(kind) && options.length < least) return 'options';
  if (kind === 'pick_up_to' && !(most >= 1 && most <= options.length)) return 'choices';
  if (kind === 'rating' && (draft.scale.length < 2 || new Set(draft.scale.map((step) => step.value)).size < draft.scale.length)) return 'scale';
  return kind === 'number' && draft.rules.number_min >= draft.rules.number_max ? 'range' : '';
}

/** @param {Text} text */
function hasWords(text) {
  return Object.values(text).some((words) => words.trim());
}

/** @param {Draft} draft */
function optionsOf(draft) {
  return draft.options.filter((option) => hasWords(option.text)).map((option) => ({
    id: option.id, text: worded(option.text), exclusive: option.exclusive, ...(option.census === null ? {} : { census: option.census }),
  }));
}

/** @param {Text} text */
function worded(text) {
  return Object.fromEntries(Object.entries(text).filter(([, words]) => words.trim()));
}

/**
 * The command that keeps it.
 * @param {Draft} draft
 * @returns {Record<string, any>}
 */
export function keepCommand(draft) {
  const { kind } = draft.rules;
  const rules = anonymousIsNeverLive(draft.rules);
  const said = {
    question: draft.question, title: worded(draft.title), rules, seconds: draft.seconds,
    ...(takesOptions(kind) ? { options: optionsOf(draft) } : {}),
    ...(kind === 'rating' ? { scale: draft.scale.map((step) => ({ value: step.value, text: worded(step.text) })) } : {}),
  };
  if (!draft.isNew) return { t: 'revise_question', ...said };
  return { t: 'draft_question', ...said, ...(draft.item ? { item: draft.item } : {}), ...(kind === 'number' && hasWords(draft.unit) ? { unit: worded(draft.unit) } : {}) };
}

/** @param {Draft['rules']} rules */
function anonymousIsNeverLive(rules) {
  return rules.anonymous ? { ...rules, visibility: 'after_show' } : rules;
}
