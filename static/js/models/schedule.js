// Planned and real times of an agenda, and how far the day is behind or ahead. Pure.

/** @typedef {import('./console_day.js').Item} Item */

const MINUTE_MS = 60_000;

/**
 * Minutes after midnight of a time of day as the plan says it ("09:30"); null where it says none.
 * @param {string | null} clock
 */
export function minutesOfDay(clock) {
  const found = /^(\d{1,2}):(\d{2})$/.exec(clock ?? '');
  return found ? Number(found[1]) * 60 + Number(found[2]) : null;
}

/**
 * When each item begins by the plan, in minutes after midnight: as it says, else after the one before.
 * @param {Item[]} items In the order of now.
 * @returns {(number | null)[]}
 */
export function plannedStarts(items) {
  /** @type {number | null} */
  let next = null;
  return items.map((item) => {
    const start = minutesOfDay(item.starts_at) ?? next;
    next = start === null ? null : start + item.planned_minutes;
    return start;
  });
}

/**
 * How many minutes the running item is behind its plan, or ahead (negative); null where nothing tells.
 * Where the day of the plan is another, the first item that began counts as having begun on time.
 * @param {Item[]} items
 * @param {{nowMs: number, sameDay: boolean, minuteOf: (ms: number) => number}} clock `minuteOf` gives the minute of the hall's day.
 */
export function drift(items, { nowMs, sameDay, minuteOf }) {
  const starts = plannedStarts(items);
  const at = items.findIndex((item) => item.state === 'running');
  const item = items[at];
  const start = starts[at];
  if (!item || start === null || start === undefined || item.begun_at_ms === null) return null;
  const base = sameDay ? 0 : baseline(items, starts, minuteOf);
  if (base === null) return null;
  const ends = Math.max(item.begun_at_ms + item.minutes * MINUTE_MS, nowMs);
  const length = Math.round((ends - item.begun_at_ms) / MINUTE_MS);
  return minuteOf(item.begun_at_ms) - base + length - (start + item.planned_minutes);
}

/**
 * How far the clock of today is from the clock of the plan, by the first item that began.
 * @param {Item[]} items
 * @param {(number | null)[]} starts
 * @param {(ms: number) => number} minuteOf
 */
function baseline(items, starts, minuteOf) {
  const begun = items.map((item, index) => ({ item, start: starts[index] })).filter(({ item, start }) => item.begun_at_ms !== null && typeof start === 'number');
  begun.sort((a, b) => (a.item.begun_at_ms ?? 0) - (b.item.begun_at_ms ?? 0));
  const first = begun[0];
  return first ? minuteOf(first.item.begun_at_ms ?? 0) - (first.start ?? 0) : null;
}

/**
 * A clock of a hall: the minute of the day, and the day, of an instant in its zone.
 * @param {string} zone
 */
export function hallClock(zone) {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour12: false, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
  const read = (/** @type {number} */ ms) => Object.fromEntries(parts.formatToParts(new Date(ms)).map((part) => [part.type, part.value]));
  return {
    minuteOf(/** @type {number} */ ms) {
      const found = read(ms);
      return (Number(found['hour']) % 24) * 60 + Number(found['minute']);
    },
    dayOf(/** @type {number} */ ms) {
      const found = read(ms);
      return `${found['year']}-${found['month']}-${found['day']}`;
    },
  };
}

/**
 * A time of day, to be said in the reader's language.
 * @param {number | null} minute After midnight.
 * @returns {{hour: string, minute: string} | null}
 */
export function clockParts(minute) {
  if (minute === null) return null;
  const whole = ((minute % 1440) + 1440) % 1440;
  return { hour: String(Math.floor(whole / 60)).padStart(2, '0'), minute: String(whole % 60).padStart(2, '0') };
}
