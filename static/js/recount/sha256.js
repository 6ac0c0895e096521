// SHA-256 as FIPS 180-4 says it. `crypto.subtle` is missing where a page is not secure, in some browsers also from
// disk, and it answers later, once for each of a hundred thousand lines; this one is always there, and at once.

/** The first 32 bits of the fractional parts of a root of each of the first primes. @param {number} count @param {number} root */
const ofPrimes = (count, root) => {
  const found = [];
  for (let n = 2; found.length < count; n += 1) {
    let prime = true;
    for (let by = 2; by * by <= n; by += 1) prime &&= n % by !== 0;
    if (prime) found.push(((n ** (1 / root)) % 1) * 0x1_0000_0000 | 0);
  }
  return found;
};
const START = ofPrimes(8, 2);
const ADDED = Int32Array.from(ofPrimes(64, 3));
const BLOCK = 64;

const schedule = new Int32Array(64);
const right = (/** @type {number} */ word, /** @type {number} */ by) => (word >>> by) | (word << (32 - by));

/** One block of 64 bytes into the state. @param {Int32Array} state @param {Uint8Array} bytes @param {number} from */
const block = (state, bytes, from) => {
  const w = schedule;
  for (let t = 0; t < 16; t += 1) {
    const at = from + 4 * t;
    w[t] = (bytes[at] ?? 0) << 24 | (bytes[at + 1] ?? 0) << 16 | (bytes[at + 2] ?? 0) << 8 | (bytes[at + 3] ?? 0);
  }
  for (let t = 16; t < 64; t += 1) {
    const x = w[t - 15] ?? 0, y = w[t - 2] ?? 0;
    const s0 = right(x, 7) ^ right(x, 18) ^ (x >>> 3), s1 = right(y, 17) ^ right(y, 19) ^ (y >>> 10);
    w[t] = (w[t - 16] ?? 0) + s0 + (w[t - 7] ?? 0) + s1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t += 1) {
    const mixed = (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g));
    const one = (h + mixed + (ADDED[t] ?? 0) + (w[t] ?? 0)) | 0;
    const two = (right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => { state[at] = (state[at] ?? 0) + word; });
};

/** The chunks as one piece. @param {Uint8Array[]} chunks */
export const together = (chunks) => {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
};

/** SHA-256 over the chunks, one after the other. @param {Uint8Array[]} chunks @returns {Uint8Array} 32 bytes */
export const sha256 = (...chunks) => {
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : together(chunks);
  const state = Int32Array.from(START);
  const whole = bytes.length - (bytes.length % BLOCK);
  for (let at = 0; at < whole; at += BLOCK) block(state, bytes, at);
  const rest = bytes.subarray(whole);
  const end = new Uint8Array(rest.length < 56 ? BLOCK : 2 * BLOCK);
  end.set(rest);
  end[rest.length] = 0x80;
  const view = new DataView(end.buffer);
  view.setUint32(end.length - 8, Math.floor(bytes.length / 0x2000_0000));
  view.setUint32(end.length - 4, bytes.length * 8 >>> 0);
  for (let at = 0; at < end.length; at += BLOCK) block(state, end, at);
  const out = new Uint8Array(32);
  state.forEach((word, at) => new DataView(out.buffer).setInt32(4 * at, word));
  return out;
};

/** Bytes as hex digits. @param {Uint8Array} bytes */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The bytes that lower-case hex digits say, or null where they are none. @param {unknown} digits */
export const unhex = (digits) => {
  if (typeof digits !== 'string' || !/^(?:[0-9a-f]{2})*$/u.test(digits)) return null;
  return Uint8Array.from(digits.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
};
