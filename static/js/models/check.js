// What a table's laptop looks at before the day begins, and what to do about it. Pure.

/**
 * @typedef {{state: string, aheadMs: number, writes: boolean | null, had: string, told: string, width: number,
 *   beside: number | null, keeps: boolean | null, secure: boolean}} Found `null`: not known yet.
 * @typedef {'good' | 'hint' | 'bad' | 'looking'} Level
 * @typedef {{name: string, level: Level, say: string, params: Record<string, string | number>}} Line
 *   `say`: which sentence; `hint`: the table can work, and should know; `bad`: something has to be done first.
 */

export const CLOCK_MS = 60_000;
export const WIDTH_MIN = 900;

/**
 * @param {Found} found
 * @returns {Line[]}
 */
export function checked(found) {
  return [line(found), clock(found), storage(found), version(found), kept(found), width(found), other(found)];
}

/**
 * Whether the table can begin: `looking` while something is not known yet.
 * @param {Line[]} lines
 * @returns {'ready' | 'looking' | 'bad'}
 */
export function verdict(lines) {
  if (lines.some(({ level }) => level === 'bad')) return 'bad';
  return lines.some(({ level }) => level === 'looking') ? 'looking' : 'ready';
}

/**
 * @param {string} name
 * @param {Level} level
 * @param {string} say
 * @param {Record<string, string | number>} [params]
 * @returns {Line}
 */
function said(name, level, say, params = {}) {
  return { name, level, say, params };
}

/** @param {Found} found */
function line({ state }) {
  if (state === 'open') return said('line', 'good', 'open');
  return state === 'offline' ? said('line', 'bad', 'offline') : said('line', 'looking', 'connecting');
}

/** @param {Found} found */
function clock({ state, aheadMs }) {
  if (state !== 'open') return said('clock', 'looking', 'looking');
  if (Math.abs(aheadMs) < CLOCK_MS) return said('clock', 'good', 'same');
  return said('clock', 'hint', aheadMs > 0 ? 'late' : 'early', { count: Math.round(Math.abs(aheadMs) / 60_000) });
}

/** @param {Found} found */
function storage({ writes }) {
  if (writes === null) return said('storage', 'looking', 'looking');
  return writes ? said('storage', 'good', 'writes') : said('storage', 'hint', 'refused');
}

/** @param {Found} found */
function version({ had, told }) {
  if (told === '') return said('version', 'looking', 'looking');
  return had === told ? said('version', 'good', 'same') : said('version', 'bad', 'older');
}

/** @param {Found} found */
function kept({ keeps, secure }) {
  if (!secure) return said('kept', 'hint', 'insecure');
  if (keeps === null) return said('kept', 'looking', 'looking');
  return keeps ? said('kept', 'good', 'kept') : said('kept', 'hint', 'not_kept');
}

/** @param {Found} found */
function width({ width: pixels }) {
  return pixels >= WIDTH_MIN ? said('width', 'good', 'wide') : said('width', 'hint', 'narrow');
}

/** @param {Found} found */
function other({ beside }) {
  if (beside === null) return said('other', 'looking', 'looking');
  return beside === 0 ? said('other', 'good', 'none') : said('other', 'hint', 'some', { count: beside });
}
