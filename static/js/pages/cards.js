// The page of cards: its button prints it.

import { byId } from './dom.js';

byId('print').addEventListener('click', () => window.print());
