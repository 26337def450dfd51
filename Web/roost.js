// Roost's browser SDK: what people do on a site, sent to Roost; web push for those who want it; messages on the site.
//
//   <script type="module" src="https://roost.example/sdk/roost.js?writeKey=wk_…"></script>
//   roost.track("Product Viewed", { sku: "42" });
//
// Call names and arguments are those of Segment's analytics.js. Calls wait in a queue that survives a reload, go out in
// batches, and are tried again until they are stored; each has a messageId, so that none counts twice.

const here = new URL(import.meta.url);
const STORE = "roost";
const BATCH_MAX = 50, BATCH_BYTES_MAX = 450_000, QUEUE_MAX = 1_000, EVENT_BYTES_MAX = 32_000;
const FLUSH_MS = 1_000, RETRY_MS_MIN = 1_000, RETRY_MS_MAX = 60_000;

/** What the browser keeps; where it may keep nothing, a page's life has to do. */
const memory = (() => {
  let state = {};
  const read = () => {
    try { return JSON.parse(localStorage.getItem(STORE)) || {}; } catch { return state; }
  };
  const write = (next) => {
    state = next;
    try { localStorage.setItem(STORE, JSON.stringify(next)); } catch { /* full or forbidden */ }
  };
  state = read();
  return {
    get: (name) => (state = read())[name],
    set: (changes) => write({ ...read(), ...changes }),
  };
})();

const uuid = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)),
  (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Roost {
  /** @param {{writeKey: string, server?: string}} options */
  constructor({ writeKey, server = here.origin }) {
    if (!writeKey) throw new Error("roost.js needs a write key: roost.js?writeKey=wk_…");
    this.writeKey = writeKey;
    this.server = server.replace(/\/$/, "");
    this.retryMs = 0;
    this.timer = 0;
    this.flushing = null;
    this.push = new Push(this);
    this.messages = new Messages(this);
    if (!memory.get("anonymousId")) memory.set({ anonymousId: uuid() });
    addEventListener("pagehide", () => this.#leave());
    addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.#leave(); });
    addEventListener("online", () => this.flush());
    if (memory.get("queue")?.length) this.#later(0);
  }

  /** Who the visitor is; with traits alone: what is known of them. `options.userToken` proves it: the shop's server makes
   *  it (HMAC-SHA256 of the user id), and messages on the site are shown to nobody else. */
  identify(userId, traits, options) {
    if (userId && typeof userId === "object") return this.identify(undefined, userId, traits);
    const known = memory.get("userId");
    // Another person at the same browser is not the one before.
    if (userId && known && known !== String(userId)) this.reset();
    if (userId) memory.set({ userId: String(userId) });
    if (options?.userToken) {
      memory.set({ userToken: String(options.userToken) });
      queueMicrotask(() => this.messages.refresh());
    }
    // What is subscribed here is that person's from now on.
    if (userId && known !== String(userId)) this.push.claim();
    const all = { ...memory.get("traits"), ...traits };
    memory.set({ traits: all });
    return this.#call({ type: "identify", traits: all }, options);
  }

  track(event, properties, options) {
    return this.#call({ type: "track", event, properties: properties ?? {} }, options);
  }

  page(category, name, properties, options) {
    if (name !== undefined && typeof name === "object") [name, properties, options] = [undefined, name, properties];
    if (category !== undefined && typeof category === "object") {
      [category, name, properties, options] = [undefined, undefined, category, name];
    } else if (name === undefined) {
      [category, name] = [undefined, category];
    }
    const seen = { url: location.href, path: location.pathname, search: location.search, title: document.title,
      referrer: document.referrer };
    return this.#call({ type: "page", name, category, properties: { ...seen, ...properties } }, options);
  }

  group(groupId, traits, options) {
    memory.set({ groupId });
    return this.#call({ type: "group", groupId, traits: traits ?? {} }, options);
  }

  alias(userId, previousId, options) {
    return this.#call(
      { type: "alias", userId: String(userId), previousId: previousId ?? memory.get("userId") ?? this.anonymousId() },
      options);
  }

  /** Forgets who the visitor is: on signing out. */
  reset() {
    memory.set({
      userId: undefined, userToken: undefined, traits: undefined, groupId: undefined, anonymousId: uuid(),
    });
    this.messages.close();
    this.push.remember();
  }

  /** The id of a visitor whose name is not known; with an argument: sets it. */
  anonymousId(id) {
    if (id) memory.set({ anonymousId: String(id) });
    return memory.get("anonymousId");
  }

  user() { return { id: memory.get("userId"), anonymousId: this.anonymousId(), traits: memory.get("traits") ?? {} }; }

  ready(callback) { callback?.(); return Promise.resolve(this); }

  #call(body, options = {}) {
    const call = {
      messageId: uuid(), timestamp: new Date().toISOString(), anonymousId: this.anonymousId(),
      userId: memory.get("userId"), ...body,
      context: {
        library: { name: "roost.js", version: "1" }, locale: navigator.language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        page: { url: location.href, path: location.pathname, title: document.title, referrer: document.referrer },
        ...options.context,
      },
    };
    if (options.timestamp) call.timestamp = new Date(options.timestamp).toISOString();
    if (options.messageId) call.messageId = options.messageId;
    if (JSON.stringify(call).length > EVENT_BYTES_MAX) {
      console.error("roost: a call is larger than 32 KB and was not sent", body.event ?? body.type);
      return Promise.resolve(call);
    }
    const queue = memory.get("queue") ?? [];
    // Of a queue that nobody empties the oldest go.
    memory.set({ queue: [...queue, call].slice(-QUEUE_MAX) });
    this.#later(FLUSH_MS);
    return Promise.resolve(call);
  }

  #later(ms) {
    if (this.timer) return;
    this.timer = setTimeout(() => { this.timer = 0; this.flush(); }, ms);
  }

  #batch() {
    let bytes = 0;
    return (memory.get("queue") ?? []).slice(0, BATCH_MAX).filter((call) => {
      bytes += JSON.stringify(call).length + 1;
      return bytes < BATCH_BYTES_MAX;
    });
  }

  #done(batch) {
    const ids = new Set(batch.map((call) => call.messageId));
    memory.set({ queue: (memory.get("queue") ?? []).filter((call) => !ids.has(call.messageId)) });
  }

  #body(batch) { return JSON.stringify({ batch, sentAt: new Date().toISOString(), writeKey: this.writeKey }); }

  /** Sends what waits; resolves when all of it is stored, or has to be tried again later. */
  flush() {
    // Who asks meanwhile waits for the same: what was queued by then goes along.
    return this.flushing ??= this.#send().finally(() => { this.flushing = null; });
  }

  async #send() {
    try {
      for (let batch = this.#batch(); batch.length; batch = this.#batch()) {
        const response = await fetch(`${this.server}/v1/batch`, {
          method: "POST", body: this.#body(batch), headers: { "content-type": "text/plain" }, keepalive: false,
          credentials: "omit",
        });
        if (response.status === 429 || response.status >= 500) throw new Error(String(response.status));
        // What was refused is in the quarantine; sending it again would change nothing.
        if (!response.ok) console.error("roost: calls were refused", response.status, await response.text());
        this.#done(batch);
        this.retryMs = 0;
      }
    } catch {
      this.retryMs = Math.min(RETRY_MS_MAX, Math.max(RETRY_MS_MIN, this.retryMs * 2));
      this.#later(this.retryMs * (0.5 + Math.random() / 2));
    }
  }

  /** The page goes: a beacon outlives it. What it cannot carry stays in the queue for the next page. */
  #leave() {
    let batch = this.#batch();
    while (batch.length && this.#body(batch).length > 60_000) batch = batch.slice(0, Math.floor(batch.length / 2));
    if (batch.length && navigator.sendBeacon?.(`${this.server}/v1/batch`, this.#body(batch))) this.#done(batch);
  }
}

/** Web push. The site serves a service worker at its own origin that holds one line:
 *  importScripts("https://roost.example/sdk/roost-sw.js"); */
class Push {
  constructor(roost) { this.roost = roost; }

  get isSupported() { return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window; }

  /** `granted`, `denied` or `default`; `unsupported` where the browser has no web push. */
  get permission() { return this.isSupported ? Notification.permission : "unsupported"; }

  /**
   * Asks the visitor and subscribes. Call it from a click: browsers ignore pages that ask unasked.
   * @param {{serviceWorker?: string}} options where the site's service worker lies
   * @returns {Promise<PushSubscription|null>} null if the visitor does not want to
   */
  async subscribe({ serviceWorker = "/roost-sw.js" } = {}) {
    if (!this.isSupported) return null;
    if (Notification.permission !== "granted" && (await Notification.requestPermission()) !== "granted") return null;
    const { server, writeKey } = this.roost;
    const response = await fetch(`${server}/v1/push-key?writeKey=${encodeURIComponent(writeKey)}`);
    if (!response.ok) throw new Error(`roost: no key for web push: ${response.status}`);
    const { publicKey } = await response.json();
    const url = new URL(serviceWorker, location.href);
    url.searchParams.set("server", server);
    url.searchParams.set("writeKey", writeKey);
    await navigator.serviceWorker.register(url);
    const registration = await navigator.serviceWorker.ready;
    const wanted = { userVisibleOnly: true, applicationServerKey: decoded(publicKey) };
    let subscription;
    try {
      subscription = await answered(() => registration.pushManager.subscribe(wanted));
    } catch (error) {
      if (error.name !== "InvalidStateError") throw error;
      // One that was made for another key would never get a message.
      await (await registration.pushManager.getSubscription())?.unsubscribe();
      subscription = await registration.pushManager.subscribe(wanted);
    }
    await this.remember();
    this.roost.identify(undefined, undefined, { context: { device: device(subscription) } });
    await this.roost.flush();
    return subscription;
  }

  /** Whoever has just signed in gets the messages of this browser's subscription, if there is one. */
  async claim() {
    await this.remember();
    try {
      const registration = await navigator.serviceWorker?.getRegistration();
      const subscription = await registration?.pushManager?.getSubscription();
      if (subscription) this.roost.identify(undefined, undefined, { context: { device: device(subscription) } });
    } catch { /* a browser without web push, or a private window */ }
  }

  /** Ends the subscription; Roost learns of it from the push service. */
  async unsubscribe() {
    const registration = await navigator.serviceWorker?.getRegistration();
    const subscription = await registration?.pushManager.getSubscription();
    return (await subscription?.unsubscribe()) ?? false;
  }

  /** Leaves the visitor's ids where the service worker finds them. */
  async remember() {
    if (!("caches" in window)) return;
    try {
      const cache = await caches.open(STORE);
      const { id, anonymousId } = this.roost.user();
      await cache.put("/roost-visitor", new Response(JSON.stringify({ userId: id, anonymousId })));
    } catch { /* forbidden in private windows */ }
  }
}

/** A browser that has just been started loses such calls: without an answer they are made again. */
async function answered(call) {
  const silence = Symbol("silence");
  for (let round = 0; round < 6; round++) {
    const answer = await Promise.race([call(), new Promise((resolve) => setTimeout(resolve, 5_000, silence))]);
    if (answer !== silence) return answer;
  }
  throw new Error("roost: the browser's push service does not answer");
}

const device = (subscription) => ({ type: "web", subscription: subscription.toJSON() });

const decoded = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

/** Messages on the site: fetched for whoever the visitor is, shown one at a time. */
class Messages {
  constructor(roost) {
    this.roost = roost;
    this.timer = 0;
    this.shown = null;
    this.every = 0;
    /** A site that shows messages in a way of its own sets a function here; it calls shown, clicked and dismissed. */
    this.onmessage = null;
  }

  /** Fetches now and every so many seconds while the page is looked at. */
  start({ every = 60 } = {}) {
    this.every = Math.max(10, every);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") this.#look(); });
    return this.#look();
  }

  /** Looks again at once, if messages are shown at all. */
  refresh() { return this.#look(); }

  stop() {
    this.every = 0;
    clearTimeout(this.timer);
    this.close();
  }

  /** What waits for the visitor: `[{id, title, body, url, button, image, alt, layout, data, state, …}]`. */
  async fetch() {
    const response = await fetch(`${this.roost.server}/v1/inbox`, this.#request({}));
    if (!response.ok) throw new Error(`roost: no messages: ${response.status}`);
    return (await response.json()).items;
  }

  markShown(id) { return this.#tell(id, "shown"); }
  clicked(id, url) { return this.#tell(id, "clicked", { url }); }
  dismissed(id) { return this.#tell(id, "dismissed"); }

  /** Takes the message away that is shown, without saying anything about it: the visitor is another one now. */
  close() {
    // A dialog that is closed, not only taken away, gives the focus back.
    this.shown?.host.shadowRoot.querySelector("dialog")?.close();
    this.shown?.host.remove();
    this.shown = null;
  }

  #identity() {
    const { id, anonymousId } = this.roost.user();
    const token = memory.get("userToken");
    return id ? { userId: id, userToken: token } : { anonymousId };
  }

  // A simple request: no call ahead that asks whether it may be made.
  #request(more) {
    return {
      method: "POST", headers: { "content-type": "text/plain" }, credentials: "omit",
      body: JSON.stringify({ writeKey: this.roost.writeKey, ...this.#identity(), ...more }),
    };
  }

  async #tell(id, what, more = {}) {
    const address = `${this.roost.server}/v1/inbox/${encodeURIComponent(id)}/${what}`;
    try { return (await fetch(address, { ...this.#request(more), keepalive: true })).ok; } catch { return false; }
  }

  async #look() {
    clearTimeout(this.timer);
    if (!this.every || document.visibilityState === "hidden") return;
    const visitor = JSON.stringify(this.#identity());
    try {
      // Who the visitor is, is told first.
      await this.roost.flush();
      const items = await this.fetch();
      if (visitor === JSON.stringify(this.#identity())) this.#offer(items);
    } catch { /* next time */ }
    if (this.every) this.timer = setTimeout(() => this.#look(), this.every * 1_000);
  }

  /** A banner stays until it is put away; what stands in the way is shown once. */
  #offer(items) {
    if (this.shown) return;
    const next = items.find((item) => item.state === "new" || (item.state === "seen" && layout(item) === "banner"));
    if (!next) return;
    if (this.onmessage) return this.onmessage(next, this);
    this.show(next);
  }

  /** Shows a message in the SDK's own way. */
  show(message) {
    this.close();
    const host = document.createElement("div");
    host.dataset.roostMessage = message.id;
    const root = host.attachShadow({ mode: "open" });
    // Sheets made by script pass policies that allow no inline style.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const box = this.#box(message);
    root.append(box);
    document.body.append(host);
    this.shown = { host, message };
    if (box.showModal) box.showModal();
    this.markShown(message.id);
    return host;
  }

  #box(message) {
    const kind = layout(message);
    const box = element(kind === "modal" ? "dialog" : "section", { class: `box ${kind}`, dir: direction() });
    const label = message.title ? "title" : "body";
    box.setAttribute("aria-labelledby", label);
    if (kind !== "modal") {
      box.setAttribute("role", "region");
      box.addEventListener("keydown", (event) => { if (event.key === "Escape") this.#dismiss(); });
    }
    // The dialog's own Escape.
    box.addEventListener("cancel", (event) => { event.preventDefault(); this.#dismiss(); });
    if (message.image && /^https?:\/\//.test(message.image)) {
      box.append(element("img", { src: message.image, alt: message.alt ?? "" }));
    }
    const text = element("div", { class: "text" });
    // Readers of the screen hear what appears without being asked for.
    if (kind !== "modal") text.setAttribute("aria-live", "polite");
    if (message.title) text.append(element("p", { id: "title", class: "title", dir: "auto" }, message.title));
    text.append(element("p", { id: "body", dir: "auto" }, message.body ?? ""));
    if (message.url && /^(https?:\/\/|\/(?![/\\]))/.test(message.url)) {
      const link = element("a", { class: "act", href: message.url }, message.button || words("open"));
      link.addEventListener("click", () => { this.clicked(message.id, message.url); this.close(); });
      text.append(link);
    }
    box.append(text);
    const button = element("button", { class: "close", type: "button", "aria-label": words("close") }, "×");
    button.addEventListener("click", () => this.#dismiss());
    box.append(button);
    return box;
  }

  #dismiss() {
    const id = this.shown?.message.id;
    this.close();
    if (id) this.dismissed(id);
  }
}

const layout = (message) => (["banner", "card", "modal"].includes(message.layout) ? message.layout : "card");

const direction = () => getComputedStyle(document.documentElement).direction;

const element = (name, attributes, text) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

const words = (word) => ({
  close: { en: "Close", ru: "Закрыть" }, open: { en: "Open", ru: "Открыть" },
})[word][(document.documentElement.lang || navigator.language).startsWith("ru") ? "ru" : "en"];

// Everything lies above the page and nothing of it moves.
const STYLE = `
:host { all: initial; }
.box { position: fixed; z-index: 2147483000; box-sizing: border-box; margin: 0; padding: 16px 48px 16px 16px;
  display: flex; gap: 16px; align-items: flex-start; border: 1px solid #8884; border-radius: 12px;
  font: 16px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff; box-shadow: 0 8px 32px #0004; }
.box[dir=rtl] { padding: 16px 16px 16px 48px; }
.card { inset-block-end: 16px; inset-inline-end: 16px; inline-size: min(360px, calc(100vw - 32px)); flex-direction: column; }
.banner { inset-block-start: 0; inset-inline: 0; border-radius: 0; align-items: center; }
.modal { inset: 0; margin: auto; inline-size: min(480px, calc(100vw - 32px)); block-size: fit-content;
  max-block-size: calc(100vh - 32px); overflow: auto; flex-direction: column; }
.modal::backdrop { background: #0008; }
.text { flex: 1; min-inline-size: 0; overflow-wrap: anywhere; }
p { margin: 0 0 8px; white-space: pre-line; }
.title { font-weight: 600; }
img { display: block; max-inline-size: 100%; max-block-size: 200px; border-radius: 8px; object-fit: cover; }
.banner img { max-block-size: 64px; max-inline-size: 96px; }
.act { display: inline-block; padding: 10px 16px; border-radius: 8px; background: #1f5fd0; color: #fff; text-decoration: none; }
.close { position: absolute; inset-block-start: 8px; inset-inline-end: 8px; inline-size: 32px; block-size: 32px; border: 0;
  border-radius: 8px; background: none; color: inherit; font: 24px/1 system-ui, sans-serif; cursor: pointer; }
.act:focus-visible, .close:focus-visible { outline: 3px solid #1f5fd0; outline-offset: 2px; }
@media (prefers-color-scheme: dark) { .box { color: #f2f2f2; background: #222; } .act { background: #8ab4f8; color: #111; } }
@media print { .box { display: none; } }
`;

const writeKey = here.searchParams.get("writeKey");
if (writeKey && typeof window !== "undefined") {
  // Calls made before this file was there: window.roost = [["track", "E"], …]
  const waiting = Array.isArray(window.roost) ? window.roost : [];
  window.roost = new Roost({ writeKey });
  for (const [name, ...values] of waiting) window.roost[name]?.(...values);
  // roost.js?writeKey=…&messages=1: messages on the site, without another line.
  if (here.searchParams.has("messages")) window.roost.messages.start();
}
