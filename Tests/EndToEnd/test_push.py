"""Push messages: from a device that an app reported to what Apple's and Google's services are sent, and back."""

import json

import pytest
import requests

from api import track
from push import PushServices, private_pem


@pytest.fixture
def services(tmp_path):
    made = PushServices(tmp_path)
    yield made
    made.close()
    assert made.faults == []


def apple_channel(services, **more):
    return {
        "type": "push.apns", "keyId": "KEYID12345", "teamId": "TEAMID1234", "topic": "com.shop.app",
        "privateKey": private_pem(services.apple_key).decode(), "server": services.url,
        "trustRoots": str(services.certificate), **more,
    }


def google_channel(services, **more):
    return {
        "type": "push.fcm", "serviceAccount": services.service_account(), "server": services.url,
        "trustRoots": str(services.certificate), **more,
    }


def push_journey(shop, template=None, channel="push", message_class="transactional"):
    shop.put(
        "templates", "news",
        template or {
            "channel": "push", "title": "Hi {{ person.first_name }}", "body": "It is here", "tag": "promo",
            "url": "https://shop.example/new", "badge": "1", "data": "{\"deeplink\":\"x://y\"}",
        },
    )
    shop.put(
        "journeys", "news",
        {
            "journey": "news", "enter": {"event": "Arrived"}, "again": "always", "class": message_class,
            "steps": [{"send": {"id": "a", "channel": channel, "template": "news"}}],
        },
    )
    shop.publish("news")


def phone(user, token, kind="ios", **more):
    return {
        "type": "identify", "userId": user, "traits": {"first_name": "Ann"},
        "context": {"device": {"id": f"d-{token}", "type": kind, "token": token}, **more},
    }


def statuses(shop):
    return [message["status"] for message in shop.messages()]


def test_apple(sandbox, services):
    shop = sandbox.shop
    shop.put("channels", "phones", apple_channel(services))
    push_journey(shop)
    shop.send(phone("ann", "ab" * 32))
    shop.send(track("Arrived", user="ann", id="1"))
    sandbox.advance("1s")
    (message,) = shop.messages()
    assert message["status"] == "sent" and message["to"] == "apns:" + "ab" * 32 and message["subject"] == "Hi Ann"
    (request,) = services.messages("/3/device/")
    assert request["headers"]["apns-topic"] == "com.shop.app" and request["headers"]["apns-collapse-id"] == "promo"
    assert request["headers"]["apns-id"].replace("-", "") == message["id"]
    assert request["json"]["aps"]["alert"] == {"title": "Hi Ann", "body": "It is here"}
    assert request["json"]["deeplink"] == "x://y" and request["json"]["aps"]["badge"] == 1
    # One token serves for many messages.
    shop.send(track("Arrived", user="ann", id="2"))
    sandbox.advance("1s")
    assert len({request["headers"]["authorization"] for request in services.messages("/3/device/")}) == 1


def test_a_dead_device_is_forgotten_and_another_is_tried(sandbox, services):
    shop = sandbox.shop
    shop.put("channels", "phones", apple_channel(services))
    push_journey(shop)
    shop.send(phone("ann", "aa" * 32))
    sandbox.advance("1m")
    shop.send(phone("ann", "bb" * 32))
    services.answer("bb" * 32, (410, {"reason": "Unregistered"}, {}))
    shop.send(track("Arrived", user="ann", id="1"))
    sandbox.advance("1m")
    (message,) = shop.messages()
    assert (message["status"], message["to"]) == ("sent", "apns:" + "aa" * 32)
    assert [device["token"] for device in shop.get("/people/user:ann/devices")["items"]] == ["aa" * 32]
    bounced = [event for event in shop.timeline("user:ann") if event["event"] == "Push Notification Bounced"]
    assert [event["properties"]["message_id"] for event in bounced] == [message["id"]]
    services.answer("aa" * 32, (400, {"reason": "BadDeviceToken"}, {}))
    shop.send(track("Arrived", user="ann", id="2"))
    sandbox.advance("1m")
    assert statuses(shop)[0] == "failed"
    assert shop.get("/people/user:ann/devices")["items"] == []
    shop.send(track("Arrived", user="ann", id="3"))
    sandbox.advance("1m")
    assert shop.messages()[0]["reason"] == "no_address"


def test_firebase(sandbox, services):
    shop = sandbox.shop
    shop.put("channels", "phones", google_channel(services))
    push_journey(shop)
    shop.send(phone("ann", "fcm-token:1", kind="android"))
    services.answer("fcm-token:1", (429, {"error": {"status": "RESOURCE_EXHAUSTED"}}, {"retry-after": "120"}))
    shop.send(track("Arrived", user="ann", id="1"))
    sandbox.advance("1s")
    assert statuses(shop) == ["scheduled"] and len(services.messages("/v1/projects/")) == 1
    sandbox.advance("119s")
    assert len(services.messages("/v1/projects/")) == 1
    sandbox.advance("3m")
    assert statuses(shop) == ["sent"]
    (_, request) = services.messages("/v1/projects/")
    assert request["json"]["notification"] == {"title": "Hi Ann", "body": "It is here"}
    assert request["json"]["data"]["deeplink"] == "x://y" and request["json"]["android"]["collapse_key"] == "promo"
    assert services.tokens_given == 1
    unregistered = {"error": {"code": 404, "status": "NOT_FOUND", "details": [{"errorCode": "UNREGISTERED"}]}}
    services.answer("fcm-token:1", (404, unregistered, {}))
    shop.send(track("Arrived", user="ann", id="2"))
    sandbox.advance("1m")
    assert statuses(shop)[0] == "failed" and shop.get("/people/user:ann/devices")["items"] == []


def test_firebase_by_installation_id(sandbox, services):
    shop = sandbox.shop
    shop.put("channels", "phones", google_channel(services, target="fid"))
    push_journey(shop)
    shop.send(phone("bob", "fid-1", kind="android"))
    shop.send(track("Arrived", user="bob", id="1"))
    sandbox.advance("1s")
    (request,) = services.messages("/v1/projects/")
    assert request["json"]["fid"] == "fid-1" and "token" not in request["json"]


def test_credentials_are_not_shown_nor_stored(sandbox, services):
    shop = sandbox.shop
    shop.put("channels", "phones", apple_channel(services))
    shop.put("channels", "robots", google_channel(services))
    for secret in (private_pem(services.apple_key), private_pem(services.google_key)):
        middle = secret.decode().splitlines()[1]
        assert middle not in json.dumps(shop.get("/channels"))
        for file in sandbox.server.data.rglob("*"):
            if file.is_file():
                assert middle.encode() not in file.read_bytes(), file
    assert (sandbox.server.data / "secret.key").stat().st_mode & 0o777 == 0o600


def test_health_and_probe(sandbox, services):
    shop = sandbox.shop
    shop.put("channels", "robots", google_channel(services))
    health = shop.get("/channels/robots/health", probe="true")
    assert health["state"] == "ok" and health["probe"]["ready"] and health["waiting"] == 0
    shop.put("channels", "wrong", google_channel(services, serviceAccount={**services.service_account(), "token_uri": services.url + "/gone"}))
    probe = shop.get("/channels/wrong/health", probe="true")["probe"]
    assert not probe["ready"] and "access token" in probe["cause"] and probe["remedy"]
    services.faults.clear()


@pytest.mark.parametrize(
    "change, pointer",
    [
        ({"privateKey": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}, "/privateKey"),
        ({"topic": ""}, "/topic"), ({"keyId": None}, "/keyId"), ({"server": "ftp://x"}, "/server"),
        ({"colour": "red"}, "/colour"), ({"ratePerSecond": 0}, "/ratePerSecond"), ({"ttl": "90d"}, "/ttl"),
    ],
)
def test_a_wrong_channel_is_named(sandbox, services, change, pointer):
    response = sandbox.shop.call("PUT", "/channels/phones", apple_channel(services, **change))
    assert response.status_code == 400, response.text
    assert pointer in [error["pointer"] for error in response.json()["errors"]], response.text


def test_devices_by_the_interface(sandbox):
    shop = sandbox.shop
    shop.send(track("Seen", user="ann"))
    put = lambda body: shop.call("PUT", "/people/user:ann/devices", body)
    assert put({"service": "apns", "token": "ff", "app": "com.shop"}).json()["items"][0]["app"] == "com.shop"
    for wrong, pointer in [({"service": "pigeon", "token": "x"}, "/service"), ({"service": "fcm", "token": "a b"}, "/token"), ({"service": "web", "token": "https://x/"}, "/subscription")]:
        response = put(wrong)
        assert response.status_code == 400 and response.json()["errors"][0]["pointer"] == pointer
    assert shop.call("DELETE", "/people/user:ann/devices/apns:ff").status_code == 204
    assert shop.get("/people/user:ann/devices")["items"] == []


def test_sdk_is_served(sandbox):
    shop = sandbox.shop
    for name in ("roost.js", "roost-sw.js"):
        response = requests.get(f"{shop.url}/sdk/{name}?writeKey=x", timeout=10)
        assert response.status_code == 200 and response.headers["content-type"].startswith("text/javascript")
        assert response.headers["access-control-allow-origin"] == "*" and "roost" in response.text
    assert requests.get(f"{shop.url}/sdk/../secret.key", timeout=10).status_code == 404
    key = lambda: requests.get(f"{shop.url}/v1/push-key", params={"writeKey": shop.write_key}, timeout=10)
    assert key().status_code == 404
    shop.put("channels", "browsers", {"type": "push.web", "subject": "mailto:ops@shop.example"})
    first = key().json()["publicKey"]
    # The key lasts: browsers subscribed to it.
    shop.put("channels", "browsers", {"type": "push.web", "subject": "mailto:it@shop.example"})
    assert key().json()["publicKey"] == first


def test_a_tap_makes_its_message_clicked(sandbox, services):
    """By the token that only the device got: an id, other tokens and made-up ones make nothing clicked."""
    shop = sandbox.shop
    shop.put("channels", "phones", apple_channel(services))
    push_journey(shop)
    for user in ["ann", "bob"]:
        shop.send(phone(user, ("ab" if user == "ann" else "cd") * 32))
        shop.send(track("Arrived", user=user, id=f"arrived-{user}"))
    sandbox.advance("1s")
    assert statuses(shop) == ["sent", "sent"]
    sent = {call["path"].rsplit("/", 1)[1][:2]: call["json"] for call in services.messages("/3/device/")}
    token, id = sent["ab"]["roost_tap"], sent["ab"]["roost_id"]
    tap = lambda token: requests.post(f"{shop.url}/c/{token}", timeout=9)
    for wrong in [id, token[:-1] + ("A" if token[-1] != "A" else "B"), token + "A", sent["cd"]["roost_id"]]:
        assert tap(wrong).status_code == 404
    # Whoever has the public write key may say that it was tapped; the message stays what it is.
    shop.send(track("Push Notification Tapped", user="bob", id="forged", properties={"message_id": id}))
    assert statuses(shop) == ["sent", "sent"]
    # A page that fetches links taps nothing.
    assert requests.get(f"{shop.url}/c/{token}", allow_redirects=False, timeout=9).status_code == 404
    answer = tap(token)
    assert answer.status_code == 204 and answer.headers["access-control-allow-origin"] == "*"
    assert {m["id"]: m["status"] for m in shop.messages()} == {id: "clicked", sent["cd"]["roost_id"]: "sent"}
    # Once, though it be told again, or in the visitor's name as well.
    assert tap(token).status_code == 204
    shop.send(track("Push Notification Tapped", user="ann", id=f"Push Notification Tapped-{id}", properties={"message_id": id}))
    (event,) = [e for e in shop.timeline("user:ann") if e["event"] == "Push Notification Tapped"]
    assert (event["properties"]["message_id"], event["properties"]["step"]) == (id, "a")
