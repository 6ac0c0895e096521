// How long a vote should be open, from the ways by which the room votes. Pure.

const PAD_SECONDS = 10;
const HANDING_ON_SECONDS = 10;
const STEP_SECONDS = 5;

/**
 * The proposed length: the planned one, or as long as the fullest laptop needs to pass its pads round.
 * @param {number} planned Seconds that the question is planned for; 0: until somebody closes it.
 * @param {{pads_most: number} | undefined} channels
 * @returns {{seconds: number, pads: number}} `pads`: how many are passed round, where they set the length; else 0.
 */
export function proposedLength(planned, channels) {
  const pads = channels?.pads_most ?? 0;
  if (planned === 0 || pads < 2) return { seconds: planned, pads: 0 };
  const each = Math.max(PAD_SECONDS, Math.round(planned / 3));
  const needed = Math.ceil((pads * each + HANDING_ON_SECONDS) / STEP_SECONDS) * STEP_SECONDS;
  return needed > planned ? { seconds: needed, pads } : { seconds: planned, pads: 0 };
}

/**
 * The meeting's languages in which a question has no words: opening it has to name them.
 * @param {{title: any, options: {text: any}[], scale: {text: any}[]}} question
 * @param {string[]} languages
 */
export function languagesMissing(question, languages) {
  const texts = [question.title, ...question.options.map((option) => option.text), ...question.scale.map((step) => step.text)];
  return languages.filter((language) => texts.some((text) => text && !text[language]));
}
