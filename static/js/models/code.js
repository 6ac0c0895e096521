// What a person types as a code, read back whatever keyboard is on: as app/web/codes.py reads it. Pure.

const LOWER = ['1234567890-=', 'ๅ/-ภถุึคตจขช', 'qwertyuiop[]', 'ๆไำพะัีรนยบล', "asdfghjkl;'", 'ฟหกดเ้่าสวง', 'zxcvbnm,./', 'ผปแอิืทมใฝ'];
const UPPER = ['1234567890-=', '+๑๒๓๔ู฿๕๖๗๘๙', 'qwertyuiop[]', '๐"ฎฑธํ๊ณฯญฐ,', "asdfghjkl;'", 'ฤฆฏโฌ็๋ษศซ.', 'zxcvbnm,./', '()ฉฮฺ์?ฒฬฦ'];
const DIGITS = '๐๑๒๓๔๕๖๗๘๙';
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LETTERS = 8;

/**
 * @param {string[]} rows Keys, and what the level gives for each.
 * @returns {Map<string, string>}
 */
function level(rows) {
  const pairs = rows.flatMap((keys, at) => (at % 2 === 1 ? [] : [...keys].map((key, place) => /** @type {[string, string]} */ ([[...(rows[at + 1] ?? '')][place] ?? '', key]))));
  return new Map(pairs);
}

const BY_LOWER = level(LOWER);
const BY_UPPER = level(UPPER);
const THAI_LOWER = new Set([...BY_LOWER.keys()].filter((sign) => sign !== '-'));
const THAI_UPPER = new Set([...BY_UPPER.keys()].filter((sign) => !DIGITS.includes(sign) && !'+"(),.?'.includes(sign)));
/** @type {Record<string, string>} */
const FORGIVEN = { O: '0', I: '1', L: '1' };

/**
 * The letters of the code that are meant so far, in groups of four: "7K3M-Q2"; empty where a sign cannot be of one.
 * @param {string} typed
 */
export function readSoFar(typed) {
  const signs = [...typed.trim().slice(0, 64)];
  const digit = (/** @type {string} */ sign) => (DIGITS.includes(sign) ? String(DIGITS.indexOf(sign)) : sign);
  const keys = signs.some((sign) => THAI_UPPER.has(sign)) ? signs.map((sign) => BY_UPPER.get(sign) ?? BY_LOWER.get(sign) ?? sign)
    : signs.some((sign) => THAI_LOWER.has(sign)) ? signs.map((sign) => BY_LOWER.get(sign) ?? digit(sign)) : signs.map(digit);
  const letters = keys.map((key) => key.toUpperCase()).map((key) => FORGIVEN[key] ?? key).filter((key) => !/[\s\-–_.]/.test(key));
  if (letters.length > LETTERS || letters.some((letter) => !ALPHABET.includes(letter))) return '';
  return letters.length > 4 ? `${letters.slice(0, 4).join('')}-${letters.slice(4).join('')}` : letters.join('');
}
