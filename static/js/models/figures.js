// Figures as the screen says them: percents without decimals unless that misleads, exact means, clock times. Pure.

import { percent } from './words.js';

/** @typedef {[numerator: number, denominator: number] | null | undefined} Fraction */

/**
 * Whether two neighbours that differ would look equal in whole percents (docs/rules.md, Figures).
 * @param {(number | null | undefined)[]} shares Tenths of a percent, as they stand beside each other.
 */
export function lookEqual(shares) {
  return shares.some((share, at) => at > 0 && typeof share === 'number' && share !== shares[at - 1] && percent(share) === percent(shares[at - 1]));
}

/**
 * A share as a scene says it: in whole percents, or with one decimal.
 * @param {number | null | undefined} tenths
 * @param {boolean} exact
 */
export function shareText(tenths, exact) {
  return exact && typeof tenths === 'number' ? `${Math.floor(tenths / 10)}.${tenths % 10}%` : percent(tenths);
}

/**
 * A fraction with so many decimals, half away from 0; a dash where there is none.
 * @param {Fraction} value
 * @param {number} [decimals]
 */
export function fractionText(value, decimals = 1) {
  if (!value) return '–';
  const [numerator, denominator] = value;
  const scale = 10 ** decimals;
  const units = Math.floor((2 * Math.abs(numerator) * scale + denominator) / (2 * denominator));
  const digits = decimals === 0 ? `${units}` : `${Math.floor(units / scale)}.${String(units % scale).padStart(decimals, '0')}`;
  return numerator < 0 && units > 0 ? `−${digits}` : digits;
}

/**
 * A mean, median or score in a sentence: two decimals, none where it is whole (app/report/words.py, exact).
 * @param {Fraction} value
 */
export function exactText(value) {
  return fractionText(value, value && value[0] % value[1] === 0 ? 0 : 2);
}

/**
 * The decimals that means need so that no two neighbours that differ look equal: one, else two.
 * @param {Fraction[]} means
 */
export function decimalsFor(means) {
  const alike = means.some((mean, at) => at > 0 && mean && means[at - 1] && fractionText(mean) === fractionText(means[at - 1]) && !same(mean, means[at - 1]));
  return alike ? 2 : 1;
}

/**
 * @param {Fraction} one
 * @param {Fraction} other
 */
function same(one, other) {
  return one && other && one[0] * other[1] === other[0] * one[1];
}

/**
 * How a digest is read out: its first twelve digits in groups of four.
 * @param {string} digest
 */
export function sealText(digest) {
  return (digest.slice(0, 12).match(/.{1,4}/g) ?? []).join(' ');
}

/**
 * A day by its ISO date, in the language's era and order: "11 February 2026", "11 กุมภาพันธ์ 2569".
 * @param {string} iso
 * @param {string} language
 * @param {import('./words.js').Say} say
 */
export function dateText(iso, language, say) {
  const day = new Date(`${iso}T12:00:00Z`);
  if (Number.isNaN(day.getTime())) return iso;
  const month = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' }).format(day);
  const year = String(day.getUTCFullYear() + Number(say('date.year_offset')));
  return say('date.long', { day: String(day.getUTCDate()), month, year });
}
