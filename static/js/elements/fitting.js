// Fits a sheet into the picture: measures it in a box that nobody sees, and says sizes and pages.
//
// How this works. What must be read has at least 1/20 of the picture's height, headlines 1/10 where there is
// room. A sheet is tried with its title, in all languages at once; if rows then do not
// fit, the languages take turns; if a title is so long that nothing fits beside it, it has a page of its own.
// Languages take turns also where together they would show a row alone on a page, for at most one page more: a bar alone
// compares nothing. For that a page more weighs more than any size of letters that is legible. A word that a
// column is too narrow for weighs more still.

import { render } from '/static/vendor/lit.js';
import { pack } from '../models/paging.js';
import { pageOf } from './picture-parts.js';

/**
 * @typedef {import('../models/sheet.js').Sheet} Sheet
 * @typedef {import('./picture-parts.js').Sizes} Sizes
 * @typedef {import('./picture-parts.js').Shape} Shape
 * @typedef {import('../models/paging.js').Span} Span
 * @typedef {{sizes: Sizes, titled: boolean, footed: boolean, span: Span}} Fit A page: which rows, how large, and whether with
 *   the title and with what stands at the foot.
 * @typedef {{sizes: Sizes, pages: Span[], cost: number}} Tried
 */

const TITLES = [10, 9, 8, 7, 6, 5.5, 5];
const ALONE = [18, 16, 14, 12, ...TITLES];
const TEXTS = [8, 7, 6.5, 6, 5.5, 5];
const TILES = [16, 13, 10, 8, 7, 6, 5];
/** @type {Record<'one' | 'two' | 'whole' | 'plain', Shape[]>} What is tried of one list, of two beside each other, of rows without bars that need all the width, and of others without. */
const SHAPES = { one: ['beside', 'aside'], two: ['aside', 'over'], whole: ['over'], plain: ['beside', 'under'] };

/** The most of the picture's height that a title may take where there are rows. */
const TITLE_MOST = 0.42;
const QUOTE_LINES = 3;
/** A bar that stands alone compares nothing: rather anything else. */
const LONELY = 12;
/** Some rows stand together, and one stands alone. */
const LEFT_ALONE = 4;
/** A word is broken where it does not fit: rather more pages, or the figure under the words. */
const BROKEN = 20;
/** How small a meeting's title may become so that no line ends within a phrase, where the dictionary may cut a name. */
const WHOLE_LEAST = 8;

export class Gauge {
  /**
   * @param {HTMLElement} box As wide and high as the picture, and not seen.
   * @param {Record<string, boolean>} classes Of a page.
   * @param {number} now The server's time, in ms: a clock needs as much room as it shows.
   */
  constructor(box, classes, now) {
    this.box = box;
    this.classes = classes;
    this.now = now;
  }

  /**
   * @param {Sheet} sheet
   * @param {Sizes} sizes
   * @returns {HTMLElement} The page, laid out.
   */
  draw(sheet, sizes) {
    render(pageOf(sheet, sheet.groups.map((group) => group.rows), { sizes, now: this.now, classes: this.classes, line: lineOf(this.box.clientWidth, this.box.clientHeight) }), this.box);
    return /** @type {HTMLElement} */ (this.box.querySelector('.page'));
  }

  /**
   * The pages of a sheet with its title, or null where it cannot be so.
   * @param {Sheet} sheet
   * @param {number} most Rows on a page.
   * @returns {Fit[] | null}
   */
  titled(sheet, most) {
    const rows = Math.max(0, ...sheet.groups.map((group) => group.rows.length));
    if (rows === 0) return this.alone(sheet);
    const form = sheet.groups[0]?.form ?? 'bars';
    const fits = TITLES.flatMap((title) => this.sized(sheet, title, form, most));
    const best = fits.reduce((/** @type {Tried | null} */ a, b) => (a === null || b.cost < a.cost ? b : a), null);
    return best && best.pages.map((span) => ({ sizes: best.sizes, titled: true, footed: true, span }));
  }

  /**
   * A sheet without rows: its words as large as they fit.
   * @param {Sheet} sheet
   * @returns {Fit[] | null}
   */
  alone(sheet) {
    /** @type {Sizes | null} */
    let largest = null;
    for (const title of ALONE) {
      /** @type {Sizes} */
      const sizes = { title, text: Math.max(5, Math.min(8, 0.6 * title)), shape: 'over' };
      const page = this.draw(sheet, sizes);
      if (!this.holds(page)) continue;
      if (!cutWithin(page)) {
        largest = sizes;
        break;
      }
      largest ??= sizes;
      if (title <= WHOLE_LEAST) break;
    }
    return largest && [{ sizes: largest, titled: true, footed: true, span: [0, 0] }];
  }

  /**
   * The title on a page of its own, then the rows without it; and without the foot where a row needs all the room.
   * @param {Sheet} sheet
   * @param {number} most
   * @returns {Fit[]}
   */
  apart(sheet, most) {
    const first = this.alone({ ...sheet, groups: [] }) ?? [this.squeezed({ ...sheet, groups: [] }, [0, 0], true)];
    const rows = Math.max(0, ...sheet.groups.map((group) => group.rows.length));
    if (rows === 0) return first;
    const form = sheet.groups[0]?.form ?? 'bars';
    const bare = { ...sheet, title: [], leads: [] };
    for (const part of [bare, { ...bare, foot: [] }]) {
      const tried = this.sized(part, 5, form, most).sort((a, b) => a.cost - b.cost)[0];
      if (tried) return [...first, ...tried.pages.map((span) => ({ sizes: tried.sizes, titled: false, footed: part === bare, span }))];
    }
    return [...first, ...Array.from({ length: rows }, (_, at) => this.squeezed(bare, [at, at + 1], false))];
  }

  /**
   * The last resort, for what is longer than anything may be: smaller letters, so that nothing is cut off.
   * @param {Sheet} sheet
   * @param {Span} span
   * @param {boolean} titled
   * @returns {Fit}
   */
  squeezed(sheet, span, titled) {
    const part = { ...sheet, foot: [], groups: sheet.groups.map((group) => ({ ...group, rows: group.rows.slice(...span) })) };
    /** @type {Sizes} */
    let sizes = { title: 5, text: 5, shape: 'over' };
    while (sizes.text > 2 && !this.holds(this.draw(part, sizes))) sizes = { ...sizes, title: sizes.title - 0.25, text: sizes.text - 0.25 };
    return { sizes, titled, footed: false, span };
  }

  /**
   * Every way in which the rows fit under a title of this size.
   * @param {Sheet} sheet
   * @param {number} title
   * @param {import('../models/sheet.js').Form} form
   * @param {number} most
   * @returns {Tried[]}
   */
  sized(sheet, title, form, most) {
    const texts = form === 'tables' ? TILES : form === 'quote' ? [12, 10, 9, ...TEXTS] : TEXTS;
    /** @type {Tried[]} */
    const found = [];
    const kind = form === 'tables' || form === 'quote' ? 'whole' : form === 'agenda' ? 'plain' : sheet.groups.length > 1 ? 'two' : 'one';
    for (const shape of SHAPES[kind]) {
      for (const text of texts) {
        /** @type {Sizes} */
        const sizes = { title, text, shape };
        this.box.classList.add('unbroken');
        const page = this.draw(sheet, sizes);
        const broken = brokenIn(page);
        if (broken) this.box.classList.remove('unbroken'); // and is measured as it will be
        if (title > 5 && sheet.title.length > 0 && partHeight(page, '.headline') > TITLE_MOST * this.box.clientHeight) continue;
        const pages = form === 'tables' ? tiles(page) : lines(page, most);
        if (pages) found.push({ sizes, pages, cost: cost(sizes, pages.length, form === 'quote' ? quoteLines(page) : 0) + (broken ? BROKEN : 0) + apartness(pages) });
      }
    }
    this.box.classList.remove('unbroken');
    return found;
  }

  /**
   * Whether everything on a page lies within it.
   * @param {HTMLElement} page
   */
  holds(page) {
    const lists = [...page.querySelectorAll('.rows')].map((list) => list.getBoundingClientRect().height);
    return Math.max(0, ...lists) <= roomOf(page) + 1 && page.scrollWidth <= page.clientWidth + 1;
  }
}

/**
 * How many of the smallest letters stand in a line, about; a little less, so that it surely fits.
 * @param {number} width Of the picture.
 * @param {number} height
 */
export function lineOf(width, height) {
  const wide = width > 2.4 * height;
  return Math.floor((wide ? 0.36 : 0.92) * (width / Math.min(height, 0.75 * width)) * (100 / 2.5));
}

/**
 * Whether a row stands alone on a page: it is compared with nothing.
 * @param {Span[]} pages
 */
export function lonely(pages) {
  return pages.length > 1 && pages.some(([from, to]) => to - from <= 1);
}

/** @param {Span[]} pages */
function apartness(pages) {
  if (!lonely(pages)) return 0;
  return pages.every(([from, to]) => to - from <= 1) ? LONELY : LEFT_ALONE;
}

/**
 * How far a way is from the best: everything at once, a large title, large words, bars beside them.
 * @param {Sizes} sizes
 * @param {number} pages
 * @param {number} quote Lines of a quote.
 */
function cost(sizes, pages, quote) {
  const small = Math.max(0, 7 - sizes.title);
  return 6 * Math.log2(pages) + 0.35 * (10 - sizes.title) + 0.8 * small + 0.3 * (8 - sizes.text) + (sizes.shape === 'beside' ? 0 : 0.7) + 2 * Math.max(0, quote - QUOTE_LINES);
}

/**
 * @param {HTMLElement} page
 * @param {string} selector
 */
function partHeight(page, selector) {
  return page.querySelector(selector)?.getBoundingClientRect().height ?? 0;
}

/**
 * How much height the rows of a page may take together.
 * @param {HTMLElement} page
 */
function roomOf(page) {
  const style = getComputedStyle(page);
  const inner = page.clientHeight - Number.parseFloat(style.paddingTop) - Number.parseFloat(style.paddingBottom);
  const parts = [...page.querySelectorAll(':scope > .headline, :scope > .band, :scope > .under')];
  const gap = Number.parseFloat(style.rowGap) || 0;
  const gaps = gap * (style.gridTemplateRows.split(' ').length - 1); // between all tracks, those without a part too
  const taken = parts.map((part) => part.getBoundingClientRect().height).reduce((sum, height) => sum + height, gaps);
  if (page.matches('.wide:not(.bare)')) return taken > inner ? -1 : inner - inGroupOf(page); // rows stand beside all that
  return inner - taken - inGroupOf(page);
}

/**
 * The height of what stands above and below the rows of a group: its title, its keys, its base.
 * @param {HTMLElement} page
 */
function inGroupOf(page) {
  return Math.max(0, ...[...page.querySelectorAll('.group')].map((group) => {
    const gap = Number.parseFloat(getComputedStyle(group).rowGap) || 0;
    return [...group.children].filter((child) => !child.matches('.rows')).reduce((sum, child) => sum + child.getBoundingClientRect().height + gap, 0);
  }));
}

/**
 * The rows of a page in pages; of two groups the rows stand beside each other.
 * @param {HTMLElement} page
 * @param {number} most
 */
function lines(page, most) {
  const lists = [...page.querySelectorAll('.rows')];
  const columns = lists.map((list) => [...list.children].map((row) => row.getBoundingClientRect().height));
  const longest = Math.max(...columns.map((column) => column.length));
  const heights = Array.from({ length: longest }, (_, at) => Math.max(...columns.map((column) => column[at] ?? 0)));
  const gap = Number.parseFloat(getComputedStyle(/** @type {Element} */ (lists[0])).rowGap) || 0;
  if (tooWide(page)) return null;
  return pack(heights, gap, roomOf(page), most, heights.map((_, at) => columns.filter((column) => at < column.length).length));
}

/**
 * Tiles are all of one size: so many in a line, so many lines.
 * @param {HTMLElement} page
 * @returns {Span[] | null}
 */
function tiles(page) {
  const list = /** @type {HTMLElement} */ (page.querySelector('.rows'));
  const columns = getComputedStyle(list).gridTemplateColumns.split(' ').length;
  const gap = Number.parseFloat(getComputedStyle(list).rowGap) || 0;
  const height = list.firstElementChild?.getBoundingClientRect().height ?? 0;
  const down = Math.floor((roomOf(page) + gap) / (height + gap));
  if (down < 1 || tooWide(page)) return null;
  return pack(Array.from(list.children, () => 1), 0, Infinity, down * columns);
}

/**
 * Whether a phrase of the title takes more than one line (only a meeting's title is set in phrases, see picture-parts.js).
 * @param {HTMLElement} page
 */
function cutWithin(page) {
  return [...page.querySelectorAll('h1 .whole')].some((part) => part.getBoundingClientRect().height > 1.5 * Number.parseFloat(getComputedStyle(part).lineHeight));
}

/**
 * Whether a word is wider than its place, where none is broken.
 * @param {HTMLElement} page
 */
function brokenIn(page) {
  return [...page.querySelectorAll('h1, .words, .note')].some((part) => part.scrollWidth > part.clientWidth + 1);
}

/** @param {HTMLElement} page */
function tooWide(page) {
  return [...page.querySelectorAll('.row, .tile, .keys, .heads')].some((row) => row.scrollWidth > row.clientWidth + 1);
}

/** @param {HTMLElement} page */
function quoteLines(page) {
  const words = page.querySelector('.words');
  return words ? Math.round(words.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(words).lineHeight)) : 0;
}
