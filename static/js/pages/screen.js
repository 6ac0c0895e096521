// The plenary screen: the scene on air fills the window. What was shown last stays when the line drops.

import '../elements/picture.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import { byId, fill } from './dom.js';
import { showLine, watchAddress } from './line.js';
import { place, textsIn } from './place.js';

const IDLE_MS = 3_000;

watchAddress();
const live = new Live(place);
keepFresh(live);
const shown = /** @type {import('../elements/picture.js').TownPicture} */ (document.createElement('town-picture'));
shown.say = textsIn;
shown.now = () => live.now();

/** Take what the meeting has told; a picture that is held stays as it is. */
function take() {
  const scene = live.channels.get('scene');
  if (!scene || (scene.held && shown.scene)) return;
  if (!shown.isConnected) fill(byId('air'), shown);
  shown.scene = scene;
  shown.timer = live.channels.get('timer');
  document.body.dataset['scene'] = scene.kind;
}

let idle = 0;

/** The pointer is for the operator: it goes when it rests. */
function rest() {
  document.body.classList.remove('idle');
  clearTimeout(idle);
  idle = window.setTimeout(() => document.body.classList.add('idle'), IDLE_MS);
}

/** A projector's laptop that falls asleep is a dark hall; browsers grant this over TLS only. */
async function stayAwake() {
  try {
    if (document.visibilityState === 'visible') await navigator.wakeLock?.request('screen');
  } catch {
    // low battery, or not allowed: the operator's settings decide
  }
}

live.addEventListener('view', take);
document.addEventListener('visibilitychange', () => void stayAwake());
document.addEventListener('pointermove', rest);
rest();
showLine(live);
live.start();
void stayAwake();
