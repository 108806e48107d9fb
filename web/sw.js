// Keeps the page for when there is no network. The page tells it what it has loaded; what has a hash
// in its name never changes, and the page itself is asked for anew whenever it can be.

const KEPT = "quorate-1";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("message", (event) => {
  const wanted = event.data;
  event.waitUntil(
    (async () => {
      const kept = await caches.open(KEPT);
      const known = (await kept.keys()).map(({ url }) => url);
      // What an older page needed goes.
      await Promise.all(known.filter((url) => !wanted.includes(url)).map((url) => kept.delete(url)));
      await Promise.all(
        wanted
          .filter((url) => !known.includes(url))
          .map(async (url) => {
            const answer = await fetch(url);
            if (answer.ok) {
              await kept.put(url, answer);
            }
          }),
      );
    })(),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) {
    return;
  }
  const page = url.origin + url.pathname;
  if (request.mode === "navigate") {
    event.respondWith(
      (async () => {
        try {
          const answer = await fetch(request);
          if (answer.ok) {
            const copy = answer.clone();
            event.waitUntil(caches.open(KEPT).then((kept) => kept.put(page, copy)));
          }
          return answer;
        } catch (error) {
          const kept = await caches.match(page);
          if (kept === undefined) {
            throw error;
          }
          return kept;
        }
      })(),
    );
  } else {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
