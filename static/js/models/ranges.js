// Numbers that people gave, gathered into a few ranges. Pure.

/** Widths that are easy to say. */
const STEPS = [1, 2, 5, 10, 20, 25, 50];

/**
 * Ranges of one width that hold every number, in order; the empty ones between them too.
 * @param {{value: number, count: number}[]} numbers Whole numbers with how many gave each.
 * @param {number} most How many ranges there may be.
 * @returns {{from: number, to: number, count: number}[]}
 */
export function ranges(numbers, most) {
  if (numbers.length === 0) return [];
  const values = numbers.map(({ value }) => value);
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  const width = widthFor(least, greatest, most);
  const first = Math.floor(least / width);
  const found = Array.from({ length: Math.floor(greatest / width) - first + 1 }, (_, at) => ({
    from: (first + at) * width, to: (first + at + 1) * width - 1, count: 0,
  }));
  for (const { value, count } of numbers) {
    const range = found[Math.floor(value / width) - first];
    if (range) range.count += count;
  }
  return found;
}

/**
 * @param {number} least
 * @param {number} greatest
 * @param {number} most
 */
function widthFor(least, greatest, most) {
  for (let unit = 1; ; unit *= 100) {
    for (const step of STEPS) {
      const width = step * unit;
      if (Math.floor(greatest / width) - Math.floor(least / width) < most) return width;
    }
  }
}
