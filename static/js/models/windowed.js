// Which rows of a long list are drawn: those in sight, and some around them. Pure.

const AROUND = 6;

/**
 * @param {{top: number, height: number, row: number, count: number}} list `top` and `height` of what is in sight and the
 *   height of a row, in pixels.
 * @returns {{from: number, to: number}} The first row that is drawn, and the first after them.
 */
export function drawnRows({ top, height, row, count }) {
  if (row <= 0) return { from: 0, to: Math.min(count, 2 * AROUND) };
  const from = Math.max(0, Math.min(Math.floor(top / row) - AROUND, count - 1));
  const to = Math.min(count, Math.ceil((top + height) / row) + AROUND);
  return { from: Math.max(0, from), to: Math.max(to, 0) };
}

/**
 * Where the list scrolls to, so that a row is in sight; the same where it is.
 * @param {{top: number, height: number, row: number}} list
 * @param {number} place Of the row.
 */
export function scrolledTo({ top, height, row }, place) {
  if (place * row < top) return place * row;
  if ((place + 1) * row > top + height) return (place + 1) * row - height;
  return top;
}
