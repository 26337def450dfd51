"""Messages on a site in a real browser: Firefox fetches them through the SDK, under a policy that allows no inline style
or script, and shows them where they disturb nothing.

Skipped, and said so, where there is no firefox-esr (Debian's package; scripts/setup.sh firefox installs it).
"""

import hashlib
import hmac
import subprocess
import time

import pytest

from api import eventually, identify, track
from site_pages import Site
from test_browser_push import FIREFOX, profile

SECRET = "0123456789abcdef0123456789abcdef"
PAGE = """<!doctype html><html lang="ru" dir="rtl"><meta charset="utf-8"><title>Shop</title>
<body><h1 id="top">Shop</h1><p>Text</p><button id="before">Before</button><script type="module" src="/page.js"></script>"""
SCRIPT = """
const tell = (what, more) => fetch("/report", { method: "POST", body: JSON.stringify({ what, ...more }) });
document.addEventListener("securitypolicyviolation", (event) => tell("error", { detail: event.violatedDirective + event.blockedURI }));
const until = async (test) => { for (let i = 0; i < 300; i++) { const found = test(); if (found) return found;
  await new Promise((resolve) => setTimeout(resolve, 100)); } throw new Error("never: " + test); };
const place = () => JSON.stringify([document.getElementById("top").getBoundingClientRect(), document.body.scrollHeight, document.body.scrollWidth]);
const host = () => document.querySelector("[data-roost-message]");
const look = () => { const box = host().shadowRoot.querySelector(".box"), rect = box.getBoundingClientRect(), style = getComputedStyle(box);
  return { id: host().dataset.roostMessage, tag: box.localName, role: box.getAttribute("role"), dir: box.dir, text: box.textContent,
    named: host().shadowRoot.getElementById(box.getAttribute("aria-labelledby"))?.textContent, position: style.position, left: rect.left,
    right: innerWidth - rect.right, top: rect.top, close: box.querySelector("button").getAttribute("aria-label"),
    link: box.querySelector("a")?.getAttribute("href"), scripts: box.querySelectorAll("script, b").length,
    focused: host().shadowRoot.activeElement?.localName ?? null }; };
try {
  await import("%(sdk)s");
  document.getElementById("before").focus();
  const before = place();
  roost.identify("ann", {}, { userToken: "%(token)s" });
  await roost.messages.start({ every: 10 });
  await until(host);
  await tell("modal", { ...look(), moved: place() !== before });
  host().shadowRoot.querySelector("dialog").dispatchEvent(new Event("cancel", { cancelable: true }));
  await until(() => !host());
  await tell("closed", { focus: document.activeElement.id });
  await tell("next", {});
  await until(host);
  await tell("card", { ...look(), moved: place() !== before });
  const link = host().shadowRoot.querySelector("a");
  link.addEventListener("click", (event) => event.preventDefault());
  link.click();
  await until(() => !host());
  await tell("clicked", {});
  await until(host);
  await tell("banner", { ...look(), moved: place() !== before });
  host().shadowRoot.querySelector(".box").dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  await until(() => !host());
  roost.reset();
  await tell("done", { items: await roost.messages.fetch() });
} catch (error) { await tell("error", { detail: String(error) + " " + error.stack }); }
"""


@pytest.mark.seconds(180)
@pytest.mark.skipif(FIREFOX is None, reason="firefox-esr is not installed: run scripts/setup.sh firefox")
def test_firefox_shows_messages_on_the_site(sandbox, tmp_path):
    shop = sandbox.shop
    sandbox.move_to(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    shop.put("channels", "site", {"type": "inapp", "secret": SECRET})
    for layout in ["modal", "card", "banner"]:
        shop.put("templates", layout, {"channel": "inapp", "title": f"{layout} <b>&", "body": "{{ event.text }}", "layout": layout,
                                       "url": "/sale", "button": "See"})
        shop.put("journeys", layout, {"journey": layout, "enter": {"event": layout}, "class": "transactional",
                                      "steps": [{"send": {"id": "a", "channel": "inapp", "template": layout}}]})
        shop.publish(layout)
    shop.send(identify("ann"), track("modal", "ann", "1", properties={"text": "<script>alert(1)</script>"}))
    sandbox.advance("1s")
    token = hmac.new(SECRET.encode(), b"ann", hashlib.sha256).hexdigest()
    script = SCRIPT % {"sdk": f"{shop.url}/sdk/roost.js?writeKey={shop.write_key}", "token": token}
    policy = f"default-src 'none'; script-src 'self' {shop.url}; connect-src 'self' {shop.url}; style-src 'self'; img-src 'self'"
    site = Site(
        {"/": ("text/html", PAGE), "/page.js": ("text/javascript", script)}, {"Content-Security-Policy": policy})
    folder = profile(tmp_path / "profile", "ws://127.0.0.1:9/")
    with open(tmp_path / "firefox.log", "wb") as log:
        browser = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--profile", str(folder), site.url], stdout=log, stderr=log,
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "MOZ_CRASHREPORTER_DISABLE": "1"})
    try:
        status = lambda id: shop.message(id)["status"]
        modal = site.wait("modal", 90)
        assert modal["tag"] == "dialog" and modal["named"] == "modal <b>&" and not modal["moved"]
        assert modal["dir"] == "rtl" and modal["close"] == "Закрыть" and modal["link"] == "/sale" and modal["scripts"] == 0
        assert "<script>alert(1)</script>" in modal["text"] and modal["focused"] in ("a", "button")
        assert site.wait("closed")["focus"] == "before"
        eventually(lambda: status(modal["id"]) == "opened")
        eventually(lambda: "In-App Dismissed" in [e["event"] for e in shop.timeline("user:ann")])
        site.wait("next")
        shop.send(track("card", "ann", "2", properties={"text": "two"}))
        sandbox.advance("1s")
        card = site.wait("card")
        assert card["role"] == "region" and card["position"] == "fixed" and not card["moved"]
        # In a page that is read from right to left the corner is the left one.
        assert card["left"] == 16 and card["focused"] is None
        site.wait("clicked")
        eventually(lambda: status(card["id"]) == "clicked")
        shop.send(track("banner", "ann", "3", properties={"text": "three"}))
        sandbox.advance("1s")
        banner = site.wait("banner")
        assert banner["top"] == 0 and banner["left"] == 0 and banner["right"] <= 20 and not banner["moved"]
        # Who signed out leaves nothing behind.
        assert site.wait("done")["items"] == []
    finally:
        browser.terminate()
        browser.wait(20)
        site.server.shutdown()
