"""Caps and quiet hours, seen from outside: over HTTP, with a hundred clients at once."""

import collections
import concurrent.futures

from api import consent, identify, track
from test_wrong_input import refusal

NUDGE = """
journey: nudge
enter: { event: Seen }
again: always
holdout: 0%
steps:
  - send: { id: hello, channel: email, template: hello }
"""


def ready(shop, policies):
    shop.letter("hello", "Hello")
    answer = shop.ask("PUT", "/policies", policies)
    shop.put("journeys", "nudge", NUDGE)
    shop.publish("nudge")
    return answer


def known(shop, user, **traits):
    shop.send(identify(user, {"email": f"{user}@example.com", **traits}, context=consent(marketing=True)))


def fates(shop):
    return collections.Counter(item.get("reason", item["status"]) for item in shop.messages())


def test_a_hundred_at_once(sandbox):
    shop = sandbox.shop
    answer = ready(shop, {"caps": [{"max": 3, "per": "7d", "over": "skip"}]})
    assert (answer["version"], answer["definition"]["caps"][0]["max"]) == (1, 3)
    known(shop, "ann")
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda number: shop.send(track("Seen", "ann", f"m-{number}")), range(100)))
    assert fates(shop) == {"sent": 3, "frequency_cap": 97}
    sandbox.advance("7d")
    shop.send(track("Seen", "ann"))
    assert fates(shop) == {"sent": 4, "frequency_cap": 97}


def test_nights_of_people(sandbox):
    shop = sandbox.shop
    ready(shop, {"quietHours": {"from": "21:00", "to": "09:00", "over": "skip"}})
    # 10:00 UTC: noon in Rome, half past three in the afternoon in Kolkata, two in the morning in Los Angeles.
    known(shop, "rome", timezone="Europe/Rome")
    known(shop, "kolkata", country="India")
    known(shop, "angeles", timezone="America/Los_Angeles")
    for user in ("rome", "kolkata", "angeles"):
        shop.send(track("Seen", user))
    found = {item["person"]["userId"]: item for item in shop.messages()}
    assert {user: item["status"] for user, item in found.items()} == {"rome": "sent", "kolkata": "sent", "angeles": "suppressed"}
    assert found["angeles"]["reason"] == "quiet_hours"
    why = shop.message(found["angeles"]["id"])["why"]
    assert "time zone America/Los_Angeles, by the trait timezone" in why


def test_what_is_wrong_with_policies(sandbox):
    shop = sandbox.shop
    assert shop.get("/policies") == {"key": "policies", "version": 0, "definition": {"caps": [], "globalHoldout": "0%"}}
    wrong = {"caps": [{"max": 0, "per": "soon"}], "quietHours": {"from": "9", "to": "10:00"}}
    problem = refusal(shop.call("PUT", "/policies", wrong), 400, "invalid_request")
    assert [error["pointer"] for error in problem["errors"]] == ["/caps/0/max", "/caps/0/per", "/quietHours/from"]
    assert shop.get("/policies")["version"] == 0
    body = "caps:\n  - { max: 2, per: 1 day, window: calendar }\nquietHours: { from: '22:00', to: '08:00' }\n"
    assert shop.ask("PUT", "/policies", body, kind="application/yaml")["version"] == 1
    assert shop.ask("PUT", "/policies", body, kind="application/yaml")["version"] == 1
