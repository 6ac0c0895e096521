// Ten keypads on one laptop, passed from hand to hand: whose turn it is, and what each seat may do. Pure.

/**
 * @typedef {{id: string, standing: string, present: boolean, left: boolean, keypad: string | null,
 *   channel: string | null, asked: string | null}} Seat
 * @typedef {import('./ballot.js').Sheet & {standings: string[]}} Sheet
 * @typedef {'here' | 'other_laptop' | 'phone' | 'handset' | 'paper' | 'none'} Way
 * @typedef {'voted' | 'waiting' | 'open' | 'elsewhere' | 'absent' | 'not_asked'} Mark
 */

/**
 * The id of this laptop's pad for a seat.
 * @param {string} device
 * @param {string} seat
 */
export function padOf(device, seat) {
  return `${device}:${seat}`;
}

/**
 * By what a seat votes, seen from this laptop.
 * @param {Seat} seat
 * @param {string} device
 * @returns {Way}
 */
export function wayOf(seat, device) {
  if (seat.keypad === null || seat.channel === null) return 'none';
  if (seat.channel !== 'laptop') return /** @type {Way} */ (seat.channel);
  return seat.keypad === padOf(device, seat.id) ? 'here' : 'other_laptop';
}

/**
 * What the row of seats says of one while a vote is open.
 * @param {Seat} seat
 * @param {{standings: string[]}} sheet
 * @param {{device: string, voted: Set<string>, waiting: Set<string>}} known `voted`: as the server tells, or as
 *   this laptop remembers where it tells nothing; `waiting`: with a ballot that is on its way.
 * @returns {Mark}
 */
export function markOf(seat, sheet, { device, voted, waiting }) {
  if (!sheet.standings.includes(seat.standing)) return 'not_asked';
  if (waiting.has(seat.id)) return 'waiting';
  if (voted.has(seat.id)) return 'voted';
  if (seat.left || (!seat.present && seat.keypad === null)) return 'absent';
  const way = wayOf(seat, device);
  return way === 'here' || way === 'none' ? 'open' : 'elsewhere';
}

/**
 * The seat whose turn comes next: the first after `after` that has not voted here, then those before it; those
 * that were skipped come last, in the order in which they were skipped.
 * @param {Seat[]} seats
 * @param {(seat: Seat) => Mark} mark
 * @param {string[]} skipped
 * @param {string | null} after
 * @returns {string | null}
 */
export function nextSeat(seats, mark, skipped, after) {
  const open = seats.filter((seat) => mark(seat) === 'open').map((seat) => seat.id);
  const order = seats.map((seat) => seat.id);
  const at = after === null ? -1 : order.indexOf(after);
  const inTurn = [...order.slice(at + 1), ...order.slice(0, at + 1)];
  const fresh = inTurn.find((id) => open.includes(id) && !skipped.includes(id));
  return fresh ?? skipped.find((id) => open.includes(id)) ?? null;
}

/**
 * Whether a turn's presses are sent one by one, or all at its end: where the first ballot counts, and a number.
 * @param {{kind: string, first_only: boolean}} sheet
 */
export function sendsAtEnd(sheet) {
  return sheet.first_only || sheet.kind === 'number';
}

export const IDLE_MS = 10_000;
export const READING_MS = 30_000;
export const MORE_MS = 60_000;

/**
 * When a turn ends by itself: ten seconds after the last press; before the first one there is time to read.
 * @param {{at: number, pressed: boolean, more: boolean}} last What happened last, and whether more time was asked for.
 */
export function endsAt({ at, pressed, more }) {
  if (more) return at + MORE_MS;
  return at + (pressed ? IDLE_MS : READING_MS);
}

/**
 * A name for a vote: another round is another vote.
 * @param {{question: string | null, round: number} | undefined} sheet
 */
export function voteOf(sheet) {
  return sheet?.question ? `${sheet.question}@${sheet.round}` : '';
}

/**
 * The number that people call a seat by at their table: of `17-4` it is 4; a late seat is +1, +2, ….
 * @param {string} id
 * @param {string} table
 * @param {Seat[]} seats
 */
export function seatNumber(id, table, seats) {
  if (!id.startsWith('seat_')) return id.startsWith(`${table}-`) ? id.slice(table.length + 1) : id;
  const late = seats.map((seat) => seat.id).filter((each) => each.startsWith('seat_'));
  return `+${late.indexOf(id) + 1}`;
}

/**
 * Where a seat's choice stands after a press on the pad.
 * @param {Sheet} sheet
 * @param {import('./ballot.js').Choices} chosen
 * @param {string} option
 * @param {number} value
 * @returns {Record<string, number>}
 */
export function rated(sheet, chosen, option, value) {
  const now = chosen !== null && typeof chosen === 'object' && !Array.isArray(chosen) ? chosen : {};
  return sheet.kind === 'rating' ? { ...now, [option]: value } : now;
}
