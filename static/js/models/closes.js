// The chain's head after each close of a vote: what this laptop noted, beside what the server says now.

/**
 * @typedef {{question: string, round: number, offset: number, code: string, words: Record<string, string>}} Close
 * @typedef {Close & {epoch: string}} Noted
 * @typedef {{noted: Noted, now: Close | null}} Difference
 */

const MOST = 300;

/** A close that can be compared: in this history, or in an earlier one before it was lost. @param {Noted} noted @param {string} epoch @param {Record<string, number>} history */
const shared = (noted, epoch, history) => noted.epoch === epoch || noted.offset <= (history[noted.epoch] ?? -1);

/**
 * The first close that this laptop noted and the server has not, or has with another head; null where all agree.
 * What lay behind the end of an earlier history was lost with it: a restore is told elsewhere, and is no difference.
 * @param {Noted[]} noted
 * @param {Close[]} closes
 * @param {string} epoch
 * @param {Record<string, number>} history up to which event this history has what earlier ones had
 * @returns {Difference | null}
 */
export function difference(noted, closes, epoch, history) {
  for (const each of noted) {
    if (!shared(each, epoch, history)) continue;
    const now = closes.find(({ offset }) => offset === each.offset) ?? null;
    if (now?.code !== each.code) return { noted: each, now };
  }
  return null;
}

/**
 * What is noted from now on. What was noted once is never replaced by what the server says later.
 * @param {Noted[]} noted
 * @param {Close[]} closes
 * @param {string} epoch
 * @returns {Noted[]}
 */
export function noting(noted, closes, epoch) {
  const fresh = closes.filter(({ offset }) => !noted.some((each) => each.epoch === epoch && each.offset === offset));
  return [...noted, ...fresh.map((close) => ({ ...close, epoch }))].slice(-MOST);
}

/** Digits and words, in a language. @param {Close} close @param {string} language */
export const shortHead = ({ code, words }, language) => `${code} ${words[language] ?? words['en'] ?? ''}`.trim();
