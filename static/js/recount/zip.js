// Takes a zip apart by its directory, and checks each file against its check sum.
import { inflate } from './inflate.js';

const END = 0x06054b50, ENTRY = 0x02014b50, LOCAL = 0x04034b50;
const END_BYTES = 22, ENTRY_BYTES = 46, LOCAL_BYTES = 30, COMMENT_BYTES = 0xffff;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The check sum that a zip has of a file. @param {Uint8Array} bytes */
const crc32 = (bytes) => {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ (CRC_TABLE[(sum ^ byte) & 0xff] ?? 0);
  return (sum ^ 0xffffffff) >>> 0;
};

/** Whether these bytes begin as a zip does. @param {Uint8Array} bytes */
export const isZip = (bytes) => bytes[0] === 0x50 && bytes[1] === 0x4b;

/**
 * The files of a zip by name.
 * @param {Uint8Array} bytes
 * @returns {Map<string, Uint8Array>}
 * @throws {Error} it is damaged, or has a name twice
 */
export const unzip = (bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - END_BYTES;
  const first = Math.max(0, end - COMMENT_BYTES);
  while (end >= first && view.getUint32(end, true) !== END) end -= 1;
  if (end < first) throw new Error('zip');
  const found = new Map();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    if (view.getUint32(at, true) !== ENTRY) throw new Error('zip');
    const nameSize = view.getUint16(at + 28, true);
    const name = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameSize));
    if (found.has(name)) throw new Error('zip');
    if (!name.endsWith('/')) found.set(name, content(bytes, view, at));
    at += ENTRY_BYTES + nameSize + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return found;
};

/** The bytes of the file that an entry of the directory names. @param {Uint8Array} bytes @param {DataView} view @param {number} entry */
const content = (bytes, view, entry) => {
  const method = view.getUint16(entry + 10, true), sum = view.getUint32(entry + 16, true);
  const packed = view.getUint32(entry + 20, true), size = view.getUint32(entry + 24, true);
  const local = view.getUint32(entry + 42, true);
  if (view.getUint32(local, true) !== LOCAL) throw new Error('zip');
  const from = local + LOCAL_BYTES + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const raw = bytes.subarray(from, from + packed);
  if (raw.length !== packed || (method !== 0 && method !== 8)) throw new Error('zip');
  const data = method === 0 ? raw : inflate(raw, size);
  if (data.length !== size || crc32(data) !== sum) throw new Error('zip');
  return data;
};
