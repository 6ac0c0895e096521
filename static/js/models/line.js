// When a closed connection comes back, and whether it may: no clock and no socket in here.

export const SILENCE_MS = 25_000;
const RESTARTED = new Set([1006, 1012, 4030]);

/**
 * Whether a client may connect again by itself after this close code.
 * @param {number} code
 */
export function mayComeBack(code) {
  return !(code >= 4500 && code <= 4999);
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
