// A hall in small: keeps the rules of the server about phases, items, rounds and scenes, to try next steps on.

/**
 * @typedef {import('../../static/js/models/next_step.js').Step} Step
 * @typedef {(below: number) => number} Dice
 */

export const allCommands = new Set(['start_meeting', 'close_meeting', 'begin_item', 'finish_item', 'open_voting', 'close_voting', 'show_results', 'take_scene']);

/**
 * The same dice for the same seed.
 * @param {number} seed
 * @returns {Dice}
 */
export function random(seed) {
  let state = seed * 2_654_435_761 % 4_294_967_296;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

export class Hall {
  /**
   * @param {{id: string, ideas: boolean, questions: string[]}[]} items
   * @param {string[]} screens
   */
  constructor(items, screens = ['main']) {
    this.now = 1_000;
    this.phase = 'prepared';
    /** @type {any[]} */
    this.items = items.map(({ id, ideas }) => ({ id, title: { en: id }, state: 'planned', minutes: 20, planned_minutes: 20, starts_at: null, begun_at_ms: null, ends_at_ms: null, done_at_ms: null, takes_ideas: ideas, skip_reason: null }));
    /** @type {any[]} */
    this.questions = [];
    for (const item of items) for (const id of item.questions) this.draft(id, item.id, true);
    /** @type {any[]} */
    this.screens = screens.map((id) => ({ id, kind: 'title', question: null, other: null, item: null, at_ms: 0, held: false }));
    /** @type {Record<string, number>} */
    this.publishedAt = {};
  }

  /** @returns {import('../../static/js/models/console_day.js').Day} */
  day() {
    return structuredClone({
      phase: this.phase, languages: ['en', 'th'], items: this.items, running: this.items.find((item) => item.state === 'running') ?? null, questions: this.questions,
      open: this.questions.find((question) => question.state === 'open') ?? null, screens: this.screens, publishedAt: this.publishedAt, published: Object.keys(this.publishedAt), sampled: false,
    });
  }

  print() {
    return JSON.stringify({ phase: this.phase, items: this.items.map((item) => item.state), questions: this.questions.map((q) => [q.question, q.state, q.closing]), screens: this.screens });
  }

  /** @param {string} id @param {string | null} item */
  draft(id, item, fromPlan = false) {
    if (this.questions.some((each) => each.question === id)) return;
    this.questions.push({ question: id, round: 1, state: 'planned', kind: 'pick_one', purpose: 'topic', title: { en: id }, options: [], scale: [], item, seconds: 30, closing: false, from_plan: fromPlan,
      opened_at_ms: null, closes_at_ms: null, visibility: 'after_show', anonymous: false, rounds: [this.round(1)] });
  }

  /** @param {number} number */
  round(number) {
    return { round: number, state: 'planned', opened_at_ms: null, closed_at_ms: null, shown_at_ms: null, void_asked_by: null, again_asked_by: null, void_reason: null, reason: null, taken_back: false, key_lost: false };
  }

  /** @param {string} id */
  question(id) {
    return this.questions.find((each) => each.question === id);
  }

  /**
   * Why the server would refuse a step; empty where it would not.
   * @param {Step} step
   */
  refuses(step) {
    const question = step.question && this.question(step.question.question);
    const item = step.item && this.items.find((each) => each.id === step.item?.id);
    const open = this.questions.some((each) => each.state === 'open');
    if (step.command === 'start_meeting') return this.phase === 'prepared' ? '' : 'meeting_already_started';
    if (this.phase !== 'running') return 'meeting_not_running';
    switch (step.command) {
      case 'close_meeting':
        return open ? 'voting_still_open' : '';
      case 'begin_item':
        return item.state === 'done' ? 'item_done' : item.state === 'running' ? 'item_already_running' : '';
      case 'finish_item':
        return item.state === 'running' ? '' : 'item_not_running';
      case 'open_voting':
        return open ? 'another_vote_open' : question.state === 'planned' ? '' : 'question_not_planned';
      case 'close_voting':
        return question.state !== 'open' ? 'question_not_open' : question.closing ? 'already_closing' : '';
      case 'show_results':
        return question.state === 'closed' ? '' : 'question_not_closed';
      case 'take_scene':
        return this.refusesScene(/** @type {any} */ (step.scene));
      default:
        return 'unknown_command';
    }
  }

  /** @param {{kind: string, question?: string, item?: string}} scene */
  refusesScene(scene) {
    const question = scene.question ? this.question(scene.question) : null;
    if (['results', 'priorities'].includes(scene.kind)) return question.rounds.some((/** @type {any} */ round) => round.state === 'shown') ? '' : 'not_shown_yet';
    if (scene.kind === 'voting') return question.state === 'planned' && question.rounds.length === 1 ? 'voting_not_open' : '';
    if (scene.kind === 'themes') return scene.item && scene.item in this.publishedAt ? '' : 'not_published_yet';
    return '';
  }

  /** @param {Step | null} step */
  give(step) {
    if (!step) throw new Error('no step');
    const refusal = this.refuses(step);
    if (refusal) throw new Error(`${step.key}: ${refusal}`);
    this.now += 1_000;
    switch (step.command) {
      case 'start_meeting':
        this.phase = 'running';
        break;
      case 'close_meeting':
        this.phase = 'closed';
        break;
      case 'begin_item':
        this.finish();
        Object.assign(this.items.find((item) => item.id === step.item?.id), { state: 'running', begun_at_ms: this.now, ends_at_ms: this.now + 20 * 60_000 });
        break;
      case 'finish_item':
        this.finish();
        break;
      case 'open_voting':
        this.to(step.question?.question ?? '', 'open', 'opened_at_ms');
        break;
      case 'close_voting':
        this.to(step.question?.question ?? '', 'closed', 'closed_at_ms');
        break;
      case 'show_results':
        this.to(step.question?.question ?? '', 'shown', 'shown_at_ms');
        break;
      default:
        this.take(step.screen ?? '', /** @type {any} */ (step.scene));
    }
  }

  finish() {
    for (const item of this.items) if (item.state === 'running') Object.assign(item, { state: 'done', done_at_ms: this.now });
  }

  /** @param {string} id @param {string} state @param {string} at */
  to(id, state, at) {
    const question = this.question(id);
    question.state = state;
    question.closing = false;
    Object.assign(question.rounds.at(-1), { state, [at]: this.now });
  }

  /** @param {string} screen @param {{kind: string, question?: string, item?: string}} scene */
  take(screen, scene) {
    Object.assign(this.screens.find((each) => each.id === screen) ?? {}, { question: null, item: null, other: null, held: false, ...scene, at_ms: this.now });
  }

  /** @param {string} kind */
  scene(kind) {
    this.now += 1_000;
    this.take('main', { kind });
  }

  /** @param {string} item */
  publish(item) {
    this.now += 1_000;
    this.publishedAt[item] = this.now;
  }

  /** @param {string} id */
  announce(id) {
    this.question(id).closing = true;
  }

  /** Time passes: a vote that closes is closed. */
  wait() {
    this.now += 2_000;
    for (const question of this.questions) if (question.closing) this.to(question.question, 'closed', 'closed_at_ms');
  }

  /**
   * Somebody does something, in whatever order people do things.
   * @param {Dice} dice
   */
  random(dice) {
    this.now += dice(100_000);
    const item = this.items[dice(this.items.length)];
    const question = this.questions[dice(this.questions.length)];
    const screen = this.screens[dice(this.screens.length)];
    if (this.phase === 'prepared') this.phase = dice(3) === 0 ? 'running' : 'prepared';
    if (this.phase !== 'running') return;
    const act = dice(10);
    if (act === 0 && item.state !== 'done' && item.state !== 'running') this.give({ key: '', command: 'begin_item', item });
    if (act === 1) this.finish();
    if (act === 2 && item.state === 'planned') item.state = 'skipped';
    if (act === 3) this.publish(item.id);
    if (act === 4) this.draft(`d${dice(5)}`, dice(2) === 0 ? item.id : null);
    if (act === 5 && screen) screen.held = dice(2) === 0;
    if (act === 6 && screen) this.take(screen.id, { kind: ['agenda', 'blank', 'timer'][dice(3)] ?? 'agenda' });
    if (act >= 7 && question) this.handle(question, dice);
  }

  /** @param {any} question @param {Dice} dice */
  handle(question, dice) {
    const open = this.questions.some((each) => each.state === 'open');
    if (question.state === 'planned' && !open) this.to(question.question, 'open', 'opened_at_ms');
    else if (question.state === 'open' && dice(3) === 0) question.closing = true;
    else if (question.state === 'open') this.to(question.question, 'closed', 'closed_at_ms');
    else if (question.state === 'closed') this.to(question.question, dice(2) === 0 ? 'shown' : 'voided', 'shown_at_ms');
    else if (question.state === 'shown' && dice(3) === 0) this.to(question.question, 'voided', 'closed_at_ms');
    else if (question.state === 'voided') {
      question.rounds.push(this.round(question.rounds.length + 1));
      question.round += 1;
      question.state = 'planned';
    }
  }
}
