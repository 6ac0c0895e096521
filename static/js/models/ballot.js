// What pressing an option does to a ballot, by kind of question. Pure; the server decides.

/**
 * @typedef {{id: string, text: any, exclusive: boolean}} Option
 * @typedef {{question: string | null, round: number, kind: string, title: any, options: Option[],
 *   scale: {value: number, text: any}[], choices_max: number, number_min: number, number_max: number,
 *   first_only: boolean, anonymous: boolean, closes_at_ms: number | null, closing: boolean,
 *   unit: any, languages_missing: string[]}} Sheet
 * @typedef {string[] | Record<string, number> | number | null} Choices
 */

const ONE = new Set(['pick_one', 'yes_no', 'demographic']);

/**
 * The choices after an option was pressed.
 * @param {Sheet} sheet
 * @param {Choices} chosen As they are now.
 * @param {string} option
 * @returns {{choices: string[], beyond: boolean}} `beyond`: one more than may be chosen; nothing changed.
 */
export function press(sheet, chosen, option) {
  const now = Array.isArray(chosen) ? chosen : [];
  if (ONE.has(sheet.kind)) return { choices: [option], beyond: false };
  if (now.includes(option)) return { choices: now.filter((id) => id !== option), beyond: false };
  const alone = sheet.options.filter((each) => each.exclusive).map((each) => each.id);
  if (alone.includes(option)) return { choices: [option], beyond: false };
  const kept = now.filter((id) => !alone.includes(id));
  if (sheet.kind === 'pick_up_to' && kept.length >= sheet.choices_max) return { choices: now, beyond: true };
  return { choices: [...kept, option], beyond: false };
}

/**
 * Whether choosing nothing is itself a ballot ("none of these"), or takes the ballot back.
 * @param {Sheet} sheet
 */
export function emptyCounts(sheet) {
  return sheet.kind === 'approve';
}

/**
 * Whether an option is chosen.
 * @param {Choices} chosen
 * @param {string} option
 */
export function isChosen(chosen, option) {
  return Array.isArray(chosen) && chosen.includes(option);
}

/**
 * The command that a ballot is given by: cast, or taken back where nothing is chosen.
 * @param {Sheet} sheet
 * @param {string} seat
 * @param {Choices} choices
 * @returns {Record<string, any>}
 */
export function ballotCommand(sheet, seat, choices) {
  const about = { question: sheet.question, round: sheet.round, seat };
  const nothing = choices === null || (Array.isArray(choices) && choices.length === 0 && !emptyCounts(sheet));
  return nothing ? { t: 'withdraw_ballot', ...about } : { t: 'cast_ballot', ...about, choices };
}
