// Keeps the table's and the keypad's page for a reload without a line. The server puts `self.PAGES` before it.
//
// How this works. A page asks to be kept (`{keep: '/table', assets}`). The server's list (`/kept.json`) names its
// files; where it is of the page's version they are put into the cache of that version, each checked against its
// SHA-256, then the page itself, if the server says that it is of this version and may be kept. A page is asked of
// the network first, and taken from a cache where the network fails; which version every open page is of is written
// down, and its files come from the cache of that version or from the network, never from another version's cache.
// Nothing else is ever answered or kept. The worker itself is of no version, so that an update in mid-day needs no
// other one; a changed worker waits until its pages are closed, as browsers have it.

/**
 * @typedef {{respondWith: (answer: Promise<Response>) => void, waitUntil: (work: Promise<any>) => void,
 *   request: Request, clientId: string, resultingClientId: string, data: any, ports: MessagePort[]}} WorkerEvent
 * @typedef {{clients: {matchAll: (options: object) => Promise<{id: string}[]>}, PAGES: string[],
 *   addEventListener: (name: string, hear: (event: WorkerEvent) => void) => void}} Scope
 */
const worker = /** @type {Scope} */ (/** @type {unknown} */ (self));
const pages = new Set(worker.PAGES);
const LIST = '/kept.json';
const OF_A_VERSION = 'town-files-';
const OPEN_PAGES = 'town-open-pages';
const KEEP = 'Town-Keep';
const LAST = 'last'; // where the browser does not say which page a navigation leads to
const WAIT_MS = 5_000;

worker.addEventListener('message', (event) => {
  const { keep, assets } = event.data ?? {};
  if (!pages.has(keep)) return;
  event.waitUntil(keepPage(keep, assets).catch(() => false).then((done) => event.ports[0]?.postMessage(done)));
});
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && pages.has(pathname)) event.respondWith(openPage(event, pathname));
  else if (pathname.startsWith('/static/') && event.clientId) event.respondWith(file(event, pathname));
});

/**
 * Keep a page with its files, whole and of one version.
 * @param {string} path
 * @param {string} version The one of the page that asks.
 */
async function keepPage(path, version) {
  const list = await (await fetch(LIST, { cache: 'no-store' })).json();
  if (list.version !== version) return false;
  const cache = await caches.open(OF_A_VERSION + version);
  for (const [name, sha256] of Object.entries(list.files[path] ?? {})) {
    if (await cache.match(name)) continue;
    await cache.put(name, (await checked(name, sha256, 'force-cache')) ?? (await checked(name, sha256, 'reload')) ?? lost(name));
  }
  const page = await fetch(path, { cache: 'no-store' });
  if (!page.ok || page.redirected || page.headers.get(KEEP) !== version) return false;
  await cache.put(path, page);
  await dropOlder(path, version);
  return true;
}

/**
 * A file, if it is the one that this version has.
 * @param {string} name
 * @param {string} sha256
 * @param {RequestCache} from
 */
async function checked(name, sha256, from) {
  const answer = await fetch(name, { cache: from });
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await answer.clone().arrayBuffer()));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return answer.ok && hex === sha256 ? answer : null;
}

/**
 * @param {string} name
 * @returns {never}
 */
function lost(name) {
  throw new Error(`${name} is of another version`);
}

/**
 * A page: from the network, else as it was kept last.
 * @param {WorkerEvent} event
 * @param {string} path
 */
async function openPage(event, path) {
  const kept = await keptPage(path);
  const asked = fetch(event.request);
  const page = kept ? await Promise.race([asked.catch(() => kept), later(kept)]) : await asked;
  await note(event.resultingClientId || LAST, page.headers.get(KEEP) ?? '');
  return page;
}

/**
 * @param {Response} page
 * @returns {Promise<Response>}
 */
function later(page) {
  return new Promise((resolve) => setTimeout(() => resolve(page), WAIT_MS));
}

/**
 * The page as it was kept last.
 * @param {string} path
 * @returns {Promise<Response | undefined>}
 */
async function keptPage(path) {
  const names = (await caches.keys()).filter((name) => name.startsWith(OF_A_VERSION)); // in the order in which they were begun
  for (const name of names.reverse()) {
    const page = await (await caches.open(name)).match(path);
    if (page) return page;
  }
  return undefined;
}

/**
 * Write down of which version an open page is, and forget the pages that are no more.
 * @param {string} client
 * @param {string} of
 */
async function note(client, of) {
  const open = await caches.open(OPEN_PAGES);
  const there = new Set((await worker.clients.matchAll({ includeUncontrolled: true })).map((each) => `/${each.id}`));
  for (const old of await open.keys()) if (!there.has(new URL(old.url).pathname)) await open.delete(old);
  await open.put(`/${client}`, new Response(of));
}

/**
 * A file for an open page: of the page's own version, or from the network.
 * @param {WorkerEvent} event
 * @param {string} path
 */
async function file(event, path) {
  const open = await caches.open(OPEN_PAGES);
  const noted = (await open.match(`/${event.clientId}`)) ?? (await open.match(`/${LAST}`));
  const name = OF_A_VERSION + (noted ? await noted.text() : '');
  const kept = (await caches.has(name)) ? await (await caches.open(name)).match(path) : undefined;
  return kept ?? fetch(event.request);
}

/**
 * What older versions kept of a page that is kept anew; a whole version goes when no open page is of it.
 * @param {string} path
 * @param {string} version The one that is kept now.
 */
async function dropOlder(path, version) {
  const open = await caches.open(OPEN_PAGES);
  const inUse = await Promise.all((await open.keys()).map(async (each) => (await open.match(each))?.text()));
  for (const name of await caches.keys()) {
    if (!name.startsWith(OF_A_VERSION) || name === OF_A_VERSION + version) continue;
    const cache = await caches.open(name);
    await cache.delete(path);
    const left = await Promise.all([...pages].map((page) => cache.match(page)));
    if (!left.some(Boolean) && !inUse.includes(name.slice(OF_A_VERSION.length))) await caches.delete(name);
  }
}
