// The theme desk: one connection, one member's room, one element.

import './prefs.js';
import { DeskRoom } from '../live/desk-room.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import '../elements/desk.js';
import { byId } from './dom.js';
import { showLine, watchAddress } from './line.js';
import { place } from './place.js';

watchAddress();
const live = new Live(place);
keepFresh(live);
showLine(live);
const desk = /** @type {any} */ (byId('desk'));
live.addEventListener('view', () => byId('loading').remove(), { once: true });
desk.room = new DeskRoom(live, place);
live.start();
