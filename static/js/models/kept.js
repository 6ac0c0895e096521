// The ballots that a device keeps sealed until the meeting is over, and which of them a server that had to go on
// from a backup is to be brought (docs/wire.md, "After a restore"). Nothing in them can be read here. Pure.

/**
 * @typedef {{id: string, blob: string, seat: string | null, epoch: string, offset: number, page: string, device: string}} Kept
 *   `id`: the ballot's own; `epoch` and `offset`: in which history it is known to be, and where.
 * @typedef {{epoch: string, history?: Record<string, number> | null, scope: Record<string, any>, [name: string]: any}} Welcome
 */

/**
 * What to bring back now, in the order in which it was acknowledged.
 * @param {Kept[]} kept
 * @param {Welcome} welcome
 * @param {string} page The page's own name: another page's ballots are another right's.
 * @returns {Kept[]}
 */
export function toBringBack(kept, welcome, page) {
  const history = welcome.history ?? {};
  return kept
    .filter((each) => each.page === page && isOwn(each, welcome.scope))
    .filter(({ epoch, offset }) => epoch !== welcome.epoch && offset > (history[epoch] ?? 0))
    .sort((one, other) => (one.epoch < other.epoch ? -1 : one.epoch > other.epoch ? 1 : one.offset - other.offset));
}

/**
 * Whether this login may bring it: the one that cast it, or a later one of the same seat.
 * @param {Kept} kept
 * @param {Record<string, any>} scope
 */
function isOwn(kept, scope) {
  return kept.device === String(scope['device'] ?? '') || (kept.seat !== null && kept.seat === scope['seat']);
}

/**
 * What becomes of a kept ballot with an answer to its being brought back: where it is now, or that nothing keeps it.
 * @param {Kept} kept
 * @param {{t: string, code?: string, offset?: number}} answer
 * @param {string} epoch The history that answered.
 * @returns {Kept | null}
 */
export function afterAnswer(kept, answer, epoch) {
  if (answer.t === 'ack') return { ...kept, epoch, offset: answer.offset ?? 0 };
  return answer.t === 'nack' && answer.code !== 'nothing_restored' ? null : kept;
}
