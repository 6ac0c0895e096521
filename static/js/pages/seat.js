// A keypad on a phone: one connection, the pad, and below it what is on the screen, in words.

import './prefs.js';
import '../elements/town-keypad.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import { byId } from './dom.js';
import { showLine, watchAddress } from './line.js';
import { place, textsIn } from './place.js';

const FOLLOW_AFTER_MS = 1_500;

watchAddress();
const live = new Live(place);
keepFresh(live);
const pad = /** @type {import('../elements/town-keypad.js').TownKeypad} */ (document.querySelector('town-keypad'));
const address = new URL(location.href);
if (address.searchParams.has('in')) {
  pad.arrived = true;
  address.searchParams.delete('in');
  history.replaceState(null, '', address);
}
pad.live = live;
const follow = /** @type {HTMLDetailsElement} */ (byId('follow'));

/** The screen in words is fetched after the pad, so that nobody waits for it to vote. */
async function followScreen() {
  try {
    await import('../elements/air.js');
  } catch {
    live.addEventListener('welcome', () => void followScreen(), { once: true }); // no line now: with the next one
    return;
  }
  const air = /** @type {import('../elements/air.js').TownAir} */ (document.createElement('town-air'));
  Object.assign(air, { live, languages: [place.lang], say: textsIn, level: 3, hushed: !follow.open });
  byId('screen-waits').replaceWith(air);
  follow.addEventListener('toggle', () => { air.hushed = !follow.open; });
}

let voting = false;

/** While a vote is open the pad has the page; between votes the screen is unfolded. */
function unfold() {
  const open = Boolean(live.channels.get('open')?.question);
  if (open !== voting || !follow.dataset['set']) follow.open = !open;
  follow.dataset['set'] = 'yes';
  voting = open;
}

live.addEventListener('view', unfold);
showLine(live);
live.start();
setTimeout(() => void followScreen(), FOLLOW_AFTER_MS);
