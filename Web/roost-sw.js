// Roost's service worker: shows push messages and tells which ones were opened. The site serves a file of its own origin
// with the line  importScripts("https://roost.example/sdk/roost-sw.js");  and roost.js registers it with the server's
// address and the write key in its URL.

(() => {
  const settings = new URL(self.location.href).searchParams;
  const server = settings.get("server"), writeKey = settings.get("writeKey");

  const visitor = async () => {
    try {
      const answer = await (await caches.open("roost")).match("/roost-visitor");
      return answer ? await answer.json() : {};
    } catch { return {}; }
  };

  const send = async (call) => {
    if (!server || !writeKey) return;
    const { userId, anonymousId } = await visitor();
    if (!userId && !anonymousId) return;
    const body = JSON.stringify({ batch: [{
      messageId: call.messageId ?? crypto.randomUUID(), timestamp: new Date().toISOString(), userId, anonymousId, ...call,
    }], writeKey });
    try {
      await fetch(`${server}/v1/batch`, { method: "POST", body, headers: { "content-type": "text/plain" },
        credentials: "omit" });
    } catch { /* offline: nobody needs to know later */ }
  };

  const tell = (event, id) => id && send({
    type: "track", event, properties: { message_id: id }, messageId: `${event}-${id}`,
  });

  // The message's own token makes it clicked; else it is told as an event of the visitor's.
  const tapped = async (id, tap) => {
    if (tap && server) {
      try {
        const answer = await fetch(`${server}/c/${encodeURIComponent(tap)}`, { method: "POST", credentials: "omit" });
        if (answer.ok) return;
      } catch { /* told below, if it can be */ }
    }
    await tell("Push Notification Tapped", id);
  };

  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

  self.addEventListener("push", (event) => {
    let message = {};
    try { message = event.data?.json() ?? {}; } catch { message = { body: event.data?.text() }; }
    if (!message.title && !message.body) return;
    const { id, tap, title, body, icon, image, badge, tag, url, data } = message;
    event.waitUntil(Promise.all([
      self.registration.showNotification(title ?? "", { body, icon, image, badge, tag, data: { id, tap, url, data } }),
      tell("Push Notification Received", id),
    ]));
  });

  self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    const { id, tap, url } = event.notification.data ?? {};
    event.waitUntil((async () => {
      // Told whatever becomes of the page.
      const told = tapped(id, tap);
      if (url) {
        const target = new URL(url, self.location.origin);
        // Only web pages: a message must not open anything else.
        if (/^https?:$/.test(target.protocol)) {
          const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
          const same = open.find((client) => client.url === target.href);
          await (same ? same.focus() : self.clients.openWindow(target.href));
        }
      }
      await told;
    })());
  });

  // The browser took another subscription in its place.
  self.addEventListener("pushsubscriptionchange", (event) => {
    event.waitUntil((async () => {
      const key = event.oldSubscription?.options.applicationServerKey;
      const subscription = event.newSubscription ?? (key && await self.registration.pushManager.subscribe({
        userVisibleOnly: true, applicationServerKey: key,
      }));
      if (subscription) {
        await send({ type: "identify", context: { device: { type: "web", subscription: subscription.toJSON() } } });
      }
    })());
  });
})();
