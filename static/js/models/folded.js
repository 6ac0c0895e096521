// Words as search and sameness see them: without case, spaces, punctuation, kind of digits or order of Thai marks. Pure.
// The server's twin is `sameness` in app/core/text.py; what is stored has been put into one form there already.

const KEPT = /[^\p{L}\p{M}\p{N}]+/gu;
const MARKS = /[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{2,}/g;
const THAI_DIGIT = /[\u0e50-\u0e59]/g;

/**
 * @param {string} text
 * @returns {string} Two texts that differ only in form are the same; one that is part of another is found in it.
 */
export function folded(text) {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\u0e40\u0e40/g, '\u0e41')
    .replace(MARKS, (run) => [...new Set(run)].sort().join(''))
    .replace(THAI_DIGIT, (digit) => String(digit.charCodeAt(0) - 0x0e50))
    .replace(KEPT, '');
}
