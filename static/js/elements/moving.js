// Rows that change places are seen to do so: from where they were to where they are, once.

const MOVE_MS = 600;

/**
 * Where the rows of a picture are.
 * @param {HTMLElement} root
 * @returns {Map<string, number>} By row: its top, in px.
 */
export function places(root) {
  const rows = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('.picture:not(.gauge) .row'));
  return new Map([...rows].map((row) => [row.dataset['id'] ?? '', row.getBoundingClientRect().top]));
}

/**
 * Let the rows that are elsewhere now move there. Where other rows stand than before, the page was turned and
 * nothing moves.
 * @param {HTMLElement} root
 * @param {Map<string, number>} before
 */
export function move(root, before) {
  const after = places(root);
  if (after.size !== before.size || [...after.keys()].some((id) => !before.has(id))) return;
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('.picture:not(.gauge) .row'))) {
    const id = row.dataset['id'] ?? '';
    const by = (before.get(id) ?? 0) - (after.get(id) ?? 0);
    if (Math.abs(by) > 1) row.animate([{ transform: `translateY(${by}px)` }, { transform: 'none' }], { duration: MOVE_MS, easing: 'ease-in-out' });
  }
}
