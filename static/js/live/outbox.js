// Commands on their way: made with an id before they are sent, kept until they are answered. Pure.
//
// How this works. A command is *kept* (on the disk, where the page keeps a queue) before it is *sent*, and
// on the *line* from then until its answer or the end of the connection: no id goes twice over one line, so
// that no copy is still on its way when a refusal comes. What concerns one thing (an idea, a seat, a call)
// goes in the order in which it was given, one after the other's answer.

/**
 * @typedef {'waiting' | 'saved' | 'refused' | 'unknown'} Fate
 * @typedef {{id: string, frame: Record<string, any>, fate: Fate, say: string, at: number, kept: boolean,
 *   code?: string, params?: Record<string, string | number>, offset?: number}} Sent
 *   `offset`: of an acknowledged one, where its first event lies.
 */

export const ON_THE_LINE_MAX = 32;

/**
 * The thing that a command is about, where order matters.
 * @param {Record<string, any>} frame
 * @returns {string | undefined}
 */
function about(frame) {
  return frame['idea'] ?? frame['seat'] ?? frame['call'];
}

export class Outbox {
  constructor() {
    /** @type {Map<string, Sent>} */
    this.sent = new Map();
    /** @type {Set<string>} */
    this.line = new Set();
    /** @type {Set<string>} */
    this.done = new Set();
  }

  /**
   * Keep a command until it is answered.
   * @param {Record<string, any>} frame With `t` and `id`.
   * @param {number} at When, in ms.
   * @param {boolean} [kept] Whether it may be sent already.
   * @returns {Sent}
   */
  add(frame, at, kept = true) {
    /** @type {Sent} */
    const sent = { id: frame['id'], frame, fate: 'waiting', say: '', at, kept };
    this.sent.set(sent.id, sent);
    return sent;
  }

  /**
   * Take up what an earlier page left on the disk: before everything that was given since.
   * @param {Iterable<{id: string, frame: Record<string, any>, at: number}>} queued In the order in which it was given.
   */
  adopt(queued) {
    const since = [...this.sent.values()];
    const older = [...queued].filter(({ id }) => !this.sent.has(id) && !this.done.has(id));
    this.sent.clear();
    for (const { frame, at } of older) this.add(frame, at);
    for (const sent of since) this.sent.set(sent.id, sent);
  }

  /**
   * Put commands that were answered in another history before all others; of one id only this one goes.
   * @param {Record<string, any>[]} frames
   * @param {number} at
   */
  bring(frames, at) {
    const since = [...this.sent.values()];
    this.sent.clear();
    for (const frame of frames) this.add(frame, at);
    for (const sent of since) if (!this.sent.has(sent.id)) this.sent.set(sent.id, sent);
  }

  /**
   * What may be sent now; it is on the line from here on.
   * @returns {Sent[]}
   */
  due() {
    const found = [];
    const held = new Set();
    for (const sent of this.sent.values()) {
      const thing = about(sent.frame);
      if (!this.line.has(sent.id) && sent.kept && !held.has(thing) && this.line.size < ON_THE_LINE_MAX) {
        this.line.add(sent.id);
        found.push(sent);
      }
      if (thing !== undefined) held.add(thing);
    }
    return found;
  }

  /** The connection is gone: what was on it may be sent again on the next. */
  cut() {
    this.line.clear();
  }

  /**
   * What the server says of a command; `busy` is no answer, it is sent again.
   * @param {{t: string, id: string | null, say?: string, code?: string, offset?: number, params?: Record<string, string | number>}} answer
   * @returns {Sent | undefined} The command whose fate is now known.
   */
  answered(answer) {
    const sent = answer.id === null ? undefined : this.sent.get(answer.id);
    if (!sent || answer.t === 'busy') return undefined;
    sent.fate = answer.t === 'ack' ? 'saved' : answer.t === 'nack' ? 'refused' : 'unknown';
    sent.say = answer.say ?? '';
    if (answer.code !== undefined) sent.code = answer.code;
    if (answer.params !== undefined) sent.params = answer.params;
    if (answer.offset !== undefined) sent.offset = answer.offset;
    this.sent.delete(sent.id);
    this.line.delete(sent.id);
    this.done.add(sent.id);
    return sent;
  }

  /** The commands without an answer, in the order in which they were given. */
  waiting() {
    return [...this.sent.values()];
  }
}
