// Whether a second laptop could take over now, as a sentence says it. Pure.

/**
 * @typedef {{admitted: boolean, doubled: boolean, connected: boolean, behind: number, wait_ms: number, waited: boolean, lost: number}} Second
 */

/**
 * Which sentence tells how it stands, how many events are on the server only, and whether somebody should look.
 * @param {Second} second
 * @returns {{key: string, count: number, bad: boolean}}
 */
export function follows(second) {
  const count = second.behind;
  if (!second.admitted) return { key: 'none', count, bad: false };
  if (second.doubled) return { key: 'doubled', count, bad: true };
  if (!second.connected) return { key: second.wait_ms > 0 ? 'alone' : 'away', count, bad: true };
  if (second.waited) return { key: 'waited', count, bad: false };
  if (second.wait_ms > 0) return { key: 'alone', count, bad: true };
  return count > 0 ? { key: 'behind', count, bad: false } : { key: 'beside', count, bad: false };
}
