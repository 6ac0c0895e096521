// At which marks time that is left is said aloud. Pure.

const MARKS_S = [600, 300, 120, 60, 30, 10];

/**
 * The mark that has been passed since the last look, in seconds: time left is said then and not at every tick.
 * @param {number} before Milliseconds that were left.
 * @param {number} now Milliseconds that are left.
 * @returns {number | null}
 */
export function markPassed(before, now) {
  return MARKS_S.findLast((mark) => before > mark * 1000 && now <= mark * 1000 && now > 0) ?? null;
}
