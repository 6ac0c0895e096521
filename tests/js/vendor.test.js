// At stake: the pages allow no `eval` (Content-Security-Policy) and fetch nothing from elsewhere.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const vendor = new URL('../../static/vendor/', import.meta.url);
const read = (/** @type {string} */ name) => readFileSync(new URL(name, vendor), 'utf8');

for (const name of ['lit.js', 'idb.js']) {
  test(`${name} stands alone and evaluates no text`, () => {
    assert.doesNotMatch(read(name), /\beval\s*\(|new Function\b/);
    assert.doesNotMatch(read(name), /^\s*import\s/m);
  });
}

test('every font the style sheet names is there', () => {
  const files = [...read('fonts/fonts.css').matchAll(/url\("(.+?)"\)/g)].map((match) => match[1] ?? '');
  assert.equal(files.length, 4);
  for (const file of files) assert.ok(existsSync(new URL(`fonts/${file}`, vendor)), file);
});

test('every library brings its licence', () => {
  for (const name of ['lit', 'idb', '@fontsource-sarabun']) {
    assert.ok(read(`licences/${name}.txt`).length > 500, name);
  }
});
