"""Web push in a real browser: Firefox subscribes through the SDK, receives Roost's message, shows the notification.

Skipped, and said so, where there is no firefox-esr (Debian's package; scripts/setup.sh firefox installs it).
"""

import json
import pathlib
import shutil
import subprocess
import time

import pytest

from api import eventually, track
from autopush import Autopush
from site_pages import Site

FIREFOX = shutil.which("firefox-esr")

PAGE = """<!doctype html><meta charset="utf-8"><title>Shop</title>
<script type="module">
  const tell = (what, more) => fetch("/report", { method: "POST", body: JSON.stringify({ what, ...more }) });
  window.addEventListener("error", (event) => tell("error", { detail: String(event.message) }));
  try {
    await import("%(sdk)s");
    roost.identify("ann", { first_name: "Ann" });
    roost.track("Product Viewed", { sku: "42" });
    const subscription = await roost.push.subscribe();
    await tell("subscribed", { endpoint: subscription && subscription.endpoint });
    const registration = await navigator.serviceWorker.ready;
    for (let round = 0; round < 600; round++) {
      const [shown] = await registration.getNotifications();
      if (shown) {
        await tell("shown", { title: shown.title, body: shown.body, data: shown.data });
        registration.active.postMessage("tap");
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } catch (error) { await tell("error", { detail: String(error) + " " + error.stack }); }
</script>"""

PREFERENCES = {
    "dom.push.enabled": True, "dom.push.connection.enabled": True, "dom.push.testing.allowInsecureServerURL": True,
    "dom.push.testing.ignorePermission": True, "permissions.default.desktop-notification": 1,
    "dom.webnotifications.requireuserinteraction": False, "dom.push.userAgentID": "",
    "browser.shell.checkDefaultBrowser": False, "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.update.enabled": False, "extensions.update.enabled": False, "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False, "browser.safebrowsing.downloads.remote.enabled": False,
    "services.settings.server": "http://127.0.0.1:9/", "alerts.useSystemBackend": False,
}


def profile(folder, push_url):
    folder.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    lines.append(f'user_pref("dom.push.serverURL", {json.dumps(push_url)});')
    (folder / "user.js").write_text("\n".join(lines) + "\n")
    return folder


@pytest.mark.seconds(180)
@pytest.mark.skipif(FIREFOX is None, reason="firefox-esr is not installed: run scripts/setup.sh firefox")
def test_firefox_shows_our_notification(sandbox, tmp_path):
    shop, service = sandbox.shop, Autopush()
    # The browser's clock is the machine's.
    sandbox.move_to(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    shop.put("channels", "browsers", {"type": "push.web", "subject": "mailto:ops@shop.example"})
    shop.put(
        "templates", "news",
        {"channel": "push", "title": "Hi {{ person.first_name }}", "body": "Привет 🎁", "url": "/new", "tag": "promo"},
    )
    shop.put(
        "journeys", "news",
        {
            "journey": "news", "enter": {"event": "Arrived"}, "again": "always", "class": "transactional",
            "steps": [{"send": {"id": "a", "channel": "push", "template": "news"}}],
        },
    )
    shop.publish("news")
    page = PAGE % {"sdk": f"{shop.url}/sdk/roost.js?writeKey={shop.write_key}"}
    # The site's own service worker imports Roost's. Nobody can tap in a browser without a screen: the worker is told so.
    worker = f'''importScripts("{shop.url}/sdk/roost-sw.js");
        self.addEventListener("message", async () => {{
          for (const notification of await self.registration.getNotifications()) {{
            self.dispatchEvent(new NotificationEvent("notificationclick", {{ notification }}));
          }}
        }});'''
    site = Site({"/": ("text/html", page), "/roost-sw.js": ("text/javascript", worker)})
    folder = profile(tmp_path / "profile", service.websocket_url)
    with open(tmp_path / "firefox.log", "wb") as log:
        browser = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--profile", str(folder), site.url], stdout=log, stderr=log,
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "MOZ_CRASHREPORTER_DISABLE": "1"},
        )
    try:
        endpoint = site.wait("subscribed", 90)["endpoint"]
        assert endpoint.startswith(service.origin)
        (device,) = shop.get("/people/user:ann/devices")["items"]
        assert device["service"] == "web" and device["token"] == endpoint
        shop.send(track("Arrived", user="ann", id="1"))
        sandbox.advance("1s")
        (message,) = shop.messages()
        assert message["status"] == "sent", (message, service.faults)
        shown = site.wait("shown")
        assert (shown["title"], shown["body"]) == ("Hi Ann", "Привет 🎁")
        assert shown["data"]["id"] == message["id"] and shown["data"]["url"] == "/new"
        assert service.faults == [] and service.posts[0]["headers"]["topic"] == "promo"
        # A tap makes the message clicked, once, by the token that it came with.
        eventually(lambda: shop.message(message["id"])["status"] == "clicked")
        (tapped,) = [e for e in shop.timeline("user:ann") if e["event"] == "Push Notification Tapped"]
        assert tapped["properties"]["message_id"] == message["id"] and tapped["properties"]["journey"] == "news"
        # The worker says that the message came, in the visitor's name.
        end = time.monotonic() + 20
        while time.monotonic() < end:
            received = [e for e in shop.timeline("user:ann") if e["event"] == "Push Notification Received"]
            if received:
                break
            time.sleep(0.2)
        assert [event["properties"]["message_id"] for event in received] == [message["id"]]
        assert {"Product Viewed"} <= {event["event"] for event in shop.timeline("user:ann")}
        # The browser is gone: the subscription goes too.
        service.gone.add(endpoint.rsplit("/", 1)[1])
        shop.send(track("Arrived", user="ann", id="2"))
        sandbox.advance("1m")
        assert shop.messages()[0]["status"] == "failed"
        assert shop.get("/people/user:ann/devices")["items"] == []
    finally:
        browser.terminate()
        browser.wait(20)
        site.server.shutdown()
        service.close()
