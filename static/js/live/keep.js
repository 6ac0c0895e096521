// Lets the browser keep this page with its files, so that a reload without a line works: where the address
// is secure, since elsewhere browsers have no service worker.

const SCRIPT = '/service-worker.js';
const TRIES = 4;
const ANOTHER_MS = 5_000;
const KEEPING_MS = 60_000;

/**
 * @typedef {{createPolicy: (name: string, rules: {createScriptURL: (url: string) => string}) =>
 *   {createScriptURL: (url: string) => any}}} TrustedTypes
 */

/** The address of our worker, as the content policy wants it: this one, and no other. */
function address() {
  const types = /** @type {{trustedTypes?: TrustedTypes}} */ (/** @type {unknown} */ (window)).trustedTypes;
  if (!types) return SCRIPT;
  const policy = types.createPolicy('service-worker', {
    createScriptURL: (url) => {
      if (url !== SCRIPT) throw new TypeError('not our worker');
      return url;
    },
  });
  return policy.createScriptURL(SCRIPT);
}

/** Whether this browser can keep pages here. */
export function canKeep() {
  return window.isSecureContext && 'serviceWorker' in navigator && 'caches' in window;
}

/** @type {Promise<boolean> | null} */
let keeping = null;

/**
 * Keep the page that is open; once it is, it opens again without a line.
 * @param {{page: string, assets: string}} place
 * @returns {Promise<boolean>} Whether it is kept, whole and of this version.
 */
export function keepPage(place) {
  keeping ??= canKeep() ? keep(place).catch(() => false) : Promise.resolve(false);
  return keeping;
}

/** @param {{page: string, assets: string}} place */
async function keep(place) {
  const registration = await navigator.serviceWorker.register(address(), { scope: '/', updateViaCache: 'none' });
  await navigator.serviceWorker.ready;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { active } = registration;
    // a worker whose place is taken while it works may never answer
    if (active && (await Promise.race([asked(active, place), another(registration, active, KEEPING_MS)]))) return true;
    await registration.update(); // it may be the worker of an older program
    await another(registration, active, ANOTHER_MS);
  }
  return false;
}

/**
 * @param {ServiceWorker} worker
 * @param {{page: string, assets: string}} place
 * @returns {Promise<boolean>}
 */
function asked(worker, { page, assets }) {
  const { port1, port2 } = new MessageChannel();
  /** @type {Promise<boolean>} */
  const told = new Promise((resolve) => port1.addEventListener('message', (event) => resolve(event.data === true), { once: true }));
  port1.start();
  worker.postMessage({ keep: `/${page}`, assets }, [port2]);
  return told;
}

/**
 * Wait until another worker is active; not for ever.
 * @param {ServiceWorkerRegistration} registration
 * @param {ServiceWorker | null} older
 * @param {number} ms
 * @returns {Promise<false>}
 */
function another(registration, older, ms) {
  return new Promise((resolve) => {
    const until = Date.now() + ms;
    const look = setInterval(() => {
      if (registration.active === older && Date.now() < until) return;
      clearInterval(look);
      resolve(false);
    }, 100);
  });
}
