// /style: nothing acts here but the size of the letters.

import './prefs.js';
