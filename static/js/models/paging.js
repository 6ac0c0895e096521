// How a long list is turned into pages that fit, and how long a page stays. Pure.

/** @typedef {[from: number, to: number]} Span */

/**
 * Rows put into pages, in their order, as evenly as the fewest pages allow.
 * @param {number[]} heights Of the rows.
 * @param {number} gap Between two rows.
 * @param {number} room Height of a page.
 * @param {number} most Rows on a page.
 * @returns {Span[] | null} Null where a row is higher than a page.
 */
export function pack(heights, gap, room, most) {
  if (heights.some((height) => height > room)) return null;
  const fewest = filled(heights, gap, room, most);
  const even = filled(heights, gap, room, Math.ceil(heights.length / Math.max(1, fewest.length)));
  return even.length === fewest.length ? even : fewest;
}

/**
 * @param {number[]} heights
 * @param {number} gap
 * @param {number} room
 * @param {number} most
 * @returns {Span[]}
 */
function filled(heights, gap, room, most) {
  /** @type {Span[]} */
  const pages = [];
  let from = 0;
  let used = 0;
  heights.forEach((height, at) => {
    const more = at === from ? height : used + gap + height;
    if (at > from && (more > room || at - from >= most)) {
      pages.push([from, at]);
      from = at;
      used = height;
    } else used = more;
  });
  if (heights.length > 0) pages.push([from, heights.length]);
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
