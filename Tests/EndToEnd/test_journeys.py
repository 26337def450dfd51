"""Journeys on simulated time, seen from outside: who gets what, when, and why."""

from api import consent, identify, track
from test_wrong_input import refusal

WELCOME = """
journey: welcome
name: Welcome
enter: { event: Signed Up }
class: marketing
holdout: 0%
steps:
  - wait: 1h
  - send: { id: hello, channel: email, template: hello }
  - wait: 2d
  - branch:
      - if: { trait: vip, is: true }
        steps: [{ send: { id: gift, channel: email, template: hello } }]
      - else: [{ set: { trait: nudged, to: true } }]
"""


def ready(shop, document=WELCOME, key="welcome"):
    shop.letter("hello", "Welcome, {{ person.first_name | default: \"friend\" }}")
    shop.put("journeys", key, document)
    return shop.publish(key)


def sign_up(shop, user, granted=True, **traits):
    answers = {} if granted is None else consent(marketing=granted)
    shop.send(identify(user, {"email": f"{user}@example.com", **traits}, context=answers), track("Signed Up", user, f"s-{user}"))


def test_waits_sends_branches(sandbox):
    shop = sandbox.shop
    assert ready(shop)["status"] == "published"
    sign_up(shop, "ann", first_name="Ann", vip=True)
    sign_up(shop, "bob")
    assert shop.messages() == []
    sandbox.advance("59m")
    assert shop.messages() == []
    assert sandbox.advance("1m") == "2026-03-01T11:00:00.000Z"
    letters = {item["person"]["userId"]: item for item in shop.messages()}
    assert set(letters) == {"ann", "bob"}
    ann = letters["ann"]
    assert (ann["journey"], ann["version"], ann["step"], ann["template"], ann["class"]) == ("welcome", 1, "hello", "hello", "marketing")
    assert (ann["status"], ann["to"], ann["subject"]) == ("sent", "ann@example.com", "Welcome, Ann")
    assert ann["scheduledAt"] == ann["sentAt"] == "2026-03-01T11:00:00.000Z"
    assert letters["bob"]["subject"] == "Welcome, friend"
    assert any("s-ann" in reason for reason in shop.message(ann["id"])["why"])

    sandbox.advance("2d")
    assert [(item["person"]["userId"], item["step"]) for item in shop.messages()][0] == ("ann", "gift")
    assert len(shop.messages()) == 3
    assert shop.person("user:bob")["traits"]["nudged"] is True
    journey = shop.get("/journeys/welcome")
    assert (journey["entered"], journey["inside"], journey["finished"], journey["messages"]) == (2, 0, 2, 3)


def test_consent_rules(sandbox):
    shop = sandbox.shop
    ready(shop)
    sign_up(shop, "yes", granted=True)
    sign_up(shop, "no", granted=False)
    sign_up(shop, "silent", granted=None)
    shop.send(identify("nowhere", context=consent(marketing=True)), track("Signed Up", "nowhere"))
    sandbox.advance("1h")
    found = {item["person"]["userId"]: (item["status"], item.get("reason")) for item in shop.messages()}
    assert found == {
        "yes": ("sent", None),
        "no": ("suppressed", "no_consent"),
        "silent": ("suppressed", "no_consent"),
        "nowhere": ("suppressed", "no_address"),
    }


def test_pausing_skips_nothing(sandbox):
    shop = sandbox.shop
    ready(shop)
    sign_up(shop, "early")
    assert shop.ask("POST", "/journeys/welcome/pause")["status"] == "paused"
    sign_up(shop, "meanwhile")
    sandbox.advance("1d")
    assert shop.messages() == []
    assert shop.get("/journeys/welcome")["inside"] == 2
    assert shop.ask("POST", "/journeys/welcome/resume")["status"] == "published"
    sandbox.advance("1h")
    assert {item["person"]["userId"] for item in shop.messages()} == {"early", "meanwhile"}


def test_a_run_keeps_its_version(sandbox):
    shop = sandbox.shop
    ready(shop)
    sign_up(shop, "old")
    changed = WELCOME.replace("wait: 1h", "wait: 5h")
    shop.put("journeys", "welcome", changed)
    assert shop.get("/journeys/welcome")["published"] == 1
    problem = refusal(shop.call("POST", "/journeys/welcome/publish"), 409, "conflict")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/inside"]
    shop.put("journeys", "welcome", "inside: pin\n" + changed)
    assert shop.publish("welcome")["published"] == 3
    sign_up(shop, "new")
    sandbox.advance("1h")
    assert [(item["person"]["userId"], item["version"]) for item in shop.messages()] == [("old", 1)]
    sandbox.advance("4h")
    assert {(item["person"]["userId"], item["version"]) for item in shop.messages()} == {("old", 1), ("new", 3)}


def test_people_inside_go_on_in_the_new_version(sandbox):
    shop = sandbox.shop
    ready(shop)
    sign_up(shop, "ann")
    changed = WELCOME.replace("wait: 1h", "wait: 5h")
    shop.put("journeys", "welcome", "inside: migrate\n" + changed)
    assert shop.publish("welcome")["published"] == 2
    sandbox.advance("4h")
    assert shop.messages() == []
    sandbox.advance("1h")
    assert [(item["step"], item["version"]) for item in shop.messages()] == [("hello", 2)]


CART = """
journey: cart
enter: { event: Checkout Started }
per: cart_id
holdout: 0%
goal: { event: Order Refunded }
steps:
  - waitFor: { event: Order Completed, match: { cart_id: same }, within: 1h }
    then: [{ send: { id: thanks, channel: email, template: hello } }]
    else: [{ send: { id: forgotten, channel: email, template: hello } }]
"""


def test_each_cart_waits_for_its_own_order(sandbox):
    shop = sandbox.shop
    ready(shop, CART, "cart")
    shop.send(identify("ann", {"email": "ann@example.com"}, context=consent(marketing=True)))
    for cart in ("a", "b", "c"):
        shop.send(track("Checkout Started", "ann", properties={"cart_id": cart}))
    assert shop.get("/journeys/cart")["inside"] == 3
    shop.send(track("Order Completed", "ann", properties={"cart_id": "b"}))
    assert [item["step"] for item in shop.messages()] == ["thanks"]
    sandbox.advance("2h")
    assert sorted(item["step"] for item in shop.messages()) == ["forgotten", "forgotten", "thanks"]
    # Too late: what was decided stays.
    shop.send(track("Order Completed", "ann", properties={"cart_id": "a"}))
    assert len(shop.messages()) == 3
    shop.send(track("Checkout Started", "ann", properties={"cart_id": "d"}), track("Order Refunded", "ann"))
    journey = shop.get("/journeys/cart")
    assert (journey["entered"], journey["inside"], journey["goals"]) == (4, 0, 1)


def test_entering_by_a_call(sandbox):
    shop = sandbox.shop
    ready(shop, WELCOME.replace("enter: { event: Signed Up }", "enter: api"))
    shop.send(identify("ann", {"email": "ann@example.com"}, context=consent(marketing=True)))
    entry = {"person": "user:ann", "properties": {"plan": "pro"}, "messageId": "call-1"}
    assert shop.ask("POST", "/journeys/welcome/enter", entry)["entered"] is True
    assert shop.ask("POST", "/journeys/welcome/enter", entry)["entered"] is False
    assert [item["event"] for item in shop.timeline("user:ann") if item["type"] == "track"] == ["Journey Requested"]
    sandbox.advance("1h")
    assert [item["step"] for item in shop.messages()] == ["hello"]
    problem = refusal(shop.call("POST", "/journeys/welcome/enter", {"person": "user:bob"}), 404, "not_found")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/person"]
    refusal(shop.call("POST", "/journeys/welcome/enter", {"who": 1}), 400, "invalid_request")
    refusal(shop.call("POST", "/journeys/none/enter", entry), 404, "not_found")


def test_a_schedule_by_local_clocks(sandbox):
    shop = sandbox.shop
    shop.send(identify("rome", {"email": "r@example.com", "timezone": "Europe/Rome"}, context=consent(marketing=True)))
    shop.send(identify("tokyo", {"email": "t@example.com", "country": "JP"}, context=consent(marketing=True)))
    ready(shop, {
        "journey": "daily", "enter": {"schedule": "0 9 * * *"}, "again": "always", "holdout": "0%",
        "steps": [{"send": {"id": "news", "channel": "email", "template": "hello"}}],
    }, "daily")
    sandbox.move_to("2026-03-02T09:30:00Z")
    assert {item["person"]["userId"]: item["scheduledAt"] for item in shop.messages()} == {
        "tokyo": "2026-03-02T00:00:00.000Z", "rome": "2026-03-02T08:00:00.000Z",
    }


def test_some_are_held_out(sandbox):
    shop = sandbox.shop
    ready(shop, WELCOME.replace("holdout: 0%", "holdout: 50%"))
    for number in range(40):
        sign_up(shop, f"u-{number}")
    sandbox.advance("1h")
    journey = shop.get("/journeys/welcome")
    assert journey["entered"] == 40 and 5 <= journey["heldOut"] <= 35
    assert len(shop.messages()) == 40 - journey["heldOut"]


def test_archiving_sends_nothing_more(sandbox):
    shop = sandbox.shop
    ready(shop)
    sign_up(shop, "ann")
    assert shop.ask("POST", "/journeys/welcome/archive")["status"] == "archived"
    sign_up(shop, "bob")
    sandbox.advance("10d")
    assert shop.messages() == []
    assert shop.get("/journeys/welcome")["inside"] == 0


def test_time_alone_brings_people_into_a_segment(sandbox):
    shop = sandbox.shop
    shop.put(
        "segments",
        "lapsing",
        {"segment": "lapsing", "all": [{"event": "Order Completed"}, {"not": {"event": "Order Completed", "within": "30d"}}]},
    )
    winback = {
        "journey": "winback",
        "enter": {"segment": "lapsing"},
        "class": "transactional",
        "exit": [{"event": "Order Completed"}],
        "steps": [{"wait": "10m"}, {"send": {"id": "miss-you", "channel": "email", "template": "hello"}}],
    }
    ready(shop, winback, "winback")
    shop.send(identify("ann", {"email": "ann@example.com"}), track("Order Completed", "ann", properties={"total": 5, "currency": "EUR"}))
    shop.send(identify("bob", {"email": "bob@example.com"}), track("Order Completed", "bob", properties={"total": 5, "currency": "EUR"}))
    sandbox.move_to("2026-03-31T09:59:59.000Z")
    assert shop.get("/segments/lapsing")["count"] == 0
    sandbox.move_to("2026-03-31T10:05:00Z")
    assert shop.get("/segments/lapsing")["count"] == 2
    # Bob comes back in the ten minutes of grace.
    shop.send(track("Order Completed", "bob", properties={"total": 5, "currency": "EUR"}))
    assert shop.get("/segments/lapsing")["count"] == 1
    sandbox.advance("1h")
    assert [item["person"]["userId"] for item in shop.messages()] == ["ann"]


def test_an_anonymous_visit_counts_after_the_sign_up(sandbox):
    shop = sandbox.shop
    ready(shop, {
        "journey": "welcome",
        "enter": {"event": "Order Completed"},
        "class": "transactional",
        "steps": [
            {
                "branch": [
                    {"if": {"event": "Product Viewed", "count": {"atLeast": 2}}, "steps": [{"send": {"id": "fan", "channel": "email", "template": "hello"}}]},
                    {"else": [{"send": {"id": "new", "channel": "email", "template": "hello"}}]},
                ]
            }
        ],
    })
    shop.send(track("Product Viewed", anonymousId="a", id="1"), track("Product Viewed", anonymousId="a", id="2"))
    shop.send(identify("u", {"email": "u@example.com"}, anonymousId="a"), track("Order Completed", "u"))
    assert [item["step"] for item in shop.messages()] == ["fan"]


def test_wrong_documents_are_answered_with_every_fault(sandbox):
    shop = sandbox.shop
    wrong = {"journey": "x", "enter": {"event": ""}, "class": "urgent", "steps": [{"wait": "soon"}, {"send": {"id": "a"}}, {"fly": 1}]}
    problem = refusal(shop.call("PUT", "/journeys/x", wrong), 400, "invalid_request")
    pointers = {fault["pointer"] for fault in problem["errors"]}
    assert {"/class", "/steps/0/wait"} <= pointers and any(pointer.startswith("/steps/2") for pointer in pointers), pointers
    unknown = {"journey": "x", "enter": {"segment": "none"}, "steps": [{"send": {"id": "a", "channel": "email", "template": "none"}}]}
    shop.put("journeys", "x", unknown)
    problem = refusal(shop.call("POST", "/journeys/x/publish"), 400, "invalid_request")
    assert {"/enter/segment", "/steps/0/send/template"} <= {fault["pointer"] for fault in problem["errors"]}
    refusal(shop.call("POST", "/journeys/x/pause"), 409, "conflict")
    refusal(shop.call("POST", "/journeys/x/launch"), 404, "not_found")


def test_the_clock_runs_forward_only(sandbox):
    assert sandbox.now() == "2026-03-01T10:00:00.000Z"
    assert sandbox.advance("90s") == "2026-03-01T10:01:30.000Z"
    for wrong in ({"to": "2026-02-01T00:00:00Z"}, {"advance": "-2h"}, {"advance": 7}, {"to": "tomorrow"}, {}):
        refusal(sandbox.operator.call("POST", "/clock", wrong), 400, "invalid_request")
    assert sandbox.now() == "2026-03-01T10:01:30.000Z"


def test_messages_filters_and_pages(sandbox):
    shop = sandbox.shop
    ready(shop)
    for number in range(12):
        sign_up(shop, f"u-{number}", granted=number % 3 != 0)
    sandbox.advance("1h")
    everything = shop.messages()
    assert len(everything) == 12
    assert [item["id"] for item in shop.pages("/messages", limit=5)] == [item["id"] for item in everything]
    assert len(shop.messages(status="suppressed")) == 4
    assert [item["person"]["userId"] for item in shop.messages(person="user:u-7")] == ["u-7"]
    assert len(shop.messages(journey="welcome")) == 12 and shop.messages(journey="other") == []
    assert shop.messages(since="2026-03-02T00:00:00Z") == []
    refusal(shop.call("GET", "/messages", status="posted"), 400, "invalid_request")
    refusal(shop.call("GET", "/messages", since="today"), 400, "invalid_request")
