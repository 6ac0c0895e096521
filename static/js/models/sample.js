// The sample audit: which drawn pairs wait for hands, and what the form for them says. Pure.

/**
 * @typedef {Record<string, string> | null} Text
 * @typedef {{question: string, round: number, table: string, state: string}} Pair
 * @typedef {{number: number, waiting: boolean, pairs: Pair[], questions: Record<string, {title: Text, options: {id: string, text: Text}[]}>}} Sample
 */

const ORDER = ['waiting', 'entered', 'missing', 'void'];

/**
 * The pairs at these tables (or all), those that wait first, then by table.
 * @param {Sample | null | undefined} sample
 * @param {string[] | null} tables
 * @param {(a: string, b: string) => number} natural
 * @returns {Pair[]}
 */
export function pairsAt(sample, tables, natural) {
  const here = (sample?.pairs ?? []).filter(({ table }) => tables === null || tables.includes(table));
  return here.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || natural(a.table, b.table) || (a.question < b.question ? -1 : 1));
}

/** @param {Pair} pair */
export function nameOf({ question, round, table }) {
  return `${question} ${round} ${table}`;
}

/**
 * The hands that are typed, by option; null where a field is empty or no whole number.
 * @param {string[]} options
 * @param {(option: string) => string} typed
 * @returns {Record<string, number> | null}
 */
export function readHands(options, typed) {
  const counts = options.map((option) => /** @type {[string, string]} */ ([option, typed(option).trim()]));
  if (counts.some(([, text]) => !/^\d{1,2}$/.test(text))) return null;
  return Object.fromEntries(counts.map(([option, text]) => [option, Number(text)]));
}

/**
 * Dice as they are typed: every digit is one; other signs only part them.
 * @param {string} typed
 */
export function readDice(typed) {
  return [...typed].filter((sign) => /\d/.test(sign)).map(Number);
}
