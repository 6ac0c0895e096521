// How the line is, in a word that is always there; and a session that has ended.

import { byId, fill, h } from './dom.js';
import { place, t } from './place.js';

/** @param {import('../live/socket.js').Live} live */
export function showLine(live) {
  const mark = byId('line');
  const draw = () => {
    mark.dataset['line'] = live.state;
    mark.textContent = t(`ui.line.${live.state}`);
    const ended = byId('ended');
    ended.hidden = live.state !== 'ended';
    if (live.state === 'ended') {
      fill(ended, h('p', {}, live.why || t('ui.signed_out')), h('p', {}, h('a', { href: '/j', class: 'button' }, t('ui.enter_again'))));
    }
  };
  live.addEventListener('line', draw);
  draw();
}

/**
 * Another link was opened in this tab: come in anew with it. A part of this page, as the skip link names it, is no secret.
 */
export function watchAddress() {
  const again = () => {
    if (location.hash.length > 1 && !document.getElementById(location.hash.slice(1))) location.replace(`/j?for=${place.page}${location.hash}`);
  };
  window.addEventListener('hashchange', again);
  again();
}
