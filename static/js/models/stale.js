// Whether a page of an older program may load itself again. Pure.

/**
 * A stale page loads again when it is idle: never while anything is unsent or half written, and only
 * once for each version, so that a server with two versions cannot make it spin.
 * @param {{had: string, told: string, waiting: number, written: boolean, triedFor: string | null}} page
 *   `had` and `told`: the assets' version of the page and of the server; `waiting`: commands without an
 *   answer; `written`: whether some field holds words that were not sent.
 * @returns {boolean}
 */
export function mayLoadAgain({ had, told, waiting, written, triedFor }) {
  return told !== '' && told !== had && waiting === 0 && !written && triedFor !== told;
}
