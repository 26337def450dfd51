"""A Telegram bot: its messages against a Bot API server that python-telegram-bot talks to as well, what people tell it,
and doors that are shut."""

import json
import pathlib
import re
import subprocess

import pytest
import requests

from api import Refused, eventually, identify, track
from botapi import BotAPI

CLIENT = pathlib.Path(__file__).parent / "clients" / "telegram_client.py"


@pytest.fixture
def api():
    server = BotAPI()
    yield server
    server.close()


def define(sandbox, api, updates="none", messageClass="marketing", **template):
    shop = sandbox.shop
    shop.put("channels", "bot", {"type": "telegram.bot", "token": api.token, "bot": "shop_bot", "server": api.url,
                                 "updates": updates, "startConsents": True})
    shop.put("templates", "hello", {"channel": "telegram", "text": "Hi <b>{{ person.first_name }}</b> &amp; y",
                                    "button": "Open", "url": "https://x.example/?a=1&b=2", **template})
    shop.put("journeys", "hello", {"journey": "hello", "enter": {"event": "Asked"}, "again": "always", "class": messageClass,
                                   "holdout": "0%", "steps": [{"send": {"id": "a", "channel": "telegram", "template": "hello"}}]})
    shop.publish("hello")
    return shop


def chat(shop, user, number, **traits):
    shop.send(identify(user, {"first_name": user, **traits}, context={"consent": {"categoryPreferences": {"marketing": True}}}))
    shop.ask("PUT", f"/people/user:{user}/devices", {"service": "telegram", "token": str(number)})


def ask(sandbox, user, id):
    sandbox.shop.send(track("Asked", user, id))
    sandbox.advance("1s")
    return sandbox.shop.messages(person=f"user:{user}")[0]


def test_messages_are_those_of_another_client(sandbox, api, telegram_python):
    shop = define(sandbox, api)
    assert shop.get("/channels/bot")["definition"]["token"] == "***"
    assert shop.get("/channels/bot/health", probe="true")["probe"] == {"ready": True, "cause": "the bot is @shop_bot", "remedy": ""}
    chat(shop, "x", 42)
    message = ask(sandbox, "x", "1")
    assert message["status"] == "sent" and message["to"] == "telegram:42", (message, api.faults)
    done = subprocess.run([telegram_python, CLIENT, api.url, api.token, "42", "Hi <b>x</b> &amp; y", "Open",
                           "https://x.example/?a=1&b=2"], capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    ours, theirs = (call[1] for call in api.calls if call[0] == "sendMessage")
    # Only what Roost adds by itself differs: the preview of the button's page.
    assert ours.pop("link_preview_options") == {"is_disabled": True}
    assert ours == theirs
    # A name that would be markup stays a name; a picture is sent as one.
    define(sandbox, api, image="https://x.example/i.png")
    chat(shop, "<i>&", 43)
    assert ask(sandbox, "<i>&", "2")["status"] == "sent" and api.faults == []
    assert api.sent[-1][1] == "Hi <i>& & y" and api.sent[-1][2]["photo"] == "https://x.example/i.png"


def test_shut_doors_dead_chats_and_limits(sandbox, api):
    shop = define(sandbox, api)
    for number, user in enumerate(["ann", "bob", "cid", "dan"], start=51):
        chat(shop, user, number)
    api.blocked.add(51)
    assert ask(sandbox, "ann", "a1")["status"] == "failed"
    receipt = {c["purpose"]: c for c in shop.get("/people/user:ann/consents")["items"]}["marketing.telegram"]
    assert receipt["granted"] is False and receipt["source"] == "blocked"
    assert ask(sandbox, "ann", "a2")["status"] == "suppressed"
    api.script[52] = [api.refuse(400, "Bad Request: chat not found")]
    assert ask(sandbox, "bob", "b1")["status"] == "failed"
    assert shop.get("/people/user:bob/devices")["items"] == []
    assert "Telegram Bounced" in [event["event"] for event in shop.timeline("user:bob")]
    # A group that became a supergroup has another number from now on.
    api.script[53] = [api.refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-10053)]
    message = ask(sandbox, "cid", "c1")
    assert message["status"] == "sent" and message["to"] == "telegram:-10053", message
    assert [device["token"] for device in shop.get("/people/user:cid/devices")["items"]] == ["-10053"]
    # One chat's limit holds up no other.
    api.script[54] = [api.refuse(429, "Too Many Requests: retry after 40", retry_after=40)]
    shop.send(track("Asked", "dan", "d1"), track("Asked", "cid", "c2"))
    sandbox.advance("30s")
    assert shop.messages(person="user:dan")[0]["status"] == "scheduled"
    assert shop.messages(person="user:cid")[0]["status"] == "sent"
    assert shop.get("/channels/bot/health")["state"] == "ok"


def test_people_tell_the_bot(sandbox, api):
    shop = define(sandbox, api, updates="polling", buttons='[[{"text":"Yes","callback":"yes"}]]')
    shop.send(identify("ann", {"email": "ann@shop.example", "first_name": "Ann"}))
    link = shop.ask("POST", "/people/user:ann/telegram-link")
    token = link["url"].removeprefix("https://t.me/shop_bot?start=")
    assert token != link["url"] and len(token) <= 64
    api.write(77, f"/start {token}")
    person = eventually(lambda: [d for d in shop.get("/people/user:ann/devices")["items"] if d["token"] == "77"])
    assert person[0]["service"] == "telegram"
    assert shop.person("custom:telegram:77")["userId"] == "ann"
    consent = {c["purpose"]: c for c in shop.get("/people/user:ann/consents")["items"]}["marketing.telegram"]
    assert consent["granted"] is True and consent["source"] == "telegram"
    message = ask(sandbox, "ann", "1")
    assert message["status"] == "sent" and api.sent[-1][0] == 77
    # A button, a text, a forged button, an update that comes again.
    data = api.sent[-1][2]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    api.press(78, data)
    api.press(77, data)
    written = api.write(77, "Where is my order?")
    events = lambda: [event["event"] for event in shop.timeline("user:ann")]
    eventually(lambda: "Telegram Received" in events())
    assert shop.message(message["id"])["status"] == "clicked" and events().count("Telegram Clicked") == 1
    (received,) = [event for event in shop.timeline("user:ann") if event["event"] == "Telegram Received"]
    assert received["properties"]["text"] == "Where is my order?"
    eventually(lambda: api.confirmed > written["update_id"])
    api.confirmed = 0
    # Somebody who is not known, with a link that nobody made.
    api.write(99, "/start " + token[:-2] + "xx")
    stranger = eventually(lambda: shop.call("GET", "/people/custom:telegram:99").ok and shop.person("custom:telegram:99"))
    assert stranger["traits"]["telegram_username"] == "ann_x" and stranger.get("userId") is None
    assert events().count("Telegram Received") == 1
    api.write(77, "/stop")
    eventually(lambda: "Telegram Stopped" in events())
    consent = {c["purpose"]: c for c in shop.get("/people/user:ann/consents")["items"]}["marketing.telegram"]
    assert consent["granted"] is False
    assert ask(sandbox, "ann", "2")["status"] == "suppressed"
    api.block(99)
    eventually(lambda: any(c["purpose"] == "marketing.telegram" and not c["granted"]
                           for c in shop.get("/people/custom:telegram:99/consents")["items"]))


def test_telegram_calls_us(sandbox, api):
    shop = define(sandbox, api)
    with pytest.raises(Refused):
        shop.ask("POST", "/channels/bot/webhook")
    shop = define(sandbox, api, updates="webhook")
    assert shop.ask("POST", "/channels/bot/webhook") == {"webhook": True}
    update = api.write(5, "hello")
    header = {"X-Telegram-Bot-Api-Secret-Token": api.webhook["secret_token"]}
    assert requests.post(api.webhook["url"], json=update, timeout=9).status_code == 401
    for _ in range(2):
        assert requests.post(api.webhook["url"], json=update, headers=header, timeout=9).json() == {"ok": True}
    assert [e["event"] for e in shop.timeline("custom:telegram:5")] == ["Telegram Received"]
    assert requests.post(api.webhook["url"], data=b"{", headers=header, timeout=9).status_code == 400
    assert requests.post(api.webhook["url"], json={"update_id": 1}, headers=header, timeout=9).ok
    assert shop.ask("DELETE", "/channels/bot/webhook") == {"webhook": False} and api.webhook is None


@pytest.mark.parametrize("change, pointer", [({"token": "abc"}, "/token"), ({"bot": "@x y"}, "/bot"),
                                             ({"updates": "pigeon"}, "/updates"), ({"server": "ftp://x"}, "/server")])
def test_mistakes_are_named(shop, change, pointer):
    with pytest.raises(Refused) as refused:
        shop.put("channels", "bot", {"type": "telegram.bot", "token": "1:a", **change})
    assert pointer in [error["pointer"] for error in refused.value.response.json()["errors"]]


def test_a_message_leads_to_the_bot(sandbox, api, mail_server):
    """By a letter, tracked or not: Start there ties the chat to whom the message went."""
    mail, shop = mail_server(), sandbox.shop
    letter = '<a href="{{ telegram_url }}">chat</a> <a href="{{ telegram_url | tracked_url: "bot" }}">again</a>'
    shop.put("templates", "ask", {"channel": "email", "subject": "Ask", "html": letter,
                                  "text": "{% if telegram_url %}at {{ telegram_url }} .{% endif %}"})
    shop.put("channels", "email", {"type": "email.smtp", "url": f"smtp://127.0.0.1:{mail.port}", "from": "hi@shop.example"})
    shop.put("journeys", "ask", {"journey": "ask", "enter": {"event": "Paid"}, "again": "always", "class": "transactional",
                                 "holdout": "0%", "steps": [{"send": {"id": "a", "channel": "email", "template": "ask"}}]})
    shop.publish("ask")
    # No bot, no link.
    shop.send(identify("ann", {"email": "ann@shop.example"}), track("Paid", "ann", "1"))
    sandbox.advance("1s")
    assert "t.me" not in mail.letters[0].content.decode() and "roost-link" not in mail.letters[0].content.decode()
    define(sandbox, api, updates="polling")
    shop.send(track("Paid", "ann", "2"))
    sandbox.advance("1s")
    text, html = (mail.letters[1].text(kind) for kind in ("plain", "html"))
    tracked = re.findall(r'href="([^"]+)"', html)[:2] + re.findall(r"at (\S+) \.", text)
    links = {requests.get(link, allow_redirects=False, timeout=9).headers["location"] if "/c/" in link else link for link in tracked}
    assert sum("/c/" in link for link in tracked) >= 2, tracked
    (link,) = links
    token = link.removeprefix("https://t.me/shop_bot?start=")
    assert token != link and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", token), link
    api.write(81, f"/start {token}")
    eventually(lambda: [d["token"] for d in shop.get("/people/user:ann/devices")["items"]] == ["81"])
    assert shop.person("custom:telegram:81")["userId"] == "ann"
    # A preview's link works and is nobody's.
    preview = shop.ask("POST", "/templates/ask/preview", {"person": "user:ann"})["parts"]["text"]
    api.write(82, "/start " + re.search(r"start=(\S+)", preview)[1])
    stranger = eventually(lambda: shop.call("GET", "/people/custom:telegram:82").ok and shop.person("custom:telegram:82"))
    assert stranger.get("userId") is None
    # So is an old one.
    sandbox.advance("31d")
    api.write(83, f"/start {token}")
    stranger = eventually(lambda: shop.call("GET", "/people/custom:telegram:83").ok and shop.person("custom:telegram:83"))
    assert stranger.get("userId") is None
