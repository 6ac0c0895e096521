// Scenes as a console handles them: which can be taken, and how one would look before it is on air. Pure.

/**
 * @typedef {import('./channels.js').Channels} Channels
 * @typedef {import('./console_day.js').Day} Day
 * @typedef {{kind: string, question?: string | null, other?: string | null, item?: string | null, languages?: string[]}} Scene
 */

export const PLAIN_KINDS = /** @type {const} */ (['title', 'agenda', 'timer', 'room', 'roll_call', 'sample', 'message', 'blank']);
export const QUESTION_KINDS = /** @type {const} */ (['question', 'voting', 'results', 'priorities', 'compare']);
const SHOWS_RESULT = new Set(['results', 'priorities', 'compare']);

/**
 * Whether the server would take it now; what is missing where it would not.
 * @param {Day} day
 * @param {Scene} scene
 * @param {boolean} hasText A message's words.
 * @returns {'' | 'incomplete' | 'not_shown' | 'void' | 'not_open' | 'not_published' | 'not_counted'}
 */
export function lacks(day, scene, hasText) {
  if (QUESTION_KINDS.some((kind) => kind === scene.kind)) {
    const named = [scene.question, ...(scene.kind === 'compare' ? [scene.other] : [])];
    for (const id of named) {
      const question = day.questions.find((each) => each.question === id);
      if (!question) return 'incomplete';
      if (SHOWS_RESULT.has(scene.kind) && !isPublic(question)) return question.state === 'voided' ? 'void' : 'not_shown';
      if (scene.kind === 'voting' && question.state === 'planned' && question.rounds.length === 1) return 'not_open';
    }
  }
  if (scene.kind === 'themes' && !scene.item) return 'incomplete';
  if (scene.kind === 'themes' && !day.published.includes(/** @type {string} */ (scene.item))) return 'not_published';
  if (scene.kind === 'sample' && !day.sampled) return 'not_counted';
  return scene.kind === 'message' && !hasText ? 'incomplete' : '';
}

/** @param {import('./console_day.js').Question} question */
function isPublic(question) {
  return question.rounds.some((round) => round.state === 'shown') || (question.visibility === 'live' && ['open', 'closed'].includes(question.state));
}

/**
 * Whether two scenes are the same picture.
 * @param {Scene | null} a
 * @param {Scene | null} b
 */
export function sameScene(a, b) {
  const names = (/** @type {Scene | null} */ scene) => [scene?.kind, scene?.question ?? null, scene?.other ?? null, scene?.item ?? null].join(' ');
  return names(a) === names(b);
}

/**
 * The command that puts a scene on a screen.
 * @param {string} screen
 * @param {Scene} scene
 * @param {Record<string, string> | null} text
 */
export function takeCommand(screen, scene, text) {
  const { kind, question, other, item, languages } = scene;
  const named = Object.fromEntries(Object.entries({ question, other, item }).filter(([, id]) => id));
  const said = { kind, ...named, ...(languages?.length ? { languages } : {}) };
  return { t: 'take_scene', screen, scene: said, ...(kind === 'message' && text ? { text } : {}) };
}

/**
 * A scene with its content, as the server would draw it now. Of a result that was not shown only those see
 * something whose page hears the channel `results`.
 * @param {Channels} channels
 * @param {Scene} scene
 * @param {Record<string, string> | null} text
 * @param {string[]} languages Of the meeting.
 */
export function drawn(channels, scene, text, languages) {
  const drawnFor = { kind: scene.kind, languages: scene.languages?.length ? scene.languages : languages, text };
  return { ...drawnFor, ...content(channels, scene) };
}

/**
 * @param {Channels} channels
 * @param {Scene} scene
 * @returns {Record<string, any>}
 */
function content(channels, scene) {
  const about = scene.question ?? '';
  switch (scene.kind) {
    case 'title':
      return { meeting: channels.get('meeting') };
    case 'agenda':
      return { agenda: channels.get('agenda') };
    case 'timer':
      return { timer: channels.get('timer') };
    case 'question':
      return { question: channels.get(`question/${about}`) };
    case 'voting':
      return { question: channels.get(`question/${about}`), votes: channels.get(`votes/${about}`) };
    case 'results':
      return { result: resultOf(channels, about), asked: askedOf(channels, about) };
    case 'priorities':
      return { result: resultOf(channels, about), priorities: ranked(resultOf(channels, about)), asked: askedOf(channels, about) };
    case 'compare':
      return { result: resultOf(channels, about), other: resultOf(channels, scene.other ?? ''), asked: askedOf(channels, about) };
    case 'themes':
      return { item: titleOf(channels, scene.item ?? ''), themes: channels.get(`published/${scene.item}`) };
    case 'room':
      return { room: channels.get('room'), census: channels.get('census') };
    case 'roll_call':
      return { tables: channels.all('health/').map(([, health]) => ({ table: health.table, present: health.present, seats: health.seats })) };
    case 'sample':
      return { sample: countedOf(channels.get('samples')) };
    default:
      return {};
  }
}

/**
 * What was asked, for a scene of results that has none.
 * @param {Channels} channels
 * @param {string} question
 */
function askedOf(channels, question) {
  const { title, state } = channels.get(`question/${question}`) ?? {};
  return state ? { title, state } : null;
}

/**
 * The last draw of the sample audit that came to its number.
 * @param {any[] | null | undefined} samples
 */
export function countedOf(samples) {
  return (samples ?? []).filter(({ outcome }) => outcome).at(-1) ?? null;
}

/**
 * What is public of a question, else what this page may know early.
 * @param {Channels} channels
 * @param {string} question
 */
export function resultOf(channels, question) {
  return channels.held.get('console')?.entries.get(`result/${question}`) ?? earlyResult(channels, question);
}

/**
 * The result of a round that is closed, for those who may know it before the show.
 * @param {Channels} channels
 * @param {string} question
 */
export function earlyResult(channels, question) {
  return channels.held.get('results')?.entries.get(`result/${question}`) ?? null;
}

/** @param {any} result */
function ranked(result) {
  if (!result?.options) return [];
  return result.options.map((/** @type {any} */ option, /** @type {number} */ at) => ({ option, at }))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => a.option.rank - b.option.rank || a.at - b.at)
    .map((/** @type {any} */ each) => each.option);
}

/**
 * @param {Channels} channels
 * @param {string} item
 */
function titleOf(channels, item) {
  return channels.get('agenda')?.items.find((/** @type {any} */ each) => each.id === item)?.title ?? null;
}
