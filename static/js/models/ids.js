// Ids that a client makes before it sends: a prefix and 128 random bits in hex.
// `crypto.randomUUID` is not there on plain http in a network; `getRandomValues` is everywhere.

/**
 * A new id of the given kind.
 * @param {string} prefix `cmd`, `idea`, `theme`, …
 * @returns {string}
 */
export function newId(prefix) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `${prefix}_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
