// The three words for fate: saved, not yet saved, refused because.

import { t } from './place.js';

/**
 * @param {{fate: string, say: string}} sent
 * @returns {string}
 */
export function fateWords(sent) {
  if (sent.fate === 'saved') return t('fate.saved');
  if (sent.fate === 'waiting') return t('fate.not_yet_saved');
  return sent.fate === 'refused' ? t('fate.refused', { reason: sent.say }) : sent.say || t('fate.unknown');
}
