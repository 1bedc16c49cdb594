// Opens the page without a network: the files of the page, and what it read last, are kept in this
// browser. The program always goes first; what is kept is used only when it does not answer.
// Signing out forgets what was read.
const files = 'files-1';
const answers = 'answers-1';
const kept = ['/api/me', '/api/sync/status', '/api/shared', '/api/production-data'];
const files_max = 80;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

async function keep(name, key, response) {
  const cache = await caches.open(name);
  await cache.put(key, response);
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - files_max))) await cache.delete(old);
}

async function keptFirst(request) {
  const known = await caches.match(request);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok) await keep(files, request, response.clone());
  return response;
}

async function networkFirst(request, name, key) {
  try {
    const response = await fetch(request);
    if (response.ok) await keep(name, key, response.clone());
    return response;
  } catch (reason) {
    const known = await caches.match(key);
    if (known) return known;
    throw reason;
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/assets/') || url.pathname === '/favicon.svg') {
    event.respondWith(keptFirst(request));
  } else if (request.mode === 'navigate' && !url.pathname.startsWith('/api/')) {
    event.respondWith(networkFirst(request, files, '/'));
  } else if (kept.includes(url.pathname)) {
    event.respondWith(networkFirst(request, answers, request.url));
  }
});
