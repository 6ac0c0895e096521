// Exact fractions: a mean is not a float.

/** In lowest terms, `below` at least 1. @typedef {{above: bigint, below: bigint}} Fraction */

/** @param {bigint} a @param {bigint} b @returns {bigint} */
const common = (a, b) => (b === 0n ? (a < 0n ? -a : a) : common(b, a % b));

/** @param {number | bigint} above @param {number | bigint} below @returns {Fraction} */
export const fraction = (above, below = 1) => {
  const by = common(BigInt(above), BigInt(below));
  return { above: BigInt(above) / by, below: BigInt(below) / by };
};

/** @param {Fraction} a @param {Fraction} b */
export const minus = (a, b) => fraction(a.above * b.below - b.above * a.below, a.below * b.below);

/** Below 0 where a is less than b, 0 where they are equal. @param {Fraction} a @param {Fraction} b */
export const compared = (a, b) => Number(a.above * b.below - b.above * a.below);

/** In tenths of a percent, halves away from zero. @param {Fraction} value */
export const tenths = ({ above, below }) => {
  const size = (2000n * (above < 0n ? -above : above) + below) / (2n * below);
  return Number(above < 0n ? -size : size);
};
