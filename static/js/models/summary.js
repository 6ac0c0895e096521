// Page 1 of the report, made of the results that have been shown: what the room said, and the strongest
// dissent. The rules are those of app/report/outline.py; tests/js/summary.test.js holds both to one golden day. Pure.

/**
 * @typedef {Record<string, any>} Result As the channel `public` tells it.
 * @typedef {{result: Result, option: any, share: number | null, rank: number | null, base: number}} Said
 *   `option` is null for a number; `share` in tenths of a percent.
 */

const RANKS = 3;
const EQUALS_MOST = 6;
const QUESTIONS_MOST = 12;

/**
 * The share of those who gave an option the highest value of the scale.
 * @param {any} option Of a rating.
 */
function topStep(option) {
  return option.values.reduce((/** @type {any} */ a, /** @type {any} */ b) => (b.value > a.value ? b : a));
}

/**
 * @param {Result} result
 * @param {any} option
 * @param {boolean} ranked
 * @returns {Said}
 */
function line(result, option, ranked) {
  const rank = ranked ? option.rank : null;
  if (result['kind'] !== 'rating') return { result, option, share: option.share_tenths, rank, base: result['base'] };
  return { result, option, share: topStep(option).share_tenths, rank, base: option.base };
}

/** @param {[number, number]} a @param {[number, number]} b */
const above = (a, b) => a[0] * b[1] - b[0] * a[1];

/**
 * The best ranks, equals included; an option that nobody rated has none.
 * @param {Result} result
 * @returns {Said[]}
 */
function best(result) {
  const rated = result['options'].filter((/** @type {any} */ option) => result['kind'] !== 'rating' || option.mean);
  const near = rated.filter((/** @type {any} */ option) => option.rank <= RANKS);
  return near.sort((/** @type {any} */ a, /** @type {any} */ b) => a.rank - b.rank).map((/** @type {any} */ option) => line(result, option, true));
}

/**
 * The answer that most gave, all of equals; of a rating the option with the highest mean.
 * @param {Result} result
 * @returns {Said[]}
 */
function leading(result) {
  if (result['kind'] === 'number') return [{ result, option: null, share: null, rank: null, base: result['base'] }];
  const options = result['options'];
  if (result['kind'] === 'rating') {
    const rated = options.filter((/** @type {any} */ option) => option.mean);
    const top = rated.filter((/** @type {any} */ option) => rated.every((/** @type {any} */ other) => above(option.mean, other.mean) >= 0));
    return top.map((/** @type {any} */ option) => line(result, option, false));
  }
  const most = Math.max(0, ...options.map((/** @type {any} */ option) => option.count));
  return options.filter((/** @type {any} */ option) => most > 0 && option.count === most).map((/** @type {any} */ option) => line(result, option, false));
}

/**
 * What the room said, by question: priorities first. Where too many answers are equal none leads.
 * @param {Result[]} results Shown ones, in the order of the questions.
 * @returns {Said[][]}
 */
export function said(results) {
  const of = (/** @type {string} */ purpose) => results.filter((result) => result['purpose'] === purpose);
  const answers = [...of('priority').map(best), ...of('topic').map(leading)];
  return answers.filter((lines) => lines.length > 0 && lines.length <= EQUALS_MOST).slice(0, QUESTIONS_MOST);
}

/**
 * The sides that stand against the leading answers of one question, each with its count and base.
 * @param {Result} result
 * @returns {Array<{option: any, count: number, base: number, share: number | null}>}
 */
function against(result) {
  if (['pick_one', 'yes_no'].includes(result['kind'])) {
    const sides = result['options'].filter((/** @type {any} */ option) => option.id !== 'abstain');
    const second = [...sides].sort((a, b) => b.count - a.count)[1];
    return second ? [{ option: second, count: second.count, base: result['base'], share: second.share_tenths }] : [];
  }
  if (result['kind'] !== 'rating') return [];
  return result['options'].filter((/** @type {any} */ option) => option.mean).map((/** @type {any} */ option) => {
    const values = [...option.values].sort((a, b) => a.value - b.value);
    const low = values[0];
    const high = values[values.length - 1];
    const step = 2 * option.mean[0] >= (low.value + high.value) * option.mean[1] ? low : high;
    return { option, count: step.count, base: option.base, share: step.share_tenths };
  });
}

/**
 * The largest share that stood against a leading answer; the first of equals.
 * @param {Result[]} results
 * @returns {{result: Result, option: any, share: number | null, base: number} | null}
 */
export function dissent(results) {
  const of = (/** @type {string} */ purpose) => results.filter((result) => result['purpose'] === purpose);
  /** @type {{result: Result, option: any, count: number, base: number, share: number | null} | null} */
  let strongest = null;
  for (const result of [...of('priority'), ...of('topic')]) {
    for (const side of against(result)) {
      if (side.count > 0 && (!strongest || side.count * strongest.base > strongest.count * side.base)) strongest = { result, ...side };
    }
  }
  return strongest;
}

/**
 * The groups that the room lacks most against the census, largest gap first: of the counts, as on paper. The tenths that
 * are read may say the same of two groups, or the contrary.
 * @param {any[]} census As the channel tells it.
 * @returns {Array<{title: any, option: any, base: number}>}
 */
export function missing(census) {
  const groups = census.flatMap((each) => each.options.map((/** @type {any} */ option) => ({ title: each.title, option, base: each.base, population: each.population })));
  const gap = (/** @type {any} */ each) => (each.option.count * each.population - each.option.census * each.base) / (each.base * each.population);
  return groups.filter((each) => each.base > 0 && each.population > 0 && gap(each) < 0).sort((a, b) => gap(a) - gap(b)).slice(0, 3);
}

/**
 * The results that may be read: shown or live, none of practice. They come as they are shown; here they are in the order
 * of the questions, as on paper. The votes have it: those of planned questions are told from the first.
 * @param {import('./channels.js').Channels} channels
 * @returns {Result[]}
 */
export function shownResults(channels) {
  const asked = channels.all('votes/').map(([question]) => question);
  const at = (/** @type {Result} */ result) => (asked.includes(result['question']) ? asked.indexOf(result['question']) : asked.length);
  const results = channels.all('result/').map(([, result]) => result).filter((result) => result && result.purpose !== 'practice');
  return results.sort((a, b) => at(a) - at(b));
}
