// The page /expert: one connection, one element.

import './prefs.js';
import '../elements/expert.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import { byId } from './dom.js';
import { showLine, watchAddress } from './line.js';
import { place } from './place.js';

watchAddress();
const live = new Live(place);
keepFresh(live);
showLine(live);
/** @type {any} */ (byId('expert')).live = live;
live.start();
