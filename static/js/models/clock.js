// Times of day as the reader's language says them. Pure.

/**
 * @param {number} ms
 * @param {string} language
 * @param {import('./words.js').Say} t
 * @param {string} [zone] Of the reader, by default.
 */
export function clockText(ms, language, t, zone) {
  const options = /** @type {Intl.DateTimeFormatOptions} */ ({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone });
  const parts = new Intl.DateTimeFormat(`${language}-u-nu-latn`, options).formatToParts(new Date(ms));
  const part = (/** @type {string} */ type) => parts.find((each) => each.type === type)?.value ?? '';
  return t('date.clock', { hour: part('hour'), minute: part('minute') });
}
