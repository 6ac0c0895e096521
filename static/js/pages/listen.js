// The screen in words, for interpreters, the far rows and screen readers.

import './prefs.js';
import '../elements/listen.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import { byId } from './dom.js';
import { showLine, watchAddress } from './line.js';
import { place } from './place.js';

watchAddress();
const live = new Live(place);
keepFresh(live);
showLine(live);
const listen = /** @type {import('../elements/live-element.js').LiveElement} */ (document.createElement('town-listen'));
listen.live = live;
byId('listen').replaceChildren(listen);
live.start();
