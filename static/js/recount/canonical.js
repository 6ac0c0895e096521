// The one way to write a JSON value (docs/rules.md, The log): keys sorted by code point, no spaces, UTF-8 unescaped.

const encoder = new TextEncoder();

/** Text as bytes. @param {string} text */
export const utf8 = (text) => encoder.encode(text);

/** Bytes as text; bytes that are no UTF-8 are an error, and a byte order mark is a character like any other. @param {Uint8Array} bytes */
export const textOf = (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);

/** Which comes first by code point; by UTF-16 unit, as JavaScript sorts, what lies beyond the first plane stands wrong. */
export const byCodePoint = (/** @type {string} */ a, /** @type {string} */ b) => {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === most) return a.length - b.length;
  const low = (/** @type {number} */ unit) => unit >= 0xdc00 && unit <= 0xdfff;
  if (at > 0 && low(a.charCodeAt(at)) && low(b.charCodeAt(at))) at -= 1;
  return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
};

/** @param {any} value @returns {string} */
export const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? `${value}` : JSON.stringify(value);
  const names = Object.keys(value).sort(byCodePoint);
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
};

/** Whether this is a JSON object. @param {unknown} value @returns {value is Record<string, any>} */
export const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
