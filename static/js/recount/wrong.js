// What is not as it should be: a code for the catalogues, and what fills the sentence.

/** Something that breaks a rule of the record. */
export class Wrong extends Error {
  /** @param {string} code @param {Record<string, unknown>} params */
  constructor(code, params = {}) {
    super(code);
    this.code = code;
    this.params = params;
  }
}

/** The export cannot be read at all. */
export class Unreadable extends Wrong {}

/** What a map holds under a name; that it holds nothing is something that cannot be understood.
 * @template T @param {Map<any, T>} map @param {any} name @returns {T} */
export const held = (map, name) => {
  const found = map.get(name);
  if (found === undefined) throw new TypeError(`no ${name}`);
  return found;
};

/** @typedef {{where: string, code: string, params: Record<string, unknown>}} Difference */

/** The difference that an error is, at its place. @param {string} where @param {unknown} error @returns {Difference} */
export const differenceOf = (where, error) =>
  error instanceof Wrong ? { where, code: error.code, params: error.params }
    : { where, code: 'not_understood', params: { reason: error instanceof Error ? error.message : String(error) } };
