// How the tables of a room do, and which need somebody first. Pure.

/**
 * @typedef {{table: string, seats: number, present: number, keypads: number, heads: number | null, gap: boolean, ideas: number,
 *   last_idea_at_ms: number | null, voted: number | null, asked: string[], calls: string[]}} Health
 * @typedef {{id: string, table: string, kind: string, text: string | null, at_ms: number, answered_at_ms: number | null,
 *   closed_at_ms: number | null}} Call
 * @typedef {{laptops: number, phones: number, lost_at_ms: number | null}} Line
 * @typedef {'help' | 'lost' | 'silent' | 'keypads' | 'gap' | 'takeover'} Trouble
 * @typedef {{table: string, trouble: Trouble, since: number | null, call?: Call}} Finding
 */

const SILENT_MS = 5 * 60_000;

/** First comes what cannot wait. */
export const TROUBLES = /** @type {const} */ (['help', 'lost', 'takeover', 'silent', 'keypads', 'gap']);

/**
 * Everything that is amiss, by urgency, the oldest of each first.
 * @param {{health: Health[], calls: Call[], lines: Record<string, Line>, running: {takes_ideas: boolean, begun_at_ms: number | null} | null, nowMs: number}} room
 * @returns {Finding[]}
 */
export function findings({ health, calls, lines, running, nowMs }) {
  /** @type {Finding[]} */
  const found = calls.filter((call) => call.closed_at_ms === null).map((call) => ({ table: call.table, trouble: 'help', since: call.at_ms, call }));
  for (const each of health) {
    const lost = lines[each.table]?.lost_at_ms ?? null;
    if (lost !== null) found.push({ table: each.table, trouble: 'lost', since: lost });
    if (each.asked.length > 0) found.push({ table: each.table, trouble: 'takeover', since: null });
    const quiet = silentSince(each, running, nowMs);
    if (quiet !== null) found.push({ table: each.table, trouble: 'silent', since: quiet });
    if (each.keypads < each.present) found.push({ table: each.table, trouble: 'keypads', since: null });
    if (each.gap) found.push({ table: each.table, trouble: 'gap', since: null });
  }
  const rank = (/** @type {Finding} */ finding) => TROUBLES.indexOf(finding.trouble);
  return found.sort((a, b) => rank(a) - rank(b) || (a.since ?? Infinity) - (b.since ?? Infinity) || natural(a.table, b.table));
}

/**
 * Since when a table with people has sent nothing in an item that takes ideas; null where it has, or need not.
 * @param {Health} table
 * @param {{takes_ideas: boolean, begun_at_ms: number | null} | null} running
 * @param {number} nowMs
 */
function silentSince(table, running, nowMs) {
  if (!running?.takes_ideas || running.begun_at_ms === null || table.present === 0) return null;
  const since = Math.max(running.begun_at_ms, table.last_idea_at_ms ?? 0);
  return nowMs - since >= SILENT_MS ? since : null;
}

/**
 * What is amiss at each table, the most urgent first.
 * @param {Finding[]} all
 * @returns {Map<string, Trouble[]>}
 */
export function byTable(all) {
  /** @type {Map<string, Trouble[]>} */
  const found = new Map();
  for (const { table, trouble } of all) {
    const known = found.get(table) ?? [];
    if (!known.includes(trouble)) found.set(table, [...known, trouble]);
  }
  return found;
}

/**
 * The room in sums.
 * @param {Health[]} health
 */
export function sums(health) {
  const add = (/** @type {(each: Health) => number} */ of) => health.reduce((sum, each) => sum + of(each), 0);
  return { seats: add((each) => each.seats), present: add((each) => each.present), keypads: add((each) => each.keypads), heads: add((each) => each.heads ?? 0), ideas: add((each) => each.ideas) };
}

/**
 * Table 2 before table 10.
 * @param {string} a
 * @param {string} b
 */
export function natural(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}

/**
 * The tables that are named: "3, 7-12", or nothing for all.
 * @param {string} typed
 * @param {string[]} known
 * @returns {{tables: string[], unknown: string[]}}
 */
export function readTables(typed, known) {
  const at = new Map(known.map((table, index) => [table.toLowerCase(), index]));
  /** @type {Set<string>} */
  const tables = new Set();
  const unknown = [];
  for (const part of typed.split(/[\s,;]+/).filter(Boolean)) {
    const exact = at.get(part.toLowerCase());
    const [from, to] = part.split(/[-–]/).map((end) => at.get(end.toLowerCase()));
    if (exact !== undefined) tables.add(/** @type {string} */ (known[exact]));
    else if (from !== undefined && to !== undefined && from <= to) known.slice(from, to + 1).forEach((table) => tables.add(table));
    else unknown.push(part);
  }
  return { tables: known.filter((table) => tables.has(table)), unknown };
}
