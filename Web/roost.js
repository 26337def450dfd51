// Roost's browser SDK: what people do on a site, sent to Roost; and web push for those who want it.
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
    if (!memory.get("anonymousId")) memory.set({ anonymousId: uuid() });
    addEventListener("pagehide", () => this.#leave());
    addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.#leave(); });
    addEventListener("online", () => this.flush());
    if (memory.get("queue")?.length) this.#later(0);
  }

  /** Who the visitor is; with traits alone: what is known of them. */
  identify(userId, traits, options) {
    if (userId && typeof userId === "object") return this.identify(undefined, userId, traits);
    const known = memory.get("userId");
    // Another person at the same browser is not the one before.
    if (userId && known && known !== String(userId)) this.reset();
    if (userId) memory.set({ userId: String(userId) });
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
    memory.set({ userId: undefined, traits: undefined, groupId: undefined, anonymousId: uuid() });
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

const writeKey = here.searchParams.get("writeKey");
if (writeKey && typeof window !== "undefined") {
  // Calls made before this file was there: window.roost = [["track", "E"], …]
  const waiting = Array.isArray(window.roost) ? window.roost : [];
  window.roost = new Roost({ writeKey });
  for (const [name, ...values] of waiting) window.roost[name]?.(...values);
}
