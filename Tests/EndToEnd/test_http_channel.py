"""Providers that plug in without code: a gateway for text messages and a messenger, by templated requests and rules."""

import base64
import hashlib
import hmac
import json

import pytest
import requests

from api import Refused, identify, track
from hostile import variants
from provider import Provider

TWILIO_LIKE = {
    "type": "sms.http",
    "request": {
        "url": "https://set-below/2010/Accounts/{{ credentials.account }}/Messages.json",
        "body": {"form": {"To": "{{ message.to }}", "From": "Shop", "Body": "{{ message.text }}",
                          "StatusCallback": "{{ callback_url }}"}},
    },
    "auth": {"basic": {"user": "AC1", "password": "hush-hush"}},
    "credentials": {"account": "AC1"},
    "idempotencyHeader": "I-Idempotency-Token",
    "response": {
        "id": "/sid", "unreachable": {"pointer": "/code", "in": [21211, 21614]},
        "blocked": {"pointer": "/code", "equals": 21610},
    },
    "callback": {
        "id": "/MessageSid", "status": "/MessageStatus", "reason": "/ErrorCode", "delivered": ["delivered"],
        "read": "read", "failed": ["failed", "undelivered"],
    },
}


def gateway(answer):
    provider = Provider(answer)
    channel = json.loads(json.dumps(TWILIO_LIKE).replace("https://set-below", provider.url))
    return provider, channel


def define(shop, channel="sms", kind="sms", text="Code {{ event.code }} & more"):
    shop.put("templates", "code", {"channel": kind, "text": text})
    shop.put("journeys", "code", {
        "journey": "code", "enter": {"event": "Asked"}, "again": "always", "class": "marketing", "holdout": "0%",
        "steps": [{"send": {"id": "a", "channel": channel, "template": "code"}}]})
    shop.publish("code")


def ann(shop, **traits):
    shop.send(identify("ann", {"phone": "+390612345678", **traits}, context={"consent": {"categoryPreferences": {"marketing": True}}}))


def test_a_text_message_goes_out_and_its_fate_comes_back(sandbox):
    shop = sandbox.shop
    provider, channel = gateway(lambda call: (201, {"sid": f"SM{len(provider.calls)}"}, {}))
    shop.put("channels", "gateway", channel)
    seen = shop.get("/channels/gateway")["definition"]
    assert seen["auth"]["basic"]["password"] == "***" and seen["credentials"] == {"account": "***"}
    define(shop)
    ann(shop)
    shop.send(track("Asked", "ann", "1", properties={"code": "é=1"}))
    sandbox.advance("1s")
    (message,) = shop.messages()
    assert message["status"] == "sent" and message["to"] == "+390612345678", message
    (call,) = provider.calls
    form = requests.compat.urlparse("?" + call["body"].decode()).query
    fields = dict(requests.utils.unquote(pair.replace("+", " ")).split("=", 1) for pair in form.split("&"))
    assert call["path"] == "/2010/Accounts/AC1/Messages.json"
    assert fields["Body"] == "Code é=1 & more" and fields["To"] == "+390612345678"
    assert call["headers"]["i-idempotency-token"] == message["id"]
    assert call["headers"]["authorization"] == "Basic " + base64.b64encode(b"AC1:hush-hush").decode()
    # The provider reports: by its own id, and to the message's own address.
    callback = fields["StatusCallback"]
    plain = callback.split("?")[0]
    report = lambda url, **form: requests.post(url, data=form, timeout=9)
    assert report(plain, MessageSid="SM-other", MessageStatus="delivered").json() == {"taken": 0, "unknown": 1}
    assert report(plain, MessageSid="SM1", MessageStatus="delivered").json() == {"taken": 1, "unknown": 0}
    assert shop.message(message["id"])["status"] == "delivered"
    assert requests.get(callback + "&MessageSid=x&MessageStatus=read", timeout=9).json()["taken"] == 1
    assert shop.message(message["id"])["status"] == "opened"
    assert report(callback, MessageSid="SM1", MessageStatus="queued").json()["unknown"] == 1
    assert report(plain[:-3] + "aaa", MessageSid="SM1", MessageStatus="read").status_code == 404
    events = [event["event"] for event in shop.timeline("user:ann")]
    assert "SMS Delivered" in events and "SMS Opened" in events
    provider.close()


def test_a_dead_number_a_closed_door_and_a_late_failure(sandbox):
    shop = sandbox.shop
    answers = iter([(400, {"code": 21610, "message": "unsubscribed"}, {}), (201, {"sid": "S2"}, {}),
                    (400, {"code": 21211, "message": "no number"}, {})])
    provider, channel = gateway(lambda call: next(answers, (599, {}, {})))
    shop.put("channels", "gateway", channel)
    define(shop)
    ann(shop)
    shop.send(track("Asked", "ann", "1", properties={"code": "1"}))
    sandbox.advance("1s")
    assert shop.messages()[0]["status"] == "failed"
    consents = {c["purpose"]: c for c in shop.get("/people/user:ann/consents")["items"]}
    assert consents["marketing.sms"]["granted"] is False and consents["marketing.sms"]["source"] == "blocked"
    shop.send(track("Asked", "ann", "2", properties={"code": "1"}))
    sandbox.advance("1s")
    assert shop.messages()[0]["status"] == "suppressed" and len(provider.calls) == 1
    # Another one is taken, and reported as undelivered later; a third has no number.
    for user in ["bob", "cid"]:
        shop.send(identify(user, {"phone": "+3906123456" + str(len(user)) + ("1" if user == "bob" else "2")},
                           context={"consent": {"categoryPreferences": {"marketing": True}}}))
        shop.send(track("Asked", user, "for-" + user, properties={"code": "1"}))
        sandbox.advance("1s")
    callback = dict(pair.split("=", 1) for pair in provider.calls[1]["body"].decode().split("&"))["StatusCallback"]
    requests.post(requests.utils.unquote(callback), data={"MessageStatus": "undelivered", "ErrorCode": "30003"}, timeout=9)
    (bob,) = shop.messages(person="user:bob")
    assert bob["status"] == "failed" and "30003" in shop.message(bob["id"])["detail"]
    assert "SMS Failed" in [event["event"] for event in shop.timeline("user:bob")]
    assert shop.messages(person="user:cid")[0]["status"] == "failed"
    bounced = [e for e in shop.timeline("user:cid") if e["event"] == "SMS Bounced"]
    assert bounced and bounced[0]["properties"]["type"] == "hard"
    provider.close()


def test_a_messenger_by_a_trait_with_signed_reports(sandbox):
    shop = sandbox.shop
    provider = Provider(lambda call: (200, {"status": 0, "message_token": 5098034272017990000}, {}))
    channel = {
        "type": "telegram.http", "address": {"trait": "viber_id"},
        "request": {"url": provider.url + "/pa/send_message",
                    "body": {"json": {"receiver": "{{ message.to }}", "type": "text", "text": "{{ message.text }}",
                                      "name": "{{ person.first_name }}", "tracking_data": "{{ message.id }}"}}},
        "auth": {"header": {"name": "X-Viber-Auth-Token", "secret": "viber-secret"}},
        "response": {"sent": {"pointer": "/status", "equals": 0}, "unreachable": {"pointer": "/status", "in": [6]},
                     "throttled": {"pointer": "/status", "equals": 12}, "id": "/message_token"},
        "callback": {"id": "/message_token", "status": "/event", "delivered": "delivered", "read": "seen",
                     "signature": {"header": "X-Viber-Content-Signature", "secret": "viber-secret"}},
    }
    shop.put("channels", "viber", channel)
    define(shop, "viber", "telegram", "Hi {{ person.first_name }}")
    ann(shop, viber_id="01234567890A=", first_name='Ann "A"')
    shop.send(track("Asked", "ann", "1"))
    sandbox.advance("1s")
    (message,) = shop.messages()
    assert message["status"] == "sent" and message["to"] == "01234567890A=", message
    body = json.loads(provider.calls[0]["body"])
    assert body["name"] == 'Ann "A"' and body["tracking_data"] == message["id"]
    tried = shop.ask("POST", "/channels/viber/test", {"person": "user:ann", "fields": {"text": "Try"}})
    assert tried["request"]["headers"]["X-Viber-Auth-Token"] == "***" and "outcome" not in tried
    assert json.loads(tried["request"]["body"])["receiver"] == "01234567890A=" and len(provider.calls) == 1
    tried = shop.ask("POST", "/channels/viber/test", {"to": "B", "fields": {"text": "Try"}, "send": True})
    assert tried["outcome"] == "sent" and tried["answer"]["status"] == 200 and len(provider.calls) == 2
    # Who may report: whoever knows the channel's address and signs.
    source = shop.get("/channels/viber/health")["callbackUrl"]
    report = json.dumps({"event": "seen", "message_token": 5098034272017990000}).encode()
    assert requests.post(source, data=report, timeout=9).status_code == 401
    sign = hmac.new(b"viber-secret", report, hashlib.sha256).hexdigest()
    answer = requests.post(source, data=report, headers={"X-Viber-Content-Signature": sign}, timeout=9)
    assert answer.json() == {"taken": 1, "unknown": 0}
    assert shop.message(message["id"])["status"] == "opened"
    provider.close()


def test_too_fast_and_silent_providers(sandbox):
    shop = sandbox.shop
    answers = iter([(429, {}, {"Retry-After": "30"}), (500, {}, {}), (200, {"sid": "S"}, {})])
    provider, channel = gateway(lambda call: next(answers))
    shop.put("channels", "gateway", channel)
    define(shop)
    ann(shop)
    shop.send(track("Asked", "ann", "1", properties={"code": "1"}))
    sandbox.advance("29s")
    assert shop.messages()[0]["status"] == "scheduled" and len(provider.calls) == 1
    sandbox.advance("3h")
    assert shop.messages()[0]["status"] == "sent" and len(provider.calls) == 3
    assert len({call["headers"]["i-idempotency-token"] for call in provider.calls}) == 1
    provider.close()


@pytest.mark.parametrize("change, pointer", [
    ({"request": {"url": "https://{{ message.to }}/"}}, "/request/url"), ({"request": None}, "/request"),
    ({"response": {"sent": {"pointer": "x"}}}, "/response/sent/pointer"), ({"callback": {"x": 1}}, "/callback/x"),
    ({"auth": {"digest": {}}}, "/auth/digest"), ({"address": {"trait": ""}}, "/address"), ({"colour": 1}, "/colour"),
    ({"credentials": {"a": 5}}, "/credentials"),
])
def test_mistakes_are_named(shop, change, pointer):
    with pytest.raises(Refused) as refused:
        shop.put("channels", "gateway", {**TWILIO_LIKE, **change})
    assert pointer in [error["pointer"] for error in refused.value.response.json()["errors"]]


def test_hostile_reports_change_nothing_but_their_own_message(sandbox):
    """Calls nobody signed for: each is answered in time, none is a fault of the server, and no message moves by them."""
    shop = sandbox.shop
    provider, channel = gateway(lambda call: (201, {"sid": f"SM-{len(provider.calls)}-x7Qz"}, {}))
    channel["callback"]["list"] = ""
    shop.put("channels", "gateway", channel)
    define(shop)
    ann(shop)
    for number in range(2):
        shop.send(track("Asked", "ann", str(number), properties={"code": "1"}))
    sandbox.advance("1s")
    before = {message["id"]: message["status"] for message in shop.messages()}
    assert list(before.values()) == ["sent", "sent"]
    source = shop.get("/channels/gateway/health")["callbackUrl"]
    corpus = [
        b"MessageSid=SM1&MessageStatus=delivered", b"MessageSid=SM%2D&MessageStatus=failed&ErrorCode=30003",
        b'[{"MessageSid":"SM1","MessageStatus":"read"},{"MessageSid":7,"MessageStatus":"delivered"}]',
        b'{"MessageSid":"SM1","MessageStatus":"failed","ErrorCode":{"a":[null]}}',
    ]
    session = requests.Session()
    for place, body in enumerate(variants(corpus, 400, seed=20261122)):
        answer = session.post(source, data=body, timeout=9) if place % 4 else session.get(
            source + "?" + requests.utils.quote(body[:2000], safe="&=+%;,[]{}"), timeout=9)
        assert answer.status_code in (200, 400), (body, answer.status_code, answer.text)
        if answer.status_code == 200:
            assert answer.json()["taken"] == 0, (body, answer.text)
    # A thousand reports about strangers take no longer than one.
    many = json.dumps([{"MessageSid": f"no-{n}", "MessageStatus": "read"} for n in range(1500)])
    assert requests.post(source, data=many, timeout=9).json() == {"taken": 0, "unknown": 1500}
    # Addresses that nobody signed lead nowhere.
    key = source.rsplit("/", 1)[1]
    for changed in variants([key.encode()], 60, seed=7):
        text = requests.utils.quote(changed[:500], safe="")
        if text not in (key, "", ".", ".."):
            assert session.post(source.replace(key, text), data=corpus[0], timeout=9).status_code in (400, 404), text
    assert {message["id"]: message["status"] for message in shop.messages()} == before
    # And the provider's own words still count.
    assert requests.post(source, data="MessageSid=SM-2-x7Qz&MessageStatus=delivered", timeout=9).json()["taken"] == 1
    provider.close()
