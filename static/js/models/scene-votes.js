// What a picture shows of questions: asked, open, counted, compared, ranked. Pure.

import { decimalsFor, fractionText, lookEqual, sealText, shareText } from './figures.js';
import { joined, plain, said, worded } from './phrases.js';
import { sheet } from './sheet.js';
import { ranges } from './ranges.js';

/**
 * @typedef {import('./phrases.js').Phrase} Phrase
 * @typedef {import('./phrases.js').Voice} Voice
 * @typedef {import('./sheet.js').Group} Group
 * @typedef {import('./sheet.js').Row} Row
 * @typedef {import('./sheet.js').Sheet} Sheet
 */

/** Kinds whose options stand in the order in which they were asked, since that order means something. */
const IN_ORDER = new Set(['yes_no', 'demographic', 'rating']);

/**
 * The words of an option; of yes, no and abstain the catalogue's where it has none.
 * @param {any} option
 * @param {Voice} voice
 */
export function optionWords(option, voice) {
  return worded(voice, option.text, ['yes', 'no', 'abstain'].includes(option.id) ? `option.${option.id}` : 'air.removed');
}

/**
 * How a question is answered: "Choose up to 3. Anonymous."
 * @param {any} asked
 * @param {Voice} voice
 * @returns {Phrase[]}
 */
export function rule(asked, voice) {
  const least = String(asked.number_min ?? ''), most = String(asked.number_max ?? '');
  const how = asked.kind === 'pick_up_to' ? said(voice, 'count.choices_max', { count: asked.choices_max })
    : said(voice, `air.rule.${asked.kind}`, { least, most });
  return joined([how, asked.anonymous ? said(voice, 'air.rule.anonymous') : [], asked.first_only ? said(voice, 'air.rule.first_only') : []]);
}

/**
 * @param {any} asked
 * @param {Voice} voice
 * @returns {Group[]}
 */
function choices(asked, voice) {
  const rows = (asked.options ?? []).map((/** @type {any} */ option, /** @type {number} */ at) => (
    { id: option.id, text: optionWords(option, voice), lead: plain(String(at + 1)) }));
  return rows.length > 0 ? [{ form: 'options', title: [], rows, base: [] }] : [];
}

/**
 * @param {any} scene
 * @param {Voice} voice
 * @returns {Sheet}
 */
export function question(scene, voice) {
  const asked = scene.question;
  if (!asked) return sheet({ title: said(voice, 'scene.question') });
  return sheet({ title: worded(voice, asked.title), groups: choices(asked, voice), foot: [rule(asked, voice)] });
}

/**
 * @param {any} scene
 * @param {Voice} voice
 * @returns {Sheet}
 */
export function voting(scene, voice) {
  const made = question(scene, voice);
  const { question: asked, votes } = scene;
  if (!asked || !votes) return made;
  const counted = { voted: votes.voted, present: votes.present, words: said(voice, 'count.voted', { count: votes.voted, present: votes.present }) };
  if (asked.state !== 'open') return { ...over(scene, made, voice), votes: counted };
  return {
    ...made, votes: counted, big: asked.closes_at_ms ? { until: asked.closes_at_ms, from: asked.opened_at_ms } : null,
    foot: asked.closing ? [said(voice, 'question_state.closing')] : made.foot,
  };
}

/**
 * A vote that is over: nothing to choose any more, and the seal of the record at its close; without one, that of the vote.
 * @param {any} scene
 * @param {Sheet} made
 * @param {Voice} voice
 * @returns {Sheet}
 */
function over(scene, made, voice) {
  const seal = scene.digest ? [said(voice, 'air.seal', { seal: sealText(scene.digest) })] : [];
  const { code = '', words = {} } = scene.head ?? {};
  const head = code ? [said(voice, 'air.head', (_say, language) => ({ code, words: words[language] ?? words.en }))] : [];
  return { ...made, groups: [], leads: [said(voice, `question_state.${scene.question.state}`)], foot: head.length > 0 ? head : seal, seal: true };
}

/**
 * @param {any} result
 * @param {Voice} voice
 * @param {{title: any, state: string} | null} [asked] The question, where it has no result to show.
 * @returns {Sheet}
 */
export function results(result, voice, asked = null) {
  if (!result) {
    const title = asked ? worded(voice, asked.title) : said(voice, 'scene.results');
    return sheet({ title, leads: [said(voice, asked?.state === 'voided' ? 'air.voided' : 'ui.not_shown_yet')] });
  }
  const group = counted(result, voice);
  return sheet({
    title: worded(voice, result.title), groups: [{ ...group, base: [] }], big: result.kind === 'number' ? median(result, voice) : null,
    foot: [joined([group.base, about(result, voice)])],
  });
}

/**
 * @param {any} result
 * @param {Voice} voice
 */
function median(result, voice) {
  const number = fractionText(result.median, result.median?.[1] === 1 ? 0 : 1);
  return { text: withUnit(result, number, voice), words: result.median ? said(voice, 'air.half', { number }) : [] };
}

/**
 * @param {any} result
 * @param {string} figure
 * @param {Voice} voice
 */
function withUnit(result, figure, voice) {
  const unit = result.unit ? worded(voice, result.unit).map(({ text }) => text).join(' / ') : '';
  return unit ? `${figure} ${unit}` : figure;
}

/**
 * What a reader of the shares has to know of the question: how many might be chosen, what the average is of.
 * @param {any} result
 * @param {Voice} voice
 * @returns {Phrase[]}
 */
function about(result, voice) {
  if (result.kind === 'pick_up_to') return said(voice, 'air.choices_each', { count: result.choices_max });
  if (result.kind === 'number' && result.mean) return said(voice, 'air.average', { number: fractionText(result.mean) });
  return [];
}

/**
 * What the shares are of: every base names its number and the standings that voted.
 * @param {any} result
 * @param {Voice} voice
 * @param {string} [key]
 * @param {number} [count]
 * @returns {Phrase[]}
 */
function baseOf(result, voice, key = 'base.answered', count = result.base) {
  const base = said(voice, key, { count });
  const who = voters(result, voice);
  return base.map((phrase, at) => (who[at] ? { ...phrase, text: `${phrase.text}: ${who[at].text}` } : phrase));
}

/**
 * The standings that voted, as a list in each language.
 * @param {any} result
 * @param {Voice} voice
 * @returns {Phrase[]}
 */
function voters(result, voice) {
  /** @type {string[]} */
  const standings = result.standings ?? [];
  return voice.languages.map((language) => {
    const names = standings.map((one) => voice.say(language)(`air.standing.${one}`));
    return { text: new Intl.ListFormat(language, { type: 'conjunction' }).format(names), language };
  }).filter(({ text }) => text);
}

/**
 * A counted question as a group of bars.
 * @param {any} result
 * @param {Voice} voice
 * @param {boolean} [exact] With a decimal, whatever its own shares need.
 * @returns {Group}
 */
function counted(result, voice, exact = false) {
  if (result.kind === 'number') return numbers(result, voice);
  if (result.kind === 'rating') return ratings(result, voice);
  const options = inOrder(result);
  const shares = options.map((option) => option.share_tenths);
  const most = Math.max(0, ...shares.map((share) => share ?? 0));
  const decimal = exact || !!voice.exact || lookEqual(shares);
  const rows = options.map((option) => ({
    id: option.id, text: optionWords(option, voice), share: option.share_tenths, count: option.count,
    figure: plain(shareText(option.share_tenths, decimal)), leading: most > 0 && option.share_tenths === most,
  }));
  return { form: 'bars', title: [], rows, base: baseOf(result, voice) };
}

/**
 * The options as they are drawn: best first, unless their own order means something.
 * @param {any} result
 * @returns {any[]}
 */
export function inOrder(result) {
  const options = [...result.options];
  return IN_ORDER.has(result.kind) ? options : options.sort((one, other) => one.rank - other.rank);
}

/**
 * The options of a rating: each as a bar in the steps of the scale, with its average.
 * @param {any} result
 * @param {Voice} voice
 * @returns {Group}
 */
function ratings(result, voice) {
  const decimals = decimalsFor(result.options.map((/** @type {any} */ option) => option.mean));
  const bases = new Set(result.options.map((/** @type {any} */ option) => option.base));
  const steps = [...(result.scale ?? [])].sort((one, other) => other.value - one.value);
  const rows = result.options.map((/** @type {any} */ option) => ({
    id: option.id, text: worded(voice, option.text), leading: option.rank === 1 && option.base > 0, share: null, count: option.base,
    figure: plain(fractionText(option.mean, decimals)),
    parts: [...option.values].sort((one, other) => other.value - one.value).map((each) => ({ step: each.value, share: each.share_tenths ?? 0 })),
    note: bases.size > 1 ? said(voice, 'air.rated_by', { count: option.base }) : [],
  }));
  const base = bases.size === 1 ? baseOf(result, voice, 'air.base_each', Number([...bases][0])) : voters(result, voice);
  return { form: 'parts', title: [], rows, base, keys: steps.map((step) => stepWords(step, voice)), heads: [said(voice, 'air.mean')] };
}

/**
 * A step of a scale with its number, which the averages are made of: "3 = This year".
 * @param {{value: number, text: any}} step
 * @param {Voice} voice
 * @returns {Phrase[]}
 */
function stepWords(step, voice) {
  const known = Object.values(step.text ?? {}).some(Boolean);
  if (!known) return plain(String(step.value));
  return worded(voice, step.text).map((phrase, at) => (at === 0 ? { ...phrase, text: `${step.value} = ${phrase.text}` } : phrase));
}

/**
 * The numbers that were given, in a few ranges of the same width.
 * @param {any} result
 * @param {Voice} voice
 * @returns {Group}
 */
function numbers(result, voice) {
  const found = ranges(result.numbers ?? [], voice.languages.length > 1 ? 4 : 6);
  const most = Math.max(1, ...found.map((range) => range.count));
  const rows = found.map((range) => ({
    id: String(range.from), text: plain(range.from === range.to ? String(range.from) : `${range.from}–${range.to}`),
    share: Math.round((1000 * range.count) / most), count: range.count, figure: plain(range.count.toLocaleString('en')),
    leading: range.count === most,
  }));
  return { form: 'numbers', title: [], rows, base: baseOf(result, voice) };
}

/**
 * Two results beside each other, on one scale and with the same decimals.
 * @param {any} scene
 * @param {Voice} voice
 * @returns {Sheet}
 */
export function compared(scene, voice) {
  const both = [scene.result, scene.other].filter(Boolean);
  if (both.length < 2) return results(both[0] ?? null, voice, scene.asked);
  const exact = both.some((result) => result.options && lookEqual(inOrder(result).map((option) => option.share_tenths)));
  const same = (/** @type {(result: any) => unknown} */ of) => new Set(both.map((result) => JSON.stringify(of(result)))).size === 1;
  const rated = both.some((result) => result.kind === 'rating');
  const [asOne, sameVoters, sameRule] = [!rated && same((result) => [result.base, result.standings]), !rated && same((result) => result.standings), same((result) => about(result, voice))];
  const groups = both.map((result) => {
    const group = counted(result, voice, exact);
    const base = asOne ? [] : sameVoters ? said(voice, 'base.answered', { count: result.base }) : group.base;
    return { ...group, title: worded(voice, result.title), base: joined([base, sameRule ? [] : about(result, voice)]) };
  });
  const apart = both.map((result) => results(result, voice));
  const foot = [asOne ? baseOf(scene.result, voice) : sameVoters ? voters(scene.result, voice) : [], sameRule ? about(scene.result, voice) : []];
  return sheet({ title: said(voice, 'air.two_results'), brief: true, groups, apart, foot: [joined(foot)] });
}

/**
 * Priorities: best first, equals with the same rank.
 * @param {any} scene
 * @param {Voice} voice
 * @returns {Sheet}
 */
export function priorities(scene, voice) {
  const { result } = scene;
  if (!result || result.kind === 'number') return results(result, voice, scene.asked);
  const options = scene.priorities ?? [];
  const decimal = !!voice.exact || lookEqual(options.map((/** @type {any} */ option) => option.share_tenths));
  const decimals = decimalsFor(options.map((/** @type {any} */ option) => option.mean));
  const shared = new Set(options.map((/** @type {any} */ o) => o.rank).filter((/** @type {number} */ rank, /** @type {number} */ at, /** @type {number[]} */ all) => all.indexOf(rank) !== at));
  const rows = options.map((/** @type {any} */ option) => ({
    id: option.id, text: optionWords(option, voice), lead: plain(shared.has(option.rank) ? `${option.rank}=` : String(option.rank)),
    leading: option.rank === 1, count: option.count ?? option.base,
    ...(option.values ? scored(result, option, decimals, voice) : { share: option.share_tenths, figure: plain(shareText(option.share_tenths, decimal)) }),
  }));
  const base = result.kind === 'rating' ? ratings(result, voice).base : baseOf(result, voice);
  return sheet({
    title: worded(voice, result.title), groups: [{ form: 'ranks', title: [], rows, base: [] }],
    foot: [base, shared.size > 0 ? said(voice, 'air.equal') : [], result.kind === 'rating' ? scaleEnds(result, voice) : []],
  });
}

/**
 * @param {any} result
 * @param {any} option
 * @param {number} decimals
 * @param {Voice} voice
 * @returns {Partial<Row>}
 */
function scored(result, option, decimals, voice) {
  const values = option.values.map((/** @type {any} */ each) => each.value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const mean = option.mean ? option.mean[0] / option.mean[1] : null;
  const bases = new Set(result.options.map((/** @type {any} */ each) => each.base));
  return {
    share: mean === null ? null : Math.round((1000 * (mean - least)) / (most - least || 1)),
    figure: plain(fractionText(option.mean, decimals)),
    note: bases.size > 1 ? said(voice, 'air.rated_by', { count: option.base }) : [],
  };
}

/**
 * What an average is of: the ends of its scale, in numbers and words.
 * @param {any} result
 * @param {Voice} voice
 */
function scaleEnds(result, voice) {
  return said(voice, 'air.average_of', (_say, language) => endsIn(result.scale ?? [], language));
}

/**
 * The ends of a scale in a language: "3 = This year", or the number alone where there are no words.
 * @param {{value: number, text: any}[]} scale
 * @param {string} language
 * @returns {{most: string, least: string}}
 */
export function endsIn(scale, language) {
  const steps = [...scale].sort((one, other) => other.value - one.value);
  const named = (/** @type {{value: number, text: any} | undefined} */ step) => {
    const words = step?.text?.[language] ?? Object.values(step?.text ?? {}).find(Boolean);
    return step ? [String(step.value), words].filter(Boolean).join(' = ') : '';
  };
  return { most: named(steps[0]), least: named(steps.at(-1)) };
}
