// The files of an export by name.
import { textOf } from './canonical.js';
import { Unreadable } from './wrong.js';

/** @typedef {Map<string, Uint8Array>} Files */

/** A file of the export as JSON. @param {Files} files @param {string} name @returns {any} */
export const jsonOf = (files, name) => {
  const bytes = files.get(name);
  if (!bytes) throw new Unreadable('file_missing', { file: name });
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    throw new Unreadable('file_no_json', { file: name });
  }
};
