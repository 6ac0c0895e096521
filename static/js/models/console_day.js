// The day as a console sees it: what the channels have told, in the shape that the models of the console read. Pure.

/**
 * @typedef {Record<string, string>} Text
 * @typedef {{id: string, title: Text | null, state: 'planned' | 'running' | 'done' | 'skipped', minutes: number,
 *   planned_minutes: number, starts_at: string | null, begun_at_ms: number | null, ends_at_ms: number | null,
 *   done_at_ms: number | null, takes_ideas: boolean, skip_reason: Text | null}} Item
 * @typedef {{round: number, state: string, opened_at_ms: number | null, closed_at_ms: number | null, shown_at_ms: number | null,
 *   void_asked_by: string | null, again_asked_by: string | null, void_reason: Text | null, reason: Text | null, taken_back: boolean, key_lost: boolean}} Round
 * @typedef {{question: string, round: number, state: 'planned' | 'open' | 'closed' | 'shown' | 'voided', kind: string, purpose: string,
 *   title: Text | null, options: any[], scale: any[], item: string | null, seconds: number, closing: boolean, from_plan: boolean,
 *   opened_at_ms: number | null, closes_at_ms: number | null, visibility: string, anonymous: boolean, rounds: Round[], [more: string]: any}} Question
 * @typedef {{id: string, kind: string, question: string | null, other: string | null, item: string | null, at_ms: number, held: boolean}} OnAir
 * @typedef {{phase: string, languages: string[], items: Item[], running: Item | null, questions: Question[], open: Question | null,
 *   screens: OnAir[], publishedAt: Record<string, number>, published: string[], sampled: boolean,
 *   first?: string}} Day `first` is the question that somebody wants to be asked next,
 *   `sampled` whether a sample audit has come to its number.
 */

/**
 * @param {import('./channels.js').Channels} channels
 * @returns {Day}
 */
export function dayOf(channels) {
  const meeting = channels.get('meeting');
  /** @type {Item[]} */
  const items = channels.get('agenda')?.items ?? [];
  const running = channels.get('agenda')?.running ?? null;
  const questions = channels.all('question/').map(([, question]) => /** @type {Question} */ (question));
  return {
    phase: meeting?.phase ?? '',
    languages: meeting?.languages ?? [],
    items,
    running: items.find((item) => item.id === running) ?? null,
    questions,
    open: questions.find((question) => question.state === 'open') ?? null,
    screens: channels.all('scene/').map(([id, scene]) => onAir(id, scene)),
    publishedAt: publishedAt(channels.get('acts') ?? []),
    published: channels.all('published/').map(([item]) => item),
    sampled: (channels.get('samples') ?? []).some((/** @type {any} */ sample) => sample.outcome),
  };
}

/**
 * @param {string} id
 * @param {any} scene
 * @returns {OnAir}
 */
function onAir(id, scene) {
  const { question = null, other = null, item = null } = scene.names ?? {};
  return { id, kind: scene.kind, question, other, item, at_ms: scene.at_ms ?? 0, held: scene.held };
}

/**
 * When the themes of each item were last published, as far back as the acts are kept.
 * @param {{name: string, about: string, at_ms: number}[]} acts Newest first.
 * @returns {Record<string, number>}
 */
function publishedAt(acts) {
  /** @type {Record<string, number>} */
  const found = {};
  for (const act of acts) if (act.name === 'themes_published') found[act.about] ??= act.at_ms;
  return found;
}
