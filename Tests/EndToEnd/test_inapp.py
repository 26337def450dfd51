"""Messages on a site or in an app: kept for the person, read by nobody else, shown until they are put away."""

import hashlib
import hmac
import json
import time

import pytest
import requests

from api import Refused, identify, track

SECRET = "0123456789abcdef0123456789abcdef"


def token(user, until=None, secret=SECRET):
    signed = user if until is None else f"{user}.{until}"
    code = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
    return code if until is None else f"{until}.{code}"


@pytest.fixture
def shop(sandbox):
    shop = sandbox.shop
    sandbox.move_to("2026-03-01T10:00:00Z")
    shop.put("channels", "site", {"type": "inapp", "secret": SECRET, "ttl": "3d", "openMax": 2})
    shop.put("templates", "hello", {"channel": "inapp", "title": "Hi {{ person.first_name | default: 'you' }}", "body": "{{ event.text }}",
                                    "url": "/sale", "button": "See", "layout": "banner", "data": '{"n": "{{ event.text }}"}'})
    for key, messageClass in [("promo", "marketing"), ("order", "transactional")]:
        shop.put("journeys", key, {"journey": key, "enter": {"event": key}, "again": "always", "class": messageClass, "holdout": "0%",
                                   "steps": [{"send": {"id": "a", "channel": "inapp", "template": "hello"}}]})
        shop.publish(key)
    return shop


def fetch(shop, **identity):
    response = requests.post(f"{shop.url}/v1/inbox", data=json.dumps({"writeKey": shop.write_key, **identity}),
                             headers={"content-type": "text/plain"}, timeout=9)
    assert response.headers["access-control-allow-origin"] == "*" and "no-store" in response.headers["cache-control"]
    return response


def items(shop, **identity):
    response = fetch(shop, **identity)
    assert response.status_code == 200, response.text
    return response.json()["items"]


def report(shop, id, what, **identity):
    return requests.post(f"{shop.url}/v1/inbox/{id}/{what}", data=json.dumps({"writeKey": shop.write_key, **identity}), timeout=9).status_code


def test_a_message_waits_is_shown_and_put_away(sandbox, shop):
    ann = {"userId": "ann", "userToken": token("ann")}
    shop.send(identify("ann", {"first_name": "Ann"}, context={"consent": {"categoryPreferences": {"marketing": True}}}),
              track("promo", "ann", "1", properties={"text": "a\"b"}))
    sandbox.advance("1s")
    (message,) = shop.messages()
    assert message["status"] == "sent" and message["channel"] == "inapp", message
    (item,) = items(shop, **ann)
    assert item["id"] == message["id"] and item["state"] == "new" and item["layout"] == "banner"
    assert (item["title"], item["body"], item["url"], item["data"]) == ("Hi Ann", 'a"b', "/sale", {"n": 'a"b'})
    assert report(shop, item["id"], "shown", **ann) == 204
    assert items(shop, **ann)[0]["state"] == "seen" and shop.message(item["id"])["status"] == "opened"
    assert report(shop, item["id"], "clicked", url="/sale", **ann) == 204
    assert shop.message(item["id"])["status"] == "clicked"
    assert report(shop, item["id"], "dismissed", **ann) == 204 and items(shop, **ann) == []
    assert shop.message(item["id"])["status"] == "clicked"
    events = [event["event"] for event in shop.timeline("user:ann")]
    assert {"In-App Opened", "In-App Clicked", "In-App Dismissed"} <= set(events)
    # The same for an app, by GET.
    shop.send(track("order", "ann", "2", properties={"text": "paid"}))
    sandbox.advance("1s")
    answer = requests.get(f"{shop.url}/v1/inbox", params={"userId": "ann"}, auth=(shop.write_key, ""),
                          headers={"X-Roost-User-Token": ann["userToken"]}, timeout=9)
    assert [item["body"] for item in answer.json()["items"]] == ["paid"]


def test_nobody_reads_what_is_somebody_elses(sandbox, shop):
    shop.send(identify("ann", {"email": "ann@shop.example"}, anonymousId="ann-browser"),
              track("order", "ann", "1", properties={"text": "secret"}))
    sandbox.advance("1s")
    (message,) = shop.messages()
    own = {"userId": "ann", "userToken": token("ann")}
    assert len(items(shop, **own)) == 1
    # Saying so is not enough, whichever way it is said; a write key is public.
    assert fetch(shop, userId="ann").json() == {"items": [], "needsUserToken": True}
    assert fetch(shop, anonymousId="ann-browser").json() == {"items": [], "needsUserToken": True}
    requests.post(f"{shop.url}/v1/identify", json={"userId": "ann", "anonymousId": "thief"}, auth=(shop.write_key, ""), timeout=9)
    requests.post(f"{shop.url}/v1/identify", json={"anonymousId": "thief-2", "traits": {"email": "ann@shop.example"}},
                  auth=(shop.write_key, ""), timeout=9)
    assert items(shop, anonymousId="thief") == [] and items(shop, anonymousId="thief-2") == []
    until = int(time.mktime((2026, 3, 2, 0, 0, 0, 0, 0, 0)))
    assert len(items(shop, userId="ann", userToken=token("ann", until))) == 1
    for wrong in [token("bob"), token("ann", secret="x" * 32), token("ann", 1_700_000_000), "", "x", token("ann")[:-1] + "g",
                  f"{until}." + token("ann")]:
        answer = fetch(shop, userId="ann", userToken=wrong)
        assert answer.status_code == 401 or answer.json()["items"] == [], wrong
    for thief in [{"anonymousId": "thief"}, {"userId": "bob", "userToken": token("bob")}, {"userId": "ann"}]:
        assert report(shop, message["id"], "dismissed", **thief) == 404
    assert report(shop, message["id"], "eaten", **own) == 404 and report(shop, "0" * 32, "shown", **own) == 404
    assert len(items(shop, **own)) == 1
    assert fetch(shop, writeKey="wk_nobody", **own).status_code == 401
    # Another workspace's key opens nothing here, and its people are others.
    assert requests.options(f"{shop.url}/v1/inbox", timeout=9).status_code == 204


def test_visitors_limits_and_time(sandbox, shop):
    grant = {"consent": {"categoryPreferences": {"marketing": True}}}
    shop.send({"type": "identify", "anonymousId": "v1", "traits": {}, "context": grant})
    for number in range(4):
        shop.send({"type": "track", "event": "promo", "anonymousId": "v1", "properties": {"text": str(number)}})
        sandbox.advance("1m")
    shop.send({"type": "track", "event": "order", "anonymousId": "v1", "properties": {"text": "order"}})
    sandbox.advance("1m")
    # Transactional first, then the newest; no more than the channel says.
    assert [item["body"] for item in items(shop, anonymousId="v1")] == ["order", "3"]
    assert items(shop, anonymousId="v2") == []
    first = items(shop, anonymousId="v1")[0]
    assert report(shop, first["id"], "dismissed", anonymousId="v1") == 204
    assert [item["body"] for item in items(shop, anonymousId="v1")] == ["3", "2"]
    sandbox.advance("3d")
    assert items(shop, anonymousId="v1") == []
    # No consent: nothing. No browser and no user: no address.
    shop.send(track("promo", "dan", "d", properties={"text": "x"}))
    sandbox.advance("1s")
    assert shop.messages(person="user:dan")[0]["reason"] == "no_consent"
    shop.send({"type": "identify", "traits": {"email": "eve@shop.example"}, "context": grant},
              {"type": "track", "event": "order", "context": {"traits": {"email": "eve@shop.example"}}, "properties": {"text": "x"}})
    sandbox.advance("1s")
    assert shop.messages(person="email:eve@shop.example")[0]["reason"] == "no_address"


def test_mistakes_are_named(shop):
    for change, pointer in [({"secret": "short"}, "/secret"), ({"ttl": "9y"}, "/ttl"), ({"openMax": 0}, "/openMax")]:
        with pytest.raises(Refused) as refused:
            shop.put("channels", "site", {"type": "inapp", **change})
        assert pointer in [error["pointer"] for error in refused.value.response.json()["errors"]]
