// Pieces of the report's page: a wording with its language, a result as a table with bars, a quote.

import { html, nothing } from '/static/vendor/lit.js';
import { exactText, fractionText, shareText } from '../models/figures.js';
import { pieces, together } from '../models/together.js';
import { wording } from '../models/words.js';
import { place, t } from '../pages/place.js';

const HOUSE = together(place.whole, t('report.counted').split(' '));

/**
 * A text whose words of the house and figures are not parted at the end of a line.
 * @param {string} text
 */
export function line(text) {
  return pieces(text, HOUSE).map((piece, at) => (at % 2 ? html`<span class="together">${piece}</span>` : piece));
}

/**
 * A sentence of the catalogue as a line.
 * @param {string} key
 * @param {Record<string, string | number>} [params]
 */
export function tell(key, params) {
  return line(t(key, params));
}

/**
 * A wording in the reader's language, else marked with its own.
 * @param {any} texts
 */
export function words(texts) {
  if (!texts || Object.keys(texts).length === 0) return html`<span>${t('report.redacted')}</span>`;
  const { text, language } = wording(texts, place.lang);
  return language && language !== place.lang ? html`<span lang=${language}>${line(text)}</span>` : html`<span>${line(text)}</span>`;
}

/**
 * A title before what is said of it, parted by a mark unless it ends a sentence.
 * @param {any} texts
 */
export function titled(texts) {
  const ends = /[.?!…:]$/.test(wording(texts, place.lang).text);
  return html`<strong>${words(texts)}${ends ? nothing : ':'}</strong>`;
}

/**
 * Who did something, by role, and who had asked for it; nothing where the server did it.
 * @param {string | null} by
 * @param {string | null} [askedBy]
 */
export function doneBy(by, askedBy = null) {
  if (!by || by === 'server') return nothing;
  const role = t(`role.${by}`);
  if (!askedBy) return tell('report.done_by', { role });
  return tell(askedBy === by ? 'report.confirmed_alike' : 'report.confirmed_by', { asked: t(`role.${askedBy}`), role });
}

/** @param {number | null} tenths As in a sentence. */
export function inWords(tenths) {
  return tenths === null ? '–' : t('percent.sentence', { share: `${Math.floor(tenths / 10)}.${tenths % 10}` });
}

/** @param {string} day An ISO date. */
export function dateText(day) {
  const locale = place.lang === 'th' ? 'th-TH-u-ca-buddhist-nu-latn' : place.lang;
  const parts = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).formatToParts(new Date(`${day}T12:00:00Z`));
  const part = (/** @type {string} */ type) => parts.find((each) => each.type === type)?.value ?? '';
  return t('date.long', { day: part('day'), month: part('month'), year: part('year') });
}

/**
 * @param {number | null} share
 * @param {boolean} leads
 */
function bar(share, leads) {
  return html`<span class="bar ${leads ? 'leading' : ''}" aria-hidden="true"><span class="fill" .style=${`inline-size: ${(share ?? 0) / 10}%`}></span></span>`;
}

/** @param {any} result */
function about(result) {
  const sentences = [];
  if (result.present !== null) sentences.push(t('report.voted_of', { count: result.present, voted: result.voted }));
  if (result.kind === 'pick_up_to') sentences.push(t('report.sentence', { text: t('report.kind_choices', { count: result.choices_max }) }));
  sentences.push(t('report.voters_are', { standings: result.standings.map((/** @type {string} */ each) => t(`standing.${each}`)).join(', ') }));
  if (result.round > 1) sentences.push(t('report.round', { round: result.round }));
  if (result.live) sentences.push(t('report.live_now'));
  return line(sentences.join(' '));
}

/** @param {any} result */
function picks(result) {
  const most = Math.max(0, ...result.options.map((/** @type {any} */ option) => option.count));
  const ranked = result.purpose === 'priority';
  const options = ranked ? [...result.options].sort((a, b) => a.rank - b.rank) : result.options;
  return html`<div class="scrolls" tabindex="0" role="region" aria-label=${t('report.table_of', { title: wording(result.title, place.lang).text })}><table>
    <thead><tr>${ranked ? html`<th scope="col" class="n">${t('report.column.rank')}</th>` : nothing}<th scope="col">${t('report.column.option')}</th>
      <th scope="col" class="n">${t('report.column.count')}</th><th scope="col" class="n">${t('report.column.share')} (n = ${result.base.toLocaleString('en')})</th></tr></thead>
    <tbody>${options.map((/** @type {any} */ option) => html`<tr>${ranked ? html`<td class="n">${option.rank}</td>` : nothing}
      <th scope="row">${words(option.text)}${bar(option.share_tenths, option.count === most && most > 0)}</th>
      <td class="n">${option.count.toLocaleString('en')}</td><td class="n">${shareText(option.share_tenths, true)}</td></tr>`)}</tbody></table></div>`;
}

/** @param {number} value */
const signed = (value) => String(value).replace('-', '−');

/**
 * What the ends of a scale mean; nothing where they have no words.
 * @param {any} low
 * @param {any} high
 */
function ends(low, high) {
  const [lowest, highest] = [low, high].map((step) => wording(step.text, place.lang).text);
  if (!lowest || !highest) return nothing;
  return html`<p class="hint">${tell('report.scale_ends', { low: signed(low.value), lowest, high: signed(high.value), highest })}</p>`;
}

/** @param {any} result */
function rating(result) {
  const steps = [...result.scale];
  const order = [...steps].sort((a, b) => a.value - b.value);
  const [low, high] = [order[0], order[order.length - 1]];
  const mean = t('report.mean_on_scale', { low: signed(low.value), high: signed(high.value) });
  const shareOf = (/** @type {any} */ option, /** @type {any} */ step) => option.values.find((/** @type {any} */ each) => each.value === step.value)?.share_tenths ?? null;
  const named = (/** @type {any} */ step) => (step.text && Object.keys(step.text).length > 0 ? words(step.text) : html`${step.value}`);
  const nameOf = (/** @type {any} */ step) => wording(step.text, place.lang).text || String(step.value);
  const options = [...result.options].sort((a, b) => a.rank - b.rank);
  return html`<div class="scrolls" tabindex="0" role="region" aria-label=${t('report.table_of', { title: wording(result.title, place.lang).text })}><table class="folds rated">
    <thead><tr><th scope="col">${t('report.column.option')}</th>${steps.map((step) => html`<th scope="col" class="step">${named(step)}</th>`)}
      <th scope="col" class="n">${line(mean)}</th><th scope="col" class="n">${t('report.column.base')}</th></tr></thead>
    <tbody>${options.map((option) => html`<tr><th scope="row">${words(option.text)}</th>
      ${steps.map((step) => html`<td class="step" data-of=${nameOf(step)}><span class="figure">${shareText(shareOf(option, step), true)}</span>${bar(shareOf(option, step), false)}</td>`)}
      <td class="n" data-of=${mean}>${fractionText(option.mean, 2)}</td><td class="n" data-of=${t('report.column.base')}>${option.base.toLocaleString('en')}</td></tr>`)}</tbody></table></div>${ends(low, high)}`;
}

/**
 * A question and what came of it.
 * @param {any} result
 */
export function resultOf(result) {
  const number = () => html`<p>${tell('report.mean', { mean: exactText(result.mean) })} ${result.unit ? words(result.unit) : nothing},
    ${tell('report.median', { median: exactText(result.median) })}, ${tell('base.answered', { count: result.base })}</p>`;
  return html`<article class="result" id=${`question-${result.question}`}><h3>${words(result.title)}</h3><p class="hint">${about(result)}</p>
    ${result.kind === 'number' ? number() : result.kind === 'rating' ? rating(result) : picks(result)}</article>`;
}

/**
 * A published theme with its quotes.
 * @param {any} theme
 */
export function themeOf(theme) {
  const tables = t('count.tables', { count: theme.tables });
  return html`<li><strong>${words(theme.title)}</strong> <span class="hint whole">${tell('count.ideas_from_tables', { count: theme.ideas, tables })}</span>
    ${theme.quotes.map((/** @type {any} */ quote) => html`<p class="quote"><q lang=${quote.language}>${quote.text}</q></p>`)}</li>`;
}
