// A− and A+ on every page, remembered by this browser.

import { byId } from './dom.js';

const SIZES = ['-1', '0', '1', '2', '3'];

/** @returns {string} */
function remembered() {
  try {
    return localStorage.getItem('size') ?? '0';
  } catch {
    return '0';
  }
}

/** @param {number} by */
function change(by) {
  const root = document.documentElement;
  const at = SIZES.indexOf(root.dataset['size'] ?? '0') + by;
  const size = SIZES[Math.max(0, Math.min(SIZES.length - 1, at))] ?? '0';
  root.dataset['size'] = size;
  try {
    localStorage.setItem('size', size);
  } catch {
    // a private window may keep nothing
  }
}

document.documentElement.dataset['size'] = SIZES.includes(remembered()) ? remembered() : '0';
byId('smaller').addEventListener('click', () => change(-1));
byId('larger').addEventListener('click', () => change(1));
