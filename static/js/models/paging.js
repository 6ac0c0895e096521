// How a long list is turned into pages that fit, and how long a page stays. Pure.

/** @typedef {[from: number, to: number]} Span */

/**
 * Rows put into pages, in their order, as evenly as the fewest pages allow.
 * @param {number[]} heights Of the rows.
 * @param {number} gap Between two rows.
 * @param {number} room Height of a page.
 * @param {number} most What a page may hold: rows, or what the rows hold together.
 * @param {number[]} [holds] What each row holds: as many bars as stand beside each other in it.
 * @returns {Span[] | null} Null where a row is higher than a page.
 */
export function pack(heights, gap, room, most, holds = heights.map(() => 1)) {
  if (heights.some((height) => height > room)) return null;
  /** @type {{pages: number, uneven: number, to: number}[]} The best from each row on; of equals the one that begins with more rows. */
  const best = [];
  const last = heights.length;
  best[last] = { pages: 0, uneven: 0, to: last };
  for (let from = last - 1; from >= 0; from -= 1) {
    let [used, held] = [-gap, 0];
    for (let to = from + 1; to <= last; to += 1) {
      used += gap + (heights[to - 1] ?? 0);
      held += holds[to - 1] ?? 1;
      if (to > from + 1 && (used > room || held > most)) break;
      const [rest, found] = [/** @type {{pages: number, uneven: number}} */ (best[to]), best[from]];
      const way = { pages: rest.pages + 1, uneven: rest.uneven + (to - from) ** 2, to };
      if (!found || way.pages < found.pages || (way.pages === found.pages && way.uneven <= found.uneven)) best[from] = way;
    }
  }
  /** @type {Span[]} */
  const pages = [];
  for (let from = 0; from < last; from = pages.at(-1)?.[1] ?? last) pages.push([from, best[from]?.to ?? last]);
  return pages;
}

const SHORTEST_MS = 6_000;
const LONGEST_MS = 20_000;
const PER_CHARACTER_MS = 55;

/**
 * How long a page stays before the next one: as long as it takes to read it aloud, about.
 * @param {number} characters On the page, in its longest language.
 */
export function stayMs(characters) {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, 3_000 + PER_CHARACTER_MS * characters));
}

/**
 * How far the axis of bars reaches: a quarter, a half, three quarters or the whole.
 * @param {(number | null | undefined)[]} shares In thousandths.
 */
export function reach(shares) {
  const most = Math.max(0, ...shares.map((share) => share ?? 0));
  return [250, 500, 750].find((end) => most <= end) ?? 1_000;
}
