// The one obvious next step of a day, and all that stand behind it: the run of show as cues. Pure.
//
// How this works. `steps` reads the whole day and gives what is left to do, in order: an open vote before
// everything else, then a result that waits to be shown, then the running item, then the next one, then the
// end. A scene is proposed only where something has happened since the scene on air was taken, so that whoever
// puts another picture on the screen is not contradicted. `nextStep` takes the first that the role may do and
// that nobody has put aside.

/**
 * @typedef {import('./console_day.js').Day} Day
 * @typedef {import('./console_day.js').Item} Item
 * @typedef {import('./console_day.js').OnAir} OnAir
 * @typedef {import('./console_day.js').Question} Question
 * @typedef {{kind: string, question?: string, item?: string}} SceneName
 * @typedef {{key: string, command: string, question?: Question, item?: Item, screen?: string, scene?: SceneName,
 *   early?: boolean, final?: boolean}} Step
 *   `early`: an item ends more than a minute before its time; `final`: it cannot be undone. Both are asked twice.
 *   The command `wait` is nobody's: time does it; `report` opens the report.
 */

const EARLY_MS = 60_000;
const RANKED = new Set(['priority']);

/**
 * What is left to do, first things first.
 * @param {Day} day
 * @param {number} nowMs The server's time.
 * @returns {Generator<Step, void, void>}
 */
export function* steps(day, nowMs) {
  if (day.phase === 'prepared') yield { key: 'start', command: 'start_meeting' };
  if (day.phase === 'closed') yield { key: 'report', command: 'report' };
  if (day.phase !== 'running') return;
  const screen = day.screens.find((each) => !each.held);
  if (day.open) {
    yield* whileOpen(day.open, screen);
    return;
  }
  yield* results(day, screen);
  yield* asked(day.questions.find((question) => question.question === day.first && question.state === 'planned'), screen);
  if (day.running) yield* within(day, day.running, screen, nowMs);
  const next = day.items.find((item) => item.state === 'planned');
  if (next) {
    yield { key: `begin:${next.id}`, command: 'begin_item', item: next, early: day.running !== null && isEarly(day.running, nowMs) };
    return;
  }
  if (day.running) return;
  yield* asked(day.questions.find((question) => question.item === null && question.state === 'planned'), screen);
  yield { key: 'close', command: 'close_meeting', final: true };
}

/**
 * The next step of somebody.
 * @param {Day} day
 * @param {(command: string) => boolean} may What their role may do.
 * @param {ReadonlySet<string>} aside Keys of steps that were put aside.
 * @param {number} nowMs
 * @returns {{step: Step | null, waiting: Step | null}} `waiting`: what somebody else has to do before, or time.
 */
export function nextStep(day, may, aside, nowMs) {
  /** @type {Step | null} */
  let waiting = null;
  for (const step of steps(day, nowMs)) {
    if (aside.has(step.key)) continue;
    if (step.command !== 'wait' && may(step.command)) return { step, waiting };
    waiting ??= step;
    if (step.command === 'wait') break;
  }
  return { step: null, waiting };
}

/**
 * @param {Question} question
 * @param {OnAir | undefined} screen
 * @returns {Generator<Step, void, void>}
 */
function* whileOpen(question, screen) {
  const about = `${question.question}@${question.round}`;
  if (screen && !shows(screen, 'voting', question.question)) yield take(screen, 'voting', question);
  if (question.closing) yield { key: `closing:${about}`, command: 'wait', question };
  else yield { key: `close:${about}`, command: 'close_voting', question };
}

/**
 * Results that wait to be shown, and the last one that was shown and not yet seen.
 * @param {Day} day
 * @param {OnAir | undefined} screen
 * @returns {Generator<Step, void, void>}
 */
function* results(day, screen) {
  for (const question of newest(day, 'closed', 'closed_at_ms')) {
    yield { key: `show:${question.question}@${question.round}`, command: 'show_results', question };
  }
  const [shown] = newest(day, 'shown', 'shown_at_ms');
  const since = shown?.rounds.at(-1)?.shown_at_ms ?? 0;
  if (shown && screen && screen.at_ms < since && !showsResult(screen, shown.question)) {
    yield take(screen, RANKED.has(shown.purpose) && shown.kind !== 'number' ? 'priorities' : 'results', shown);
  }
}

/**
 * @param {Day} day
 * @param {Item} item
 * @param {OnAir | undefined} screen
 * @param {number} nowMs
 * @returns {Generator<Step, void, void>}
 */
function* within(day, item, screen, nowMs) {
  const planned = day.questions.filter((question) => question.state === 'planned');
  const own = planned.find((question) => question.item === item.id) ?? planned.find((question) => comesLate(day, question));
  const begun = item.begun_at_ms ?? 0;
  if (screen && screen.at_ms < (day.publishedAt[item.id] ?? 0) && !shows(screen, 'themes', item.id)) {
    yield { key: `themes:${item.id}:${day.publishedAt[item.id]}`, command: 'take_scene', screen: screen.id, scene: { kind: 'themes', item: item.id }, item };
  }
  if (screen && screen.at_ms < begun && (item.takes_ideas || !own)) {
    yield { key: `agenda:${item.id}`, command: 'take_scene', screen: screen.id, scene: { kind: 'agenda' }, item };
  }
  yield* asked(own, screen);
  yield { key: `finish:${item.id}`, command: 'finish_item', item, early: isEarly(item, nowMs) };
}

/**
 * A question of an item that is over, made from its themes after it: it belongs to now.
 * @param {Day} day
 * @param {Question} question
 */
function comesLate(day, question) {
  return !question.from_plan && day.items.some((item) => item.id === question.item && item.state === 'done');
}

/**
 * Put a question before the room, and open the vote.
 * @param {Question | undefined} question
 * @param {OnAir | undefined} screen
 * @returns {Generator<Step, void, void>}
 */
function* asked(question, screen) {
  if (!question) return;
  const id = question.question;
  if (screen && !shows(screen, 'question', id) && !shows(screen, 'voting', id)) yield take(screen, 'question', question);
  yield { key: `open:${id}@${question.round}`, command: 'open_voting', question };
}

/**
 * @param {OnAir} screen
 * @param {string} kind
 * @param {Question} question
 * @returns {Step}
 */
function take(screen, kind, question) {
  const id = question.question;
  return { key: `${kind}:${id}@${question.round}`, command: 'take_scene', screen: screen.id, scene: { kind, question: id }, question };
}

/**
 * Questions whose last round is in this state, the newest first.
 * @param {Day} day
 * @param {string} state
 * @param {'closed_at_ms' | 'shown_at_ms'} at
 */
function newest(day, state, at) {
  const since = (/** @type {Question} */ question) => question.rounds.at(-1)?.[at] ?? 0;
  return day.questions.filter((question) => question.state === state).sort((a, b) => since(b) - since(a));
}

/**
 * @param {OnAir} screen
 * @param {string} kind
 * @param {string} about
 */
function shows(screen, kind, about) {
  return screen.kind === kind && (screen.question === about || screen.item === about);
}

/**
 * @param {OnAir} screen
 * @param {string} question
 */
function showsResult(screen, question) {
  return ['results', 'priorities', 'compare'].some((kind) => shows(screen, kind, question)) || screen.other === question;
}

/**
 * @param {Item} item
 * @param {number} nowMs
 */
function isEarly(item, nowMs) {
  return item.ends_at_ms !== null && item.ends_at_ms - nowMs > EARLY_MS;
}
