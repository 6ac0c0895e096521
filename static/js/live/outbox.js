// Commands on their way: made with an id before they are sent, kept until they are answered. Pure.

/**
 * @typedef {'waiting' | 'saved' | 'refused' | 'unknown'} Fate
 * @typedef {{id: string, frame: Record<string, any>, fate: Fate, say: string, at: number}} Sent
 */

export class Outbox {
  constructor() {
    /** @type {Map<string, Sent>} */
    this.sent = new Map();
  }

  /**
   * Keep a command until it is answered.
   * @param {Record<string, any>} frame With `t` and `id`.
   * @param {number} at When, in ms.
   * @returns {Sent}
   */
  add(frame, at) {
    /** @type {Sent} */
    const sent = { id: frame['id'], frame, fate: 'waiting', say: '', at };
    this.sent.set(sent.id, sent);
    return sent;
  }

  /**
   * What the server says of a command; `busy` is no answer, it is sent again.
   * @param {{t: string, id: string | null, say?: string}} answer
   * @returns {Sent | undefined} The command whose fate is now known.
   */
  answered(answer) {
    const sent = answer.id === null ? undefined : this.sent.get(answer.id);
    if (!sent || answer.t === 'busy') return undefined;
    sent.fate = answer.t === 'ack' ? 'saved' : answer.t === 'nack' ? 'refused' : 'unknown';
    sent.say = answer.say ?? '';
    this.sent.delete(sent.id);
    return sent;
  }

  /** The commands without an answer, in the order in which they were given. */
  waiting() {
    return [...this.sent.values()];
  }
}
