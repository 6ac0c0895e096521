// The live connection of a page: hello, resume, heartbeat, coming back. No page knows a socket.

import { Outbox } from './outbox.js';
import { Channels } from '../models/channels.js';
import { newId } from '../models/ids.js';
import { replaced } from '../models/term.js';
import { delayMs, mayComeBack, silence } from '../models/line.js';
import { keepsQueue, Queue } from './queue.js';
import { Sealed } from './sealed.js';
import { Store } from './store.js';

const PROTOCOL = 1;
const LOOK_MS = 1_000;
const OPENING_MS = 20_000;

/**
 * @typedef {import('./outbox.js').Sent} Sent
 * @typedef {{page: string, lang: string, assets: string, device?: string, tables?: string[]}} Place
 * @typedef {{t: string, [name: string]: any}} Frame
 */

/**
 * Events: `line` (state changed), `view` (something was told; detail: the frame), `fate` (detail: Sent), `welcome`, `queue` (what
 * waits was read from the disk). A table's and a seat's commands are on the disk before they are sent.
 */
export class Live extends EventTarget {
  /**
   * @param {Place} place
   * @param {string[]} [wanted] The channels that the page needs; all that it may hear, where it says nothing.
   */
  constructor(place, wanted) {
    super();
    this.place = place;
    this.wanted = wanted ? { channels: wanted } : {};
    this.channels = new Channels();
    this.outbox = new Outbox();
    /** Where this page keeps what must not be lost; opened when it is first used. */
    this.store = new Store();
    this.queue = keepsQueue(place.page) ? new Queue(this.store, place) : null;
    this.sealed = new Sealed(this.store, place.page);
    /** Whether what waits may go: not before the queue was read, so that all goes in its order. */
    this.flowing = false;
    /** Whether somebody is in the middle of something that a reload would spoil. */
    this.busy = false;
    /** @type {'connecting' | 'open' | 'offline' | 'ended'} */
    this.state = 'connecting';
    this.why = '';
    this.assets = '';
    this.role = '';
    /** @type {Record<string, any>} */
    this.scope = {};
    this.aheadMs = 0;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {string | null} */
    this.resume = null;
    /** @type {string | null} */
    this.epoch = null;
    /** Up to which event this history has what earlier ones had. @type {Record<string, number>} */
    this.history = {};
    /** @type {number | null} */
    this.offset = null;
    /** @type {string | null} The latest term that a server has said, and shown to every later one. */
    this.term = null;
    /** @type {string[]} */
    this.names = [];
    this.attempt = 0;
    this.heardAt = 0;
    /** When something was first said after that; 0 where nothing was. */
    this.saidAt = 0;
    /** Which run of the page this is, and how many connections it has begun: a late hello is known by it. */
    this.instance = newId('run').slice(4);
    this.begun = 0;
  }

  /** Connect, and stay connected. */
  start() {
    setInterval(() => this.look(), LOOK_MS);
    document.addEventListener('visibilitychange', () => this.comeBackNow());
    window.addEventListener('online', () => this.comeBackNow());
    if (this.queue?.device) void this.takeUp();
    void this.connect();
  }

  /** Take up what this device gave before the page was loaded. */
  async takeUp() {
    if (!this.queue) return;
    this.outbox.adopt(await this.queue.own());
    this.tell('queue');
  }

  /**
   * Send what another session of the same right left in this browser, under its ids: what had arrived is not doubled.
   * @param {import('./queue.js').Queued[]} queued
   */
  async takeOver(queued) {
    for (const { id, frame, at } of queued) await this.queue?.keep({ id, frame, at, fate: 'waiting', say: '', kept: true });
    this.outbox.adopt(queued);
    this.tell('queue');
    this.flush();
  }

  /** The server's time, in ms. */
  now() {
    return Date.now() + this.aheadMs;
  }

  /**
   * Give a command; its fate comes as an event.
   * @param {Record<string, any>} command With `t`.
   * @returns {Sent}
   */
  give(command) {
    const sent = this.outbox.add({ ...command, id: newId('cmd') }, Date.now(), this.queue === null);
    void this.queue?.keep(sent).finally(() => {
      sent.kept = true;
      this.flush();
    });
    this.flush();
    return sent;
  }

  /** Send what is due. */
  flush() {
    if (this.state === 'open' && this.flowing) for (const sent of this.outbox.due()) this.write(sent.frame);
  }

  /** @param {Record<string, any>} frame */
  write(frame) {
    if (this.state !== 'open' || this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify(frame));
    this.saidAt ||= Date.now();
  }

  async connect() {
    this.become('connecting');
    const shown = this.resume ? { resume: this.resume } : await this.ticket();
    if (!shown) return;
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`);
    this.socket = socket;
    const run = { instance: this.instance, attempt: ++this.begun };
    socket.addEventListener('open', () => {
      const have = this.epoch && this.offset !== null ? { epoch: this.epoch, offset: this.offset } : {};
      socket.send(JSON.stringify({ t: 'hello', protocol: PROTOCOL, ...shown, lang: this.place.lang, assets: this.place.assets, ...this.wanted, ...run, ...have, ...(this.term ? { term: this.term } : {}) }));
    });
    socket.addEventListener('message', (event) => {
      if (socket === this.socket) this.hear(JSON.parse(String(event.data)));
    });
    socket.addEventListener('close', (event) => this.closed(socket, event.code));
    setTimeout(() => {
      // a line that swallows everything: the browser itself would go on waiting for two minutes
      if (socket === this.socket && this.state === 'connecting') this.drop();
    }, OPENING_MS);
  }

  /** @returns {Promise<{ticket: string} | null>} */
  async ticket() {
    const patience = new AbortController();
    setTimeout(() => patience.abort(), OPENING_MS);
    try {
      const answer = await fetch('/api/ticket', { method: 'POST', headers: { 'Town-Page': this.place.page }, signal: patience.signal });
      if (answer.ok) return { ticket: (await answer.json()).ticket };
      if (answer.status === 401 || answer.status === 403) {
        this.end((await answer.json()).say ?? '');
        return null;
      }
    } catch {
      // the server cannot be reached: try again
    }
    this.later(1006);
    return null;
  }

  /** @param {Frame} frame */
  hear(frame) {
    this.heardAt = Date.now();
    this.saidAt = 0;
    switch (frame.t) {
      case 'welcome':
        void this.welcomed(frame);
        break;
      case 'view':
        if (!this.channels.apply(/** @type {any} */ (frame))) {
          this.write({ t: 'resync' });
          break;
        }
        if (this.offset === null && this.channels.holdsAll(this.names)) this.offset = frame['offset'];
        this.dispatchEvent(new CustomEvent('view', { detail: frame }));
        break;
      case 'tick':
        this.aheadMs = frame['server_ms'] - Date.now();
        if (this.channels.holdsAll(this.names)) {
          this.offset = frame['offset'];
          this.channels.toldUpTo(frame['offset']);
        }
        break;
      case 'busy':
        this.againLater(frame['id'], frame['retry_after_ms']);
        break;
      case 'bye':
        this.why = frame['say'];
        break;
      case 'ack':
      case 'nack':
      case 'unknown':
        this.settle(frame);
        break;
      default: // a newer server may say more
    }
  }

  /** @param {Frame} frame */
  settle(frame) {
    const sent = this.outbox.answered(/** @type {any} */ (frame));
    if (!sent) return;
    const sealed = this.sealed.answered(sent, /** @type {any} */ (frame), this.epoch ?? '', this.device());
    void sealed.finally(() => this.queue?.drop(sent.id)); // first what is kept of it, so that it is never in neither place
    // nobody gave a ballot that is brought back: it had its answer on the day it was cast
    if (sent.frame['t'] === 'recover_ballot') this.tell('queue');
    else this.dispatchEvent(new CustomEvent('fate', { detail: sent }));
    this.flush();
  }

  /** @param {Frame} welcome */
  async welcomed(welcome) {
    if (replaced(welcome['term'], this.term)) {
      this.drop(); // the server before has come back: where the room is now, is found by coming again
      return;
    }
    this.term = welcome['term'] ?? null;
    if (this.epoch !== welcome['epoch']) {
      this.channels.clear();
      this.offset = null;
    }
    this.epoch = welcome['epoch'];
    this.history = welcome['history'] ?? {};
    this.resume = welcome['resume'];
    this.role = welcome['role'];
    this.assets = welcome['assets'];
    this.scope = welcome['scope'];
    this.names = welcome['channels'];
    this.aheadMs = welcome['server_ms'] - Date.now();
    this.attempt = 0;
    this.why = '';
    this.outbox.cut();
    this.become('open');
    this.tell('welcome');
    const socket = this.socket;
    await this.own(this.device());
    await this.bringBack(/** @type {any} */ (welcome));
    if (socket === this.socket) this.flowing = true;
    this.flush();
  }

  /** The device session of this connection. */
  device() {
    return String(this.scope['device'] ?? '');
  }

  /**
   * Offer again what was acknowledged and is not known to be in this history: before anything else is said.
   * @param {import('../models/kept.js').Welcome} welcome
   */
  async bringBack(welcome) {
    const socket = this.socket;
    const frames = await this.sealed.toBring(welcome).catch(() => []);
    if (socket !== this.socket) return;
    this.outbox.bring(frames, Date.now());
  }

  /**
   * This connection is of this device: its queue, and nobody else's, may go.
   * @param {string} device
   */
  async own(device) {
    if (this.queue && this.queue.device !== device) {
      this.outbox.sent.clear(); // of another session: it stays on the disk, under that one's name
      this.queue.device = device;
    }
    await this.takeUp();
  }

  /**
   * Send a command again that could not be decided, on the line on which that was said.
   * @param {string} id
   * @param {number} afterMs
   */
  againLater(id, afterMs) {
    const socket = this.socket;
    setTimeout(() => {
      const sent = this.outbox.sent.get(id);
      if (sent && socket === this.socket) this.write(sent.frame);
    }, afterMs);
  }

  /** Ask a line that has been silent, and leave one that is dead. */
  look() {
    if (this.state !== 'open') return;
    const line = silence(Date.now(), this.heardAt, this.saidAt);
    if (line === 'dead') this.drop();
    else if (line === 'ask') this.write({ t: 'beat' });
  }

  /** The line is dead: do not wait for its closing handshake. */
  drop() {
    const socket = this.socket;
    if (!socket) return;
    this.closed(socket, 1006);
    socket.close();
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   */
  closed(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null;
    this.flowing = false;
    if (code === 4500 && this.resume) {
      this.resume = null; // the cookie may still be good
      this.later(code);
    } else if (mayComeBack(code)) this.later(code);
    else this.end(this.why);
  }

  /** @param {number} code */
  later(code) {
    this.become('offline');
    setTimeout(() => this.state === 'offline' && void this.connect(), delayMs(this.attempt, code, Math.random()));
    this.attempt += 1;
  }

  comeBackNow() {
    if (this.state === 'offline' && document.visibilityState === 'visible') void this.connect();
  }

  /** Stay away from now on: this device leaves. */
  leave() {
    const socket = this.socket;
    this.socket = null;
    this.end('');
    socket?.close();
  }

  /** @param {string} why */
  end(why) {
    this.why = why;
    this.become('ended');
  }

  /** @param {'connecting' | 'open' | 'offline' | 'ended'} state */
  become(state) {
    this.state = state;
    this.tell('line');
  }

  /** @param {string} name */
  tell(name) {
    this.dispatchEvent(new Event(name));
  }
}
