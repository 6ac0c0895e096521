// What was chosen or dropped, as the files of one export.
import { Unreadable } from './wrong.js';
import { isZip, unzip } from './zip.js';

/** @typedef {import('./files.js').Files} Files */

/** @param {File} file */
const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

/** A folder's own name is no part of the names in an export. @param {Files} files @returns {Files} */
export const rooted = (files) => {
  const inside = [...files.keys()].find((name) => name.endsWith('/manifest.json'));
  if (files.has('manifest.json') || inside === undefined) return files;
  const root = inside.slice(0, -'manifest.json'.length);
  return new Map([...files].filter(([name]) => name.startsWith(root)).map(([name, bytes]) => [name.slice(root.length), bytes]));
};

/** @param {[string, File][]} named @returns {Promise<Files>} */
const read = async (named) => {
  const found = new Map();
  for (const [name, file] of named) found.set(name, await bytesOf(file));
  const [only, ...more] = [...found.values()];
  if (only && more.length === 0 && isZip(only)) {
    try {
      return rooted(unzip(only));
    } catch {
      throw new Unreadable('zip_damaged');
    }
  }
  return rooted(found);
};

/** A zip, or the files of a folder, from a file chooser. @param {File[]} files */
export const chosen = (files) => read(files.map((file) => [file.webkitRelativePath || file.name, file]));

/** Every file under an entry. @param {FileSystemEntry} entry @returns {Promise<[string, File][]>} */
const walked = async (entry) => {
  if (entry.isFile) {
    const file = /** @type {FileSystemFileEntry} */ (entry);
    return [[entry.fullPath.replace(/^\//u, ''), await new Promise((done, failed) => file.file(done, failed))]];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((/** @type {(entries: FileSystemEntry[]) => void} */ done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return found;
    for (const each of some) found.push(...(await walked(each)));
  }
};

/** A zip or a folder that was dropped. @param {DataTransfer} data */
export const taken = async (data) => {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return chosen([...data.files]);
  const found = [];
  for (const each of entries) found.push(...(await walked(each)));
  return read(found);
};
