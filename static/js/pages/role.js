// The plain page of a role: what its channels tell, and a form for each command that it may give.

import './prefs.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import { byId } from './dom.js';
import { fillLists, startForms } from './forms.js';
import { showLine, watchAddress } from './line.js';
import { place } from './place.js';
import { drawState } from './state.js';

watchAddress();
const live = new Live(place);
keepFresh(live);
let drawing = false;

function draw() {
  drawing = false;
  drawState(live.channels, byId('state'));
  fillLists(live);
}

live.addEventListener('view', () => {
  if (!drawing) requestAnimationFrame(draw);
  drawing = true;
});
showLine(live);
startForms(live);
live.start();
