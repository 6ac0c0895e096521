// What a keypad on a phone shows: whose seat it is, what is chosen and what became of it. Pure.

/**
 * @typedef {import('./ballot.js').Choices} Choices
 * @typedef {import('./ballot.js').Sheet & {standings: string[], state?: string}} Sheet
 * @typedef {{id: string, standing: string, keypad: string | null, asked: string | null}} Seat
 * @typedef {import('../live/outbox.js').Sent} Sent
 * @typedef {'waiting' | 'free' | 'elsewhere' | 'asked' | 'vote' | 'not_asked' | 'quiet' | 'before' | 'after'} State
 */

/**
 * @param {{seat: Seat | undefined, device: string, sheet: Sheet | undefined, phase: string}} known
 * @returns {State}
 */
export function stateOf({ seat, device, sheet, phase }) {
  if (!seat) return 'waiting';
  if (phase === 'closed' || phase === 'archived') return 'after'; // also for whoever has no seat any more
  if (seat.keypad !== device) return seat.asked === device ? 'asked' : seat.keypad === null ? 'free' : 'elsewhere';
  if (phase === 'prepared') return 'before';
  if (!sheet?.question) return 'quiet';
  return sheet.standings.includes(seat.standing) ? 'vote' : 'not_asked';
}

/** @param {{question: string | null, round: number}} about */
export function roundOf({ question, round }) {
  return `${question}@${round}`;
}

/** Whether a command is about the ballot of a round. @param {Sent} sent @param {Sheet} sheet */
function isBallot({ frame }, sheet) {
  return ['cast_ballot', 'withdraw_ballot'].includes(frame['t']) && frame['question'] === sheet.question && frame['round'] === sheet.round;
}

/**
 * What is chosen, and what became of it: what waits counts before what the server holds, and what was refused
 * not at all.
 * @param {Sheet} sheet
 * @param {any} ballot What the server holds of the seat's ballot.
 * @param {Sent[]} waiting Commands without an answer, in their order.
 * @param {Sent | undefined} last The last ballot that was given on this page.
 * @returns {{choices: Choices, fate: string, say: string}}
 */
export function standing(sheet, ballot, waiting, last) {
  const held = ballot?.question === sheet.question && ballot?.round === sheet.round ? ballot.choices : null;
  const pending = waiting.filter((sent) => isBallot(sent, sheet)).at(-1);
  if (pending) return { choices: pending.frame['choices'] ?? null, fate: 'waiting', say: '' };
  if (last && isBallot(last, sheet)) {
    const { fate, say } = last;
    if (fate === 'saved') return { choices: last.frame['choices'] ?? null, fate, say };
    return { choices: held, fate, say };
  }
  return { choices: held, fate: held === null ? '' : 'saved', say: '' };
}

/**
 * How much of a question is answered: choices made, options rated.
 * @param {Sheet} sheet
 * @param {Choices} choices
 * @returns {{done: number, of: number} | null} Null where there is nothing to count.
 */
export function progress(sheet, choices) {
  if (sheet.kind === 'pick_up_to') return { done: Array.isArray(choices) ? choices.length : 0, of: sheet.choices_max };
  if (sheet.kind === 'rating') return { done: Object.keys(choices ?? {}).length, of: sheet.options.length };
  return null;
}

const DIGITS = '๐๑๒๓๔๕๖๗๘๙';

/**
 * A whole number as it was typed, also in Thai digits; null where it is none, or out of range.
 * @param {string} typed
 * @param {{number_min: number, number_max: number}} sheet
 * @returns {number | null}
 */
export function readNumber(typed, { number_min: least, number_max: most }) {
  const plain = [...typed.trim().replace(/[,\s]/g, '').replace('−', '-')].map((sign) => (DIGITS.includes(sign) ? DIGITS.indexOf(sign) : sign)).join('');
  if (!/^-?\d{1,16}$/.test(plain)) return null;
  const number = Number(plain);
  return number >= least && number <= most ? number : null;
}
