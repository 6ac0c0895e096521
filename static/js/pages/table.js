// The table's laptop: one connection, what is kept on its disk, and the page's elements.

import './prefs.js';
import { Drafts } from '../live/drafts.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import '../elements/town-table.js';
import { showLine, watchAddress } from './line.js';
import { place } from './place.js';

watchAddress();
const live = new Live(place);
keepFresh(live);
const table = /** @type {import('../elements/town-table.js').TownTable} */ (document.querySelector('town-table'));
table.drafts = new Drafts(live.store, place.device);
table.live = live;
showLine(live);
live.start();
