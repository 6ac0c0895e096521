// At stake: a borrowed laptop and a cheap phone of some years ago open the pages, too. The floor is Chrome 109, Firefox
// ESR 115 and Safari 15.6; nobody builds our modules, so what is written is what they get.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { TARGETS, newNames, newStyles } from './floor.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @param {string} folder
 * @param {RegExp} wanted
 * @returns {string[]}
 */
const files = (folder, wanted) => readdirSync(join(root, folder), { recursive: true }).map(String)
  .filter((name) => wanted.test(name)).map((name) => join(folder, name)).sort();
const read = (/** @type {string} */ name) => readFileSync(join(root, name), 'utf8');
const MODULES = files('static/js', /\.js$/);
const VENDOR = ['static/vendor/lit.js', 'static/vendor/idb.js'];
const STYLES = files('static/css', /\.css$/);
const TEMPLATES = files('templates', /\.html$/);

const ALL = MODULES.map(read).join('\n');

/** Names that a module asks for before it uses them, and does without. */
const ASKED_FOR = /** @type {Record<string, string[]>} */ ({
  'static/js/live/keep.js': ['createPolicy', 'createScriptURL'],
  'static/js/live/wipe.js': ['databases'],
  'static/js/pages/screen.js': ['wakeLock'],
});

/**
 * The syntax that esbuild would have to put into older words.
 * @param {string} code
 */
function lowered(code) {
  const as = (/** @type {string[] | undefined} */ target) => transformSync(code, { charset: 'utf8', ...(target ? { target } : {}) }).code;
  return as(TARGETS) === as(undefined) ? [] : ['syntax that has to be lowered'];
}

/**
 * What a module imports, and by what name.
 * @param {string} code
 * @returns {string[]}
 */
function imported(code) {
  const plain = code.replace(/\/\*[\s\S]*?\*\//g, '');
  const said = plain.matchAll(/^\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm);
  return [...said].map((match) => match[1] ?? match[2] ?? '');
}

const bareImports = (/** @type {string} */ code) => imported(code).filter((name) => !/^(\.{1,2}\/|\/static\/).*\.js$/.test(name));

for (const name of MODULES) {
  test(`${name} is understood by the floor and imports by path`, () => {
    const code = read(name);
    const allowed = ASKED_FOR[name] ?? [];
    assert.deepEqual(lowered(code), []);
    assert.deepEqual(newNames(code, ALL).filter((each) => !allowed.includes(each.split(' ')[0] ?? '')), []);
    assert.deepEqual(bareImports(code), []);
  });
}

for (const name of VENDOR) {
  test(`${name} is understood by the floor`, () => assert.deepEqual(lowered(read(name)), []));
}

for (const name of STYLES) {
  test(`${name} is understood by the floor`, () => assert.deepEqual(newStyles(read(name)), []));
}

for (const name of [...TEMPLATES, ...MODULES]) {
  test(`${name} has no style, handler or import map in its markup`, () => {
    assert.deepEqual(markup(read(name)), []);
  });
}

/** @param {string} text */
function markup(text) {
  const wrong = [/<[a-z-]+[^>]*\sstyle\s*=/i, /<[a-z-]+[^>]*\son[a-z]+\s*=/i, /<style\b/i, /type=["']importmap/i, /<script(?![^>]*(src=|type="application\/json"))/i,
    /javascript:/i, /\.innerHTML\b|\bouterHTML\s*=|insertAdjacentHTML|unsafeHTML|unsafeSVG|document\.write|\beval\(|new Function\b/, /setAttribute\(\s*['"](?:style|on[a-z]+)/];
  return wrong.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
}

test('every module that a page loads is there', () => {
  for (const name of MODULES) {
    for (const path of imported(read(name))) {
      const at = path.startsWith('/') ? path.slice(1) : join(name, '..', path);
      assert.ok([...MODULES, ...VENDOR].includes(at), `${name} imports ${path}`);
    }
  }
});

test('control: what is too new is found', () => {
  assert.equal(lowered('class A { static { f(); } }').length + lowered('using x = f();').length, 2);
  assert.deepEqual(lowered('a ??= b?.c'), []);
  assert.match(newNames('list.toSorted()').join(), /toSorted \(not in .*safari/);
  assert.match(newNames('Array.fromAsync(x)').join(), /fromAsync/);
  assert.match(newNames('new Intl.Segmenter("th")').join(), /Segmenter \(not in firefox/);
  assert.deepEqual(newNames('URL.createObjectURL(x)'), []);
  assert.deepEqual(newNames('list.at(-1).map(String) // .toSorted('), []);
  assert.deepEqual(bareImports("import { a } from 'lit'\nimport b from './b.js'; import('x.js')\nexport * from 'idb'"), ['lit', 'x.js', 'idb']);
});

test('control: style that is too new is found, unless an older one stands before it', () => {
  for (const css of ['a { content: "x" / "" }', 'a:has(b) { top: 0 }', 'a { & b { top: 0 } }', '@container (width > 1px) { a { top: 0 } }',
    'a { color: color-mix(in srgb, red, blue) }', 'a { field-sizing: content }', 'a { height: 1cqw }', '@scope (a) { b { top: 0 } }', 'a { colour: red }']) {
    assert.notDeepEqual(newStyles(css), [], css);
  }
  assert.deepEqual(newStyles('a { content: "x"; content: "x" / ""; height: 100vh; overflow-wrap: anywhere }'), []);
});

test('control: what the content policy forbids is found', () => {
  for (const text of ['<p style="x">', '<a onclick="x">', '<style>', '<script type="importmap">', '<script>', 'e.innerHTML = x', "e.setAttribute('style', x)"]) {
    assert.notDeepEqual(markup(text), [], text);
  }
  assert.deepEqual(markup('<button @click=${f} style-name class="a"><script type="module" src="/x.js">'), []);
});
