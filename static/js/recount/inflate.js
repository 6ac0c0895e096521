// Takes a deflate stream apart (RFC 1951). `DecompressionStream` has raw deflate only in newer browsers than ours.

const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const WAYS_BACK = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
  16385, 24577,
];
const WAY_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LONGEST = 15;

/** @typedef {{counts: Uint16Array, symbols: Uint16Array}} Code how many symbols have each length, and they in their order */

const broken = () => new Error('deflate');

/** The code in which every symbol has a length. @param {number[]} lengths @returns {Code} */
const codeOf = (lengths) => {
  const counts = new Uint16Array(LONGEST + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  const next = [0, 0];
  for (let length = 1; length < LONGEST; length += 1) next.push((next[length] ?? 0) + (counts[length] ?? 0));
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    const at = next[length] ?? 0;
    symbols[at] = symbol;
    next[length] = at + 1;
  });
  counts[0] = 0;
  return { counts, symbols };
};

const FIXED = [
  codeOf(Array.from({ length: 288 }, (_, n) => (n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8))),
  codeOf(Array.from({ length: 30 }, () => 5)),
];

/** Reads bits and symbols, lowest bit of a byte first. */
class Bits {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.held = 0;
    this.count = 0;
  }

  /** The next number of so many bits. @param {number} count */
  take(count) {
    while (this.count < count) {
      if (this.at >= this.bytes.length) throw broken();
      this.held |= (this.bytes[this.at++] ?? 0) << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.count -= count;
    return value;
  }

  /** The next symbol of a code. @param {Code} code */
  symbol({ counts, symbols }) {
    let code = 0, first = 0, index = 0;
    for (let length = 1; length <= LONGEST; length += 1) {
      code |= this.take(1);
      const count = counts[length] ?? 0;
      if (code - count < first) return symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw broken();
  }

  /** So many whole bytes as they stand, from the next whole byte on. */
  stored() {
    this.held = this.count = 0;
    const size = this.take(16);
    if (this.take(16) !== (size ^ 0xffff) || this.at + size > this.bytes.length) throw broken();
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }
}

/** The two codes that a block brings with it. @param {Bits} bits @returns {Code[]} */
const codesOf = (bits) => {
  const literals = bits.take(5) + 257, ways = bits.take(5) + 1, told = bits.take(4) + 4;
  const lengths = Array.from({ length: ORDER.length }, () => 0);
  for (const place of ORDER.slice(0, told)) lengths[place] = bits.take(3);
  const code = codeOf(lengths);
  /** @type {number[]} */
  const all = [];
  while (all.length < literals + ways) {
    const symbol = bits.symbol(code);
    if (symbol < 16) all.push(symbol);
    else {
      const [again, times] = symbol === 16 ? [all.at(-1), 3 + bits.take(2)] : [0, symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7)];
      if (again === undefined) throw broken();
      for (let n = 0; n < times; n += 1) all.push(again);
    }
  }
  if (all.length > literals + ways) throw broken();
  return [codeOf(all.slice(0, literals)), codeOf(all.slice(literals))];
};

/** What a raw deflate stream holds. @param {Uint8Array} bytes @param {number} size how many bytes it becomes */
export const inflate = (bytes, size) => {
  const bits = new Bits(bytes), out = new Uint8Array(size);
  let at = 0, last = 0;
  while (!last) {
    last = bits.take(1);
    const kind = bits.take(2);
    if (kind === 0) {
      const chunk = bits.stored();
      if (at + chunk.length > size) throw broken();
      out.set(chunk, at);
      at += chunk.length;
      continue;
    }
    if (kind === 3) throw broken();
    const [literal, way] = kind === 1 ? FIXED : codesOf(bits);
    if (!literal || !way) throw broken();
    for (let symbol = bits.symbol(literal); symbol !== 256; symbol = bits.symbol(literal)) {
      if (symbol < 256) {
        if (at >= size) throw broken();
        out[at++] = symbol;
        continue;
      }
      const length = (LENGTHS[symbol - 257] ?? Number.NaN) + bits.take(LENGTH_BITS[symbol - 257] ?? 0);
      const far = bits.symbol(way);
      const back = (WAYS_BACK[far] ?? Number.NaN) + bits.take(WAY_BITS[far] ?? 0);
      if (!(back <= at) || !(at + length <= size)) throw broken();
      for (let n = 0; n < length; n += 1, at += 1) out[at] = out[at - back] ?? 0;
    }
  }
  if (at !== size) throw broken();
  return out;
};
