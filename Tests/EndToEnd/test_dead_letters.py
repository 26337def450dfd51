"""Messages that failed for good: listed, handed over again under their own ids; figures and the console's page of channels."""

import os
import subprocess

import pytest
import requests

from api import Refused, identify, track
from provider import Provider
from test_webhooks import SECRET, Receiver, define


def rejecting():
    receiver = Receiver()
    receiver.statuses = [410] * 3
    return receiver


def test_webhooks_are_redriven(sandbox, executable):
    shop, receiver = sandbox.shop, rejecting()
    shop.put("channels", "hooks", {"type": "webhook", "secret": SECRET})
    define(shop, receiver.url)
    for number in range(3):
        shop.send(track("Order Completed", f"u{number}", f"o-{number}", properties={"total": number}))
    sandbox.advance("1m")
    dead = shop.get("/dead-letters", channel="webhook")["items"]
    assert len(dead) == 3 and all(item["status"] == "failed" and item["detail"].startswith("410") for item in dead)
    assert shop.get("/dead-letters", channel="email")["items"] == []
    first = dead[0]["id"]
    assert shop.ask("POST", "/dead-letters/redrive", {"ids": [first, "nonsense", first]}) == {
        "redriven": 1, "skipped": [{"id": "nonsense", "reason": "there is no such message"}], "more": False}
    sandbox.advance("1s")
    assert shop.message(first)["status"] == "sent"
    # The receiver knows it again by its id, which is part of what is signed.
    again = [headers for headers, _ in receiver.calls if headers["webhook-id"] == first]
    assert len(again) == 2 and len(receiver.calls) == 4
    assert shop.ask("POST", "/dead-letters/redrive", {"ids": [first]})["skipped"][0]["reason"] == "it is sent, not failed"
    # From the command line, all that is left of a channel.
    environment = {**os.environ, "ROOST_TOKEN": shop.secret_key, "ROOST_URL": shop.url, "ROOST_WORKSPACE": shop.key}
    run = lambda *words: subprocess.run([executable, "messages", *words], capture_output=True, text=True, env=environment, timeout=30)
    listed = run("dead", "--channel", "webhook")
    assert listed.returncode == 0 and len(listed.stdout.splitlines()) == 2, listed.stderr
    assert run("redrive").returncode == 64
    done = run("redrive", "--all", "--channel", "webhook")
    assert done.returncode == 0 and '"redriven"' in done.stdout, done.stderr
    sandbox.advance("1s")
    assert {message["status"] for message in shop.messages()} == {"sent"} and len(receiver.calls) == 6
    receiver.close()


@pytest.mark.parametrize("body", [{}, {"all": False}, {"all": True, "ids": ["x"]}, {"ids": []}, {"all": True, "limit": 0},
                                  {"all": True, "since": "yesterday"}, {"all": True, "colour": 1}, {"ids": [5]}])
def test_mistakes_are_named(shop, body):
    with pytest.raises(Refused) as refused:
        shop.ask("POST", "/dead-letters/redrive", body)
    assert refused.value.response.status_code == 400


def test_withdrawn_consent_stays_where_it_is(sandbox):
    shop = sandbox.shop
    provider = Provider(lambda call: (400, {}, {}))
    shop.put("channels", "gateway", {"type": "sms.http", "request": {"url": provider.url + "/", "body": {"text": "{{ message.text }}"}}})
    shop.put("templates", "ad", {"channel": "sms", "text": "Sale"})
    shop.put("journeys", "ad", {"journey": "ad", "enter": {"event": "Go"}, "holdout": "0%",
                                "steps": [{"send": {"id": "a", "channel": "sms", "template": "ad"}}]})
    shop.publish("ad")
    for user, number in [("ann", "1"), ("bob", "2")]:
        shop.send(identify(user, {"phone": "+39061234567" + number}, context={"consent": {"categoryPreferences": {"marketing": True}}}),
                  track("Go", user, user))
    sandbox.advance("1s")
    shop.send(identify("ann", context={"consent": {"categoryPreferences": {"marketing": False}}}))
    provider.answer = lambda call: (200, {}, {})
    answer = shop.ask("POST", "/dead-letters/redrive", {"all": True, "channel": "sms"})
    assert answer["redriven"] == 1 and "consent" in answer["skipped"][0]["reason"], answer
    sandbox.advance("1s")
    assert {m["person"]["userId"]: m["status"] for m in shop.messages()} == {"ann": "failed", "bob": "sent"}
    # The figures say so.
    metrics = requests.get(shop.url + "/metrics", timeout=9).text
    label = f'{{workspace="{shop.key}",channel="gateway",type="sms.http"}}'
    assert f"roost_channel_sent_total{label} 1.0" in metrics and f"roost_channel_failed_total{label} 2.0" in metrics
    assert f"roost_channel_up{label} 1.0" in metrics and f"roost_channel_waiting{label} 0.0" in metrics
    provider.close()
