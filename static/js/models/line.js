// When a closed connection comes back, and whether it may: no clock and no socket in here.

const QUIET_MS = 11_000;
const ANSWER_MS = 10_000;
const RESTARTED = new Set([1006, 1012, 4030]);

/**
 * Whether a client may connect again by itself after this close code.
 * @param {number} code
 */
export function mayComeBack(code) {
  return !(code >= 4500 && code <= 4999);
}

/**
 * Whether the line is to be asked, or taken for dead. A tick comes every ten seconds, and whatever is said is answered.
 * @param {number} now In ms, as the others.
 * @param {number} heardAt When something was last heard.
 * @param {number} saidAt When something was first said after that; 0 where nothing was.
 * @returns {'' | 'ask' | 'dead'}
 */
export function silence(now, heardAt, saidAt) {
  if ((saidAt && now - saidAt > ANSWER_MS) || now - heardAt > QUIET_MS + ANSWER_MS) return 'dead';
  return !saidAt && now - heardAt > QUIET_MS ? 'ask' : '';
}

/**
 * How long to wait before the next attempt: spread out, so that a hall does not come at once.
 * @param {number} attempt 0 for the first after a good connection.
 * @param {number} code The close code.
 * @param {number} random From 0 up to 1.
 * @returns {number} Milliseconds.
 */
export function delayMs(attempt, code, random) {
  const most = attempt === 0 && RESTARTED.has(code) ? 8_000 : Math.min(15_000, 500 * 2 ** attempt);
  return Math.round(random * most) + (code === 4029 ? 1_000 : 0);
}
