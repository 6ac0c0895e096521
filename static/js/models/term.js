// Which of two servers goes on: a second laptop that was promoted has a later term than the one before. Pure.

/**
 * The number of a term; 0 where nobody was ever replaced, and of what is none.
 * @param {string | null | undefined} term
 */
export function numberOf(term) {
  const digits = (term ?? '').split('.')[0] ?? '';
  return /^\d{1,15}$/.test(digits) ? Number(digits) : 0;
}

/**
 * Whether a server that says this has been replaced by one that was heard before.
 * @param {string | null | undefined} said
 * @param {string | null} heard
 */
export function replaced(said, heard) {
  return numberOf(said) < numberOf(heard);
}
