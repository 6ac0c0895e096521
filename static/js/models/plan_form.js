// A meeting plan while it is being written in a form: its data as YAML says it, read and changed part by part. Pure.

/**
 * @typedef {Record<string, any>} Data
 * @typedef {Record<string, string>} Words
 */

export const KINDS = /** @type {const} */ (['pick_one', 'pick_up_to', 'approve', 'yes_no', 'rating', 'number', 'demographic']);

/** @param {string} kind */
export const takesOptions = (kind) => kind !== 'yes_no' && kind !== 'number';

/**
 * The languages that the plan names.
 * @param {any} data
 * @returns {string[]}
 */
export function languagesOf(data) {
  const named = Array.isArray(data?.languages) ? data.languages.filter((/** @type {any} */ each) => typeof each === 'string' && each !== '') : [];
  return [...new Set(named)];
}

/**
 * Whether there is enough of a plan to fill a form with.
 * @param {any} data
 */
export function isFormable(data) {
  return isMap(data) && languagesOf(data).length > 0;
}

/**
 * The things of a list of the plan that are maps; what else is in it, the text has to mend.
 * @param {Data} data
 * @param {'agenda' | 'questions' | 'options' | 'scale'} name
 * @returns {Data[]}
 */
export function listOf(data, name) {
  return Array.isArray(data[name]) ? data[name].filter(isMap) : [];
}

/**
 * The words of a text in one language; a plan of one language may say them without it.
 * @param {any} text
 * @param {string} language
 * @returns {string}
 */
export function wordsIn(text, language) {
  const said = isMap(text) ? text[language] : text;
  return said === null || said === undefined || typeof said === 'object' ? '' : String(said);
}

/**
 * Say a text in one language, and leave the others as they are; without any words the field is gone.
 * @param {Data} holder
 * @param {string} name
 * @param {string} language
 * @param {string} words
 */
export function sayIn(holder, name, language, words) {
  const before = holder[name];
  if (!isMap(before) && typeof before === 'string' && before !== '' && words !== '') {
    holder[name] = words;
    return;
  }
  const texts = isMap(before) ? { ...before } : {};
  if (words === '') delete texts[language];
  else texts[language] = words;
  if (Object.keys(texts).length > 0) holder[name] = texts;
  else delete holder[name];
}

/**
 * Set a field, or leave it out where it says nothing.
 * @param {Data} holder
 * @param {string} name
 * @param {any} value
 */
export function put(holder, name, value) {
  if (value === '' || value === null || value === undefined || value === false) delete holder[name];
  else holder[name] = value;
}

/**
 * A whole number out of a field, or what was typed where it is none: the check says what is wrong with it.
 * @param {string} typed
 */
export function numberOf(typed) {
  return /^-?\d{1,15}$/.test(typed.trim()) ? Number(typed) : typed.trim();
}

/**
 * How the tables are said: as one row, which a form can change, or otherwise.
 * @param {Data} data
 * @returns {Data | null}
 */
export function rowOfTables(data) {
  const { tables } = data;
  if (isMap(tables) && !('id' in tables)) return tables;
  if (Array.isArray(tables) && tables.length === 1 && isMap(tables[0]) && !('id' in tables[0])) return tables[0];
  return null;
}

/**
 * An id that nothing in the list has.
 * @param {Data[]} list
 * @param {string} prefix
 */
export function freshId(list, prefix) {
  const taken = new Set(list.map((each) => String(each['id'])));
  let number = list.length + 1;
  while (taken.has(`${prefix}-${number}`)) number += 1;
  return `${prefix}-${number}`;
}

/** @param {Data} data */
export function addItem(data) {
  const list = ensured(data, 'agenda');
  list.push({ id: freshId(list, 'item'), title: {}, minutes: 30 });
}

/** @param {Data} data */
export function addQuestion(data) {
  const list = ensured(data, 'questions');
  /** @type {Data} */
  const question = { id: freshId(list, 'question'), title: {}, kind: 'pick_one' };
  addOption(question);
  addOption(question);
  list.push(question);
}

/** @param {Data} question */
export function addOption(question) {
  const list = ensured(question, 'options');
  list.push({ id: freshId(list, 'option'), text: {} });
}

/** @param {Data} question */
export function addStep(question) {
  const list = ensured(question, 'scale');
  const values = list.map((step) => Number(step['value'])).filter(Number.isSafeInteger);
  list.push({ value: Math.max(0, ...values) + 1, text: {} });
}

/**
 * Let a question be of another kind: what that kind cannot have goes, what it needs comes.
 * @param {Data} question
 * @param {string} kind
 */
export function turnInto(question, kind) {
  question['kind'] = kind;
  if (kind !== 'pick_up_to') delete question['choices_max'];
  else if (!('choices_max' in question)) question['choices_max'] = 2;
  if (kind !== 'number') for (const name of ['number_min', 'number_max', 'unit']) delete question[name];
  else if (!('number_max' in question)) Object.assign(question, { number_min: 0, number_max: 10 });
  if (kind !== 'rating') delete question['scale'];
  else if (listOf(question, 'scale').length === 0) for (let steps = 0; steps < 3; steps += 1) addStep(question);
  if (!takesOptions(kind)) delete question['options'];
  else if (listOf(question, 'options').length === 0) for (let options = 0; options < 2; options += 1) addOption(question);
  if (kind === 'demographic') question['purpose'] = 'demographic';
  else if (question['purpose'] === 'demographic') delete question['purpose'];
}

/**
 * @param {Data} holder
 * @param {string} name
 * @param {Data} thing
 * @param {number} by
 */
export function move(holder, name, thing, by) {
  const list = holder[name];
  const at = list.indexOf(thing);
  const to = at + by;
  if (at < 0 || to < 0 || to >= list.length) return;
  list.splice(at, 1);
  list.splice(to, 0, thing);
}

/**
 * Take a thing out of its list. An agenda item takes no question with it: they are of no item then.
 * @param {Data} holder
 * @param {string} name
 * @param {Data} thing
 */
export function remove(holder, name, thing) {
  holder[name] = holder[name].filter((/** @type {any} */ each) => each !== thing);
  if (name === 'agenda') for (const question of listOf(holder, 'questions')) if (question['item'] === thing['id']) delete question['item'];
  if (name === 'questions' && holder[name].length === 0) delete holder[name];
}

/** How large a plan may be, in bytes of UTF-8. */
export const BYTES_MAX = 2_000_000;

/** @param {string} text */
export function isTooLarge(text) {
  return text.length > BYTES_MAX || new TextEncoder().encode(text).length > BYTES_MAX;
}

/**
 * Where a line of a text begins and ends; the last one where there are not so many.
 * @param {string} text
 * @param {number} line From 1.
 * @returns {[number, number]}
 */
export function spanOfLine(text, line) {
  let start = 0;
  for (let number = 1; number < line; number += 1) {
    const end = text.indexOf('\n', start);
    if (end < 0) break;
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return [start, end < 0 ? text.length : end];
}

/**
 * @param {Data} holder
 * @param {string} name
 * @returns {Data[]}
 */
function ensured(holder, name) {
  if (!Array.isArray(holder[name])) holder[name] = [];
  return holder[name];
}

/**
 * @param {any} value
 * @returns {value is Data}
 */
function isMap(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
