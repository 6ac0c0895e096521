// The report's page: what has been shown, live; and the files to take along.

import './prefs.js';
import '../elements/report-files.js';
import '../elements/report.js';
import { keepFresh } from '../live/fresh.js';
import { Live } from '../live/socket.js';
import { byId } from './dom.js';
import { showLine, watchAddress } from './line.js';
import { place } from './place.js';

watchAddress();
const live = new Live(place);
keepFresh(live);
showLine(live);
const report = /** @type {import('../elements/live-element.js').LiveElement} */ (byId('report'));
report.live = live;
live.start();
