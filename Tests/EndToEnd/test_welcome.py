"""Lists of addresses, double opt-in, the choice of frequency, best hour and signed reasons, seen from outside."""

import json
import re
import subprocess

import requests

from api import consent, identify, track
from server import binary
from test_hosted import BROWSER

NUDGE = """
journey: nudge
enter: { event: Seen }
again: always
holdout: 0%
steps:
  - send: { id: hello, channel: email, template: hello }
"""


def ready(shop, policies=None, file=NUDGE, key="nudge"):
    shop.letter("hello", "Hello")
    if policies is not None:
        shop.ask("PUT", "/policies", policies)
    shop.put("journeys", key, file)
    shop.publish(key)


def known(shop, user, marketing=True, **traits):
    shop.send(identify(user, {"email": f"{user}@example.com", **traits}, context=consent(marketing=True) if marketing else {}))


def last(shop, **wanted):
    """The newest message; the tests move the clock before each."""
    items = [item for item in shop.messages() if all(item.get(key) == value for key, value in wanted.items())]
    return shop.message(items[0]["id"])


def test_a_list_of_addresses(sandbox):
    shop = sandbox.shop
    ready(shop)
    for user in ("ann", "bob"):
        known(shop, user)
    row = shop.ask("POST", "/suppressions", {"channel": "email", "address": "ann@example.com", "detail": "asked by phone"})
    assert (row["address"], row["reason"]) == ("ann@example.com", "manual")
    answer = shop.ask("POST", "/suppressions/import", {"items": [{"address": "bob@example.com", "reason": "bounced"}, {"address": "no address"}, {"address": "new@example.com", "reason": "complained"}]})
    assert answer["added"] == 2 and answer["rejected"][0]["pointer"] == "/items/1/address"
    assert {item["address"] for item in shop.get("/suppressions")["items"]} == {"ann@example.com", "bob@example.com", "new@example.com"}
    assert [item["address"] for item in shop.get("/suppressions", reason="bounced")["items"]] == ["bob@example.com"]
    # Pages of one: each once.
    assert sorted(item["address"] for item in shop.pages("/suppressions", limit=1)) == ["ann@example.com", "bob@example.com", "new@example.com"]
    assert "bob@example.com,bounced" in shop.call("GET", "/suppressions", format="csv").text
    for user, reason in (("ann", "blocked"), ("bob", "bounced_before")):
        sandbox.advance("1s")
        shop.send(track("Seen", user))
        assert last(shop, status="suppressed")["reason"] == reason
    assert [shop.call("DELETE", "/suppressions/email:ann@example.com").status_code for _ in range(2)] == [204, 404]
    sandbox.advance("1s")
    shop.send(track("Seen", "ann", "again"))
    assert last(shop)["status"] == "sent"
    assert [item["properties"]["cause"] for item in shop.timeline("user:ann") if item["type"] == "suppression"] == ["lifted", "manual"]
    assert any(item["action"] == "suppression.lifted" for item in shop.get("/audit")["items"])


def test_confirming(sandbox):
    shop = sandbox.shop
    ready(shop, {"doubleOptIn": ["email"]})
    known(shop, "ann", language="ru")
    asked = last(shop, step="confirm-email")
    shop.ask("PUT", "/people/user:ann/consents", {"consents": {"marketing.email": True}})
    assert [item["purpose"] for item in shop.get("/people/user:ann/consents")["items"] if item.get("pending")] == ["marketing.email"]
    assert (asked["class"], asked["status"]) == ("transactional", "sent") and "Подтвердите" in asked["subject"]
    shop.send(track("Seen", "ann"))
    assert last(shop, step="hello")["reason"] == "unconfirmed"
    [url] = set(re.findall(r"https?://\S+/confirm/[\w-]+", asked["text"]))
    for headers in (BROWSER, {"User-Agent": "scanner"}):
        page = requests.get(url, headers=headers, timeout=10)
        assert page.status_code == 200 and '<form method="post">' in page.text and "<script" not in page.text and len(page.content) < 30_000
        assert "ann" not in page.text
    sandbox.advance("1s")
    shop.send(track("Seen", "ann", "looked"))
    assert last(shop, step="hello")["reason"] == "unconfirmed", "looking confirms nothing"
    for _ in range(2):
        page = requests.post(url, headers={**BROWSER, "Accept-Language": "ru"}, timeout=10)
        assert page.status_code == 200 and "подтверждена" in page.text
    receipts = {item["purpose"]: item for item in shop.get("/people/user:ann/consents")["items"]}
    assert receipts["marketing.email.confirmed"]["source"] == "double_opt_in"
    sandbox.advance("1s")
    shop.send(track("Seen", "ann", "confirmed"))
    assert last(shop, step="hello")["status"] == "sent"
    # Made up, cut off, and for another purpose: one answer.
    answers = {requests.post(bad, headers=BROWSER, timeout=10).text for bad in (url[:-3], url.rsplit("/", 1)[0] + "/AAAA")}
    assert len(answers) == 1 and requests.get(url[:-3], headers=BROWSER, timeout=10).status_code == 404


def test_how_often(sandbox):
    shop = sandbox.shop
    ready(shop)
    shop.letter("letter", "Letter", text="{{ preferences_url }}")
    shop.put("journeys", "first", NUDGE.replace("nudge", "first").replace("Seen", "First").replace("template: hello", "template: letter"))
    shop.publish("first")
    known(shop, "ann")
    shop.send(track("First", "ann"))
    [url] = re.findall(r"https?://\S+/p/[\w-]+", last(shop)["text"])
    page = requests.get(url, headers={**BROWSER, "Accept-Language": "en"}, timeout=10)
    assert 'type="radio"' in page.text and "At most once a week" in page.text and len(page.content) < 30_000 and "<script" not in page.text
    boxes = re.findall(r'name="on" value="([^"]+)" checked', page.text)
    page = requests.post(url, data=[("on", box) for box in boxes] + [("frequency", "weekly"), ("do", "save")], headers=BROWSER, timeout=10)
    assert re.search(r'value="weekly"\s*checked', page.text)
    fates = []
    sandbox.advance("1s")
    for number in range(3):
        shop.send(track("Seen", "ann", f"seen-{number}"))
        message = last(shop)
        fates.append(message.get("reason", message["status"]))
        sandbox.advance("4d")
    assert fates == ["sent", "frequency_cap", "sent"]
    assert any("the person's own cap" in line for line in shop.message(shop.messages()[0]["id"])["why"])


def test_best_hour_and_signed_reasons(sandbox, tmp_path):
    shop = sandbox.shop
    file = NUDGE.replace("Seen", "Ordered").replace("steps:\n", "steps:\n  - wait: { until: best hour, within: 24h }\n")
    ready(shop, file=file)
    known(shop, "ann", timezone="Europe/Rome")
    for day in range(6):
        # 19:30 in Rome.
        at = f"2026-03-{10 + day:02d}T18:30:00Z"
        sandbox.move_to(at)
        shop.send(track("Seen", "ann", f"visit-{day}"))
    sandbox.move_to("2026-03-16T08:00:00Z")
    shop.send(track("Ordered", "ann"))
    assert not [item for item in shop.messages() if item["status"] == "sent"]
    sandbox.advance("24h")
    message = last(shop)
    assert message["scheduledAt"].startswith("2026-03-16T18:00:00")
    assert message["reasons"]["bestHour"]["basis"] == "person"
    signed = shop.get(f"/messages/{message['id']}/why")
    record = signed["record"]
    assert (record["format"], record["trigger"]["event"], record["entry"]) == (2, "Ordered", 1)
    assert record["consent"]["purpose"] == "marketing" and record["bestHour"]["hoursSeen"] >= 6
    file = tmp_path / "why.json"
    for change, code in ((lambda text: text, 0), (lambda text: text.replace("Ordered", "Bought"), 1)):
        file.write_text(change(json.dumps(signed)))
        assert subprocess.run([binary(), "why", "verify", str(file)], capture_output=True, timeout=20).returncode == code
