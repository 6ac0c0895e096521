// The page /stage: one connection, one element.

import './prefs.js';
import '../elements/stage.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import { byId } from './dom.js';
import { showLine, watchAddress } from './line.js';
import { place } from './place.js';

watchAddress();
const live = new Live(place);
keepFresh(live);
showLine(live);
/** @type {any} */ (byId('stage')).live = live;
live.start();
