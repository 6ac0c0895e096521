// From what stands in a form's fields to the fields of a command. Pure.

/**
 * Parts of a line, by bar: "Shade | ร่มเงา" in the order of the languages.
 * @param {string} line
 * @param {string[]} languages
 * @returns {Record<string, string>}
 */
function worded(line, languages) {
  const parts = line.split('|').map((part) => part.trim());
  /** @type {Record<string, string>} */
  const made = {};
  languages.forEach((language, at) => {
    if (parts[at]) made[language] = parts[at];
  });
  return made;
}

/**
 * @param {string} text
 * @returns {string[]}
 */
export function lines(text) {
  return text.split('\n').map((line) => line.trim()).filter(Boolean);
}

/**
 * One option a line, its languages separated by bars; ids are made.
 * @param {string} text
 * @param {string[]} languages
 * @param {() => string} newOption
 */
export function readOptions(text, languages, newOption) {
  return lines(text).map((line) => ({ id: newOption(), text: worded(line, languages) }));
}

/**
 * One step a line: a number, then its words: "1 agree | เห็นด้วย".
 * @param {string} text
 * @param {string[]} languages
 */
export function readScale(text, languages) {
  return lines(text).map((line) => {
    const [value = '', ...rest] = line.split(' ');
    return { value: Number.parseInt(value, 10) || 0, text: worded(rest.join(' '), languages) };
  });
}

/**
 * Sources of options (themes or ideas): each gets the id of its option.
 * @param {string[]} sources
 * @param {() => string} newOption
 * @returns {Record<string, string>}
 */
export function readCopies(sources, newOption) {
  return Object.fromEntries(sources.map((source) => [newOption(), source]));
}

/**
 * The choices of a ballot as they are typed: chosen options, a number, or `option=value` pairs.
 * @param {string} kind Of the question.
 * @param {string[]} chosen
 * @param {string} typed
 * @returns {string[] | number | Record<string, number>}
 */
export function readChoices(kind, chosen, typed) {
  if (kind === 'number') return Number.parseInt(typed, 10) || 0;
  if (kind !== 'rating') return chosen;
  const pairs = typed.split(/[\s,]+/).filter(Boolean).map((pair) => pair.split('='));
  return Object.fromEntries(pairs.map(([option = '', value = '']) => [option, Number.parseInt(value, 10) || 0]));
}

/**
 * Dice as they were thrown: every digit is one.
 * @param {string} typed
 * @returns {number[]}
 */
export function readDigits(typed) {
  return [...typed].filter((each) => /[0-9]/.test(each)).map(Number);
}

/**
 * Counts in the order of the options: "3 0 5".
 * @param {string} typed
 * @param {string[]} options
 * @returns {Record<string, number>}
 */
export function readCounts(typed, options) {
  const counts = typed.split(/[\s,]+/).filter(Boolean).map((each) => Number.parseInt(each, 10) || 0);
  return Object.fromEntries(options.slice(0, counts.length).map((option, at) => [option, counts[at] ?? 0]));
}

/**
 * A command without the fields that were left empty.
 * @param {Record<string, any>} command
 * @returns {Record<string, any>}
 */
export function withoutEmpty(command) {
  return Object.fromEntries(Object.entries(command).filter(([, value]) => value !== undefined && value !== null));
}
