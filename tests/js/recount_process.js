// The recount of verify.html for tests in Python: one request a line, one verdict a line.
// {"base": path} reads an export; {"files": {name: base64 or null}, "heads": [...]} recounts it with these files instead.
// With BLIND=1 it does not look at the chain: a harness that then finds nothing to complain of is worth nothing.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { recount } from '../../static/js/recount/recount.js';
import { Unreadable } from '../../static/js/recount/wrong.js';
import { unzip } from '../../static/js/recount/zip.js';

const CHAIN = new Set(['chain_parts', 'batch_head', 'segments_end', 'another_head', 'head_absent', 'events']);
const blind = process.env.BLIND === '1';

/** @type {Map<string, Uint8Array>} */
let base = new Map();

/** @param {Record<string, string | null>} changes @param {string[]} heads */
const answer = (changes, heads) => {
  const files = new Map(base);
  for (const [name, content] of Object.entries(changes)) {
    if (content === null) files.delete(name);
    else files.set(name, new Uint8Array(Buffer.from(content, 'base64')));
  }
  try {
    const verdict = recount(files, heads);
    if (blind) verdict.differences = verdict.differences.filter(({ code }) => !CHAIN.has(code));
    return verdict;
  } catch (error) {
    if (error instanceof Unreadable) return { unreadable: error.code };
    throw error;
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const { base: path, files = {}, heads = [] } = JSON.parse(line);
  if (path) base = unzip(new Uint8Array(readFileSync(path)));
  process.stdout.write(`${JSON.stringify(answer(files, heads), (_key, value) => (typeof value === 'bigint' ? Number(value) : value))}\n`);
}
