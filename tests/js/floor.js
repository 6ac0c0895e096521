// What the oldest browsers that we promise do not know, told from the tables of MDN (browser-compat-data).
// A name counts as too new where nothing of that name is old enough: `.toSorted(` is, `.at(` is not.
import { createRequire } from 'node:module';

/** @type {any} */
const data = createRequire(import.meta.url)('@mdn/browser-compat-data');

/** The floor (docs/decisions/0018-pages.md). */
export const FLOOR = { chrome: 109, firefox: 115, safari: 15.6 };
export const TARGETS = Object.entries(FLOOR).map(([browser, version]) => browser + version);

/**
 * @param {any} compat A `__compat` of MDN.
 * @returns {string[]} The browsers of the floor that do not have it.
 */
export function lacking(compat) {
  return Object.entries(FLOOR).filter(([browser, floor]) => {
    const said = [compat.support[browser]].flat().filter((each) => each && !each.flags && !each.prefix && !each.alternative_name);
    return !said.some((each) => each.version_added && each.version_added !== 'preview' && parseFloat(String(each.version_added).replace('≤', '')) <= floor
      && (!each.version_removed || parseFloat(each.version_removed) > floor));
  }).map(([browser]) => browser);
}

/**
 * Every feature under a tree, by its last name.
 * @param {any} tree
 * @param {Map<string, any[]>} found
 */
function gather(tree, found) {
  for (const [name, below] of Object.entries(tree)) {
    if (name === '__compat' || below === null || typeof below !== 'object') continue;
    const compat = /** @type {any} */ (below).__compat;
    const own = name.replace(/_static$/, '');
    if (compat) found.set(own, [...(found.get(own) ?? []), compat]);
    gather(below, found);
  }
  return found;
}

const NAMES = gather(data.javascript.builtins, gather(data.api, new Map()));

/**
 * @param {string} name
 * @returns {string[]} The browsers that have nothing of this name.
 */
function tooNew(name) {
  const known = NAMES.get(name);
  if (!known) return [];
  const lacks = known.map(lacking);
  return lacks.every((each) => each.length > 0) ? (lacks.sort((a, b) => a.length - b.length)[0] ?? []) : [];
}

/**
 * Names of the platform in a module that the floor does not have: methods that are called, what is made by `new`, members
 * of the platform's own objects.
 * @param {string} source
 * @param {string} [house] All our modules: a method that they define themselves is theirs.
 * @returns {string[]}
 */
export function newNames(source, house = '') {
  const code = bare(source);
  const used = new Set();
  for (const match of code.matchAll(/(?:\?\.|\.)([A-Za-z]\w*)\(|\bnew ([A-Z]\w*)/g)) used.add(match[1] ?? match[2] ?? '');
  for (const match of code.matchAll(/\b([A-Z]\w*|navigator|document|window|globalThis|crypto|performance|location|history|screen)\??\.([A-Za-z]\w*)/g)) {
    if (NAMES.has(match[1] ?? '') || /^[a-z]/.test(match[1] ?? '')) used.add(match[1] ?? '').add(match[2] ?? '');
  }
  const ours = new Set([...bare(house).matchAll(/^\s+(?:static |async )*([a-z]\w*)\(.*\{$/gm)].map((match) => match[1]));
  return [...used].filter((name) => !ours.has(name) && tooNew(name).length > 0)
    .map((name) => `${name} (not in ${tooNew(name).join(', ')})`).sort();
}

/** @param {string} source */
const bare = (source) => source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');

/**
 * @param {string} css
 * @returns {{selectors: string[], blocks: [string, string][][]}} What stands before a brace; declarations by block, in order.
 */
function parsed(css) {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/"[^"]*"|'[^']*'/g, '""').replace(/url\([^)]*\)/g, 'url()');
  const selectors = [];
  /** @type {[string, string][][]} */
  const blocks = [];
  for (const match of plain.matchAll(/([^{};]*)\{|([^{}]*)\}/g)) {
    if (match[1] !== undefined) selectors.push(match[1].trim());
    else {
      blocks.push((match[2] ?? '').split(';').filter((each) => each.includes(':')).map((each) => {
        const at = each.indexOf(':');
        return [each.slice(0, at).trim(), each.slice(at + 1).trim()];
      }));
    }
  }
  return { selectors, blocks };
}

const FUNCTIONS = gather(data.css.types, new Map());

/**
 * What of a declaration the floor does not have.
 * @param {string} property
 * @param {string} value
 * @returns {string[]}
 */
function newInDeclaration(property, value) {
  const known = data.css.properties[property];
  if (property.startsWith('--')) return newFunctions(value);
  if (!known) return property.startsWith('-') ? [] : [`${property} (unknown)`];
  const found = lacking(known.__compat).map((browser) => `${property} (not in ${browser})`);
  for (const word of new Set(value.match(/[a-z][a-z-]*[a-z](?![\w(-])/g) ?? [])) {
    const compat = known[word]?.__compat ?? known[word.replace('-', '_')]?.__compat;
    if (compat) found.push(...lacking(compat).map((browser) => `${property}: ${word} (not in ${browser})`));
  }
  if (property === 'content' && value.includes('/')) {
    found.push(...lacking(known.alt_text.__compat).map((browser) => `content: … / … (not in ${browser})`));
  }
  return [...found, ...newFunctions(value), ...newUnits(value)];
}

/** @param {string} value */
function newFunctions(value) {
  return [...value.matchAll(/([a-z][a-z-]*)\(/g)].flatMap(([, name]) => {
    const known = FUNCTIONS.get(name ?? '');
    if (!known?.every((compat) => lacking(compat).length)) return [];
    return [`${name}() (not in ${lacking(known[0]).join(', ')})`];
  });
}

/** @param {string} value */
function newUnits(value) {
  const units = data.css.types.length;
  return [...value.matchAll(/\d([a-z]+)/g)].flatMap(([, unit]) => {
    const family = /^[dsl]v/.test(unit ?? '') ? 'viewport_percentage_units_dynamic' : /^cq/.test(unit ?? '') ? 'container_query_length_units' : unit;
    const compat = units[family ?? '']?.__compat;
    return compat ? lacking(compat).map((browser) => `${unit} (not in ${browser})`) : [];
  });
}

/** What may be missing: paper is printed from a newer browser, and lines that are not balanced are read as well. */
const SPARED = new Set(['@page', 'size', 'text-wrap', 'overflow-anchor', 'print-color-adjust', 'break-after', 'break-inside', 'break-before', 'font-family']);

/**
 * What a style sheet uses that the floor does not have. A declaration is fine where the same property stands before it in
 * its block with a value that the floor has: old browsers keep that one.
 * @param {string} css
 * @returns {string[]}
 */
export function newStyles(css) {
  const { selectors, blocks } = parsed(css);
  const found = [];
  for (const block of blocks) {
    const had = new Set();
    for (const [property, value] of block) {
      const lacks = newInDeclaration(property, value);
      if (lacks.length === 0) had.add(property);
      else if (!had.has(property)) found.push(...lacks);
    }
  }
  for (const selector of selectors) {
    const at = /^@([a-z-]+)/.exec(selector)?.[1];
    const compat = at ? data.css['at-rules'][at]?.__compat : undefined;
    if (compat) found.push(...lacking(compat).map((browser) => `@${at} (not in ${browser})`));
    if (at) {
      for (const [, feature] of selector.matchAll(/\(([a-z-]+)\s*[:)<>=]/g)) {
        const media = data.css['at-rules'].media?.[feature ?? '']?.__compat;
        if (media) found.push(...lacking(media).map((browser) => `@media (${feature}) (not in ${browser})`));
      }
      continue;
    }
    if (selector.includes('&')) found.push('nesting');
    for (const [, name] of selector.matchAll(/::?([a-z-]+)/g)) {
      const pseudo = data.css.selectors[name ?? '']?.__compat;
      if (pseudo) found.push(...lacking(pseudo).map((browser) => `:${name} (not in ${browser})`));
    }
  }
  return [...new Set(found)].filter((each) => !SPARED.has(/^[@:]?[a-z-]+/.exec(each)?.[0] ?? ''));
}
