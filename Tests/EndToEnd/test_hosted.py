"""What readers of letters reach: one-click unsubscribe, preference centre, tracked links and pictures."""

import re

import pytest
import requests

from api import consent, eventually, identify, track
from test_mail import journey, settled, write_to

HTML = (
    '<body><p>Hi <a href="https://shop.example/?a=1&amp;b=ü">shop</a> <a data-track="off" href="https://shop.example/plain">plain</a>'
    ' <a href="{{ unsubscribe_url }}">no more</a></p></body>'
)
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}


def prepare(sandbox, mail_server, kind="marketing", html=HTML, text="Read https://shop.example/text.\n", **channel):
    mail = mail_server()
    shop = sandbox.shop
    shop.put("channels", "email", {"type": "email.smtp", "url": f"smtp://127.0.0.1:{mail.port}", "from": "hi@shop.example", **channel})
    shop.letter("letter", "Hello", text=text, html=html)
    shop.put("journeys", "letters", journey(kind=kind))
    shop.publish("letters")
    return mail


def letter_to(sandbox, mail, user="ann", **traits):
    write_to(sandbox.shop, user, **traits)
    message = settled(sandbox)[user]
    return message, mail.to(f"{user}@example.com")[-1]


def links(letter, name):
    return re.findall(rf"https?://[^\s\"'<>]+/{name}/[\w-]+", (letter.text() or "") + (letter.text("html") or ""))


def events(sandbox, user, name):
    return [item for item in sandbox.shop.timeline(f"user:{user}") if item["event"] == name]


def status(sandbox, message):
    return sandbox.shop.message(message["id"])["status"]


def test_one_click_unsubscribes_and_looking_does_not(sandbox, mail_server):
    mail = prepare(sandbox, mail_server)
    message, letter = letter_to(sandbox, mail)
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = re.fullmatch(r"<(.*)>", letter.message["List-Unsubscribe"])[1]
    assert url in links(letter, "u")
    for _ in range(2):
        page = requests.get(url, headers=BROWSER, timeout=10)
        assert page.status_code == 200 and '<form method="post">' in page.text and "script" not in page.text
    assert [item["granted"] for item in sandbox.shop.get("/people/user:ann/consents")["items"]] == [True]
    answer = requests.post(url, data="List-Unsubscribe=One-Click", headers={"Content-Type": "application/x-www-form-urlencoded"}, timeout=10, allow_redirects=False)
    assert answer.status_code == 200
    receipts = {item["purpose"]: item for item in sandbox.shop.get("/people/user:ann/consents")["items"]}
    assert receipts["marketing.email"]["granted"] is False and receipts["marketing.email"]["source"] == "unsubscribe"
    [event] = events(sandbox, "ann", "Email Unsubscribed")
    assert event["properties"]["message_id"] == message["id"]
    # The next letter is not sent, and the reason says why.
    sandbox.shop.put("journeys", "again", {**journey("again"), "enter": {"event": "Again"}, "class": "marketing"})
    sandbox.shop.publish("again")
    sandbox.shop.send(track("Again", "ann", "again-1"))
    sandbox.advance("1s")
    [second] = [item for item in sandbox.shop.messages() if item["journey"] == "again"]
    assert (second["status"], second["reason"]) == ("suppressed", "unsubscribed")


def test_an_unsubscription_outlasts_a_kill(server_factory, mail_server):
    """The withdrawal is durable before the answer."""
    from conftest import Sandbox

    sandbox = Sandbox(server_factory(sandbox=True))
    mail = prepare(sandbox, mail_server)
    _, letter = letter_to(sandbox, mail)
    requests.post(links(letter, "u")[0], timeout=10).raise_for_status()
    sandbox.server.kill()
    sandbox.server.start()
    sandbox.shop.url = sandbox.server.url
    receipts = {item["purpose"]: item for item in sandbox.shop.get("/people/user:ann/consents")["items"]}
    assert receipts["marketing.email"]["granted"] is False


def test_made_up_links_answer_like_true_ones(sandbox, mail_server):
    mail = prepare(sandbox, mail_server)
    _, letter = letter_to(sandbox, mail)
    true = links(letter, "u")[0]
    base, token = true.rsplit("/", 1)
    sandbox.shop.ask("DELETE", "/people/user:ann")
    for made_up in (base + "/" + token[:-1] + ("A" if token[-1] != "A" else "B"), base + "/x"):
        assert requests.get(made_up, timeout=10).text == requests.get(true, timeout=10).text
        plain = [re.sub(r"/p/[\w-]+", "/p/", requests.post(url, timeout=10).text) for url in (true, made_up)]
        assert plain[0] == plain[1]
    preferences = re.search(r"/p/([\w-]+)", requests.post(true, timeout=10).text)[1]
    gone, unknown = (requests.get(f"{sandbox.server.url}/p/{token}", timeout=10) for token in (preferences, "x"))
    assert (gone.status_code, gone.text) == (unknown.status_code, unknown.text) == (404, unknown.text)
    assert requests.get(f"{sandbox.server.url}/c/{token}", timeout=10).status_code == 404
    assert requests.put(true, timeout=10).status_code == 405


def test_preference_centre(sandbox, mail_server):
    mail = prepare(sandbox, mail_server, text="{{ preferences_url }}\n")
    _, letter = letter_to(sandbox, mail)
    url = links(letter, "p")[0]

    def boxes(page):
        return {value: bool(checked) for value, checked in re.findall(r'name="on" value="([^"]+)"( checked)?', page.text)}

    page = requests.get(url, headers={"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.5"}, timeout=10)
    assert page.status_code == 200 and 'lang="ru"' in page.text and "О чём вам писать?" in page.text
    assert len(page.content) <= 30_000 and "<script" not in page.text and "example.com" not in page.text
    assert boxes(page) == {"marketing.email": True, "tracking": True}
    saved = requests.post(url, data={"do": "save", "on": "tracking"}, timeout=10)
    assert boxes(saved) == {"marketing.email": False, "tracking": True} and 'role="status"' in saved.text
    receipts = {item["purpose"]: item for item in sandbox.shop.get("/people/user:ann/consents")["items"]}
    assert (receipts["marketing.email"]["granted"], receipts["marketing.email"]["source"]) == (False, "preference_centre")
    assert "tracking" not in receipts
    sandbox.advance("1s")
    requests.post(url, data={"do": "save", "on": ["marketing.email", "tracking"]}, timeout=10)
    assert boxes(requests.get(url, timeout=10)) == {"marketing.email": True, "tracking": True}
    # A pause ends by itself.
    paused = requests.post(url, data={"do": "pause"}, timeout=10)
    assert "2026-03-31" in paused.text
    sandbox.shop.put("journeys", "again", {**journey("again"), "enter": {"event": "Again"}, "class": "marketing", "again": "always"})
    sandbox.shop.publish("again")
    seen = []
    for moment in ("2026-03-20T00:00:00Z", "2026-04-01T00:00:00Z"):
        sandbox.move_to(moment)
        sandbox.shop.send(track("Again", "ann", "again-" + moment))
        sandbox.advance("1s")
        seen.append({(item["status"], item.get("reason")) for item in sandbox.shop.messages() if item["journey"] == "again"})
    assert seen == [{("suppressed", "paused")}, {("suppressed", "paused"), ("sent", None)}]
    nothing = requests.post(url, data={"do": "none"}, timeout=10)
    assert boxes(nothing) == {"marketing.email": False, "tracking": False}


def test_preference_centre_in_words_of_its_own(sandbox, mail_server):
    mail = prepare(sandbox, mail_server)
    shop = sandbox.shop
    words = {"title": "Cosa <vuoi>?", "purpose.partner_offers": "Offerte dei partner", "unsubscribeTitle": "Annulla"}
    shop.ask("PUT", "/preference-centre", {"purposes": ["marketing.email", "partner_offers"], "languages": {"it": words}})
    _, letter = letter_to(sandbox, mail)
    page = requests.get(links(letter, "u")[0], headers={"Accept-Language": "it"}, timeout=10)
    assert "<h1>Annulla</h1>" in page.text
    more = re.search(r"/p/[\w-]+", requests.post(links(letter, "u")[0], timeout=10).text)[0]
    page = requests.get(sandbox.server.url + more, headers={"Accept-Language": "it-IT"}, timeout=10)
    assert "<h1>Cosa &lt;vuoi&gt;?</h1>" in page.text and "Offerte dei partner" in page.text and "Save" in page.text
    answer = shop.call("PUT", "/preference-centre", {"purposes": [], "languages": {"it": {"titel": "x"}}, "colour": 1})
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/purposes", "/languages/it/titel", "/colour"}


def test_openings_and_clicks(sandbox, mail_server):
    mail = prepare(sandbox, mail_server)
    message, letter = letter_to(sandbox, mail)
    [picture] = links(letter, "o")
    clicks = links(letter, "c")
    assert len(clicks) == 2 and "https://shop.example/plain" in letter.text("html")
    # Mail programs that fetch ahead, and scanners, are nobody.
    for headers in ({"User-Agent": "Mozilla/5.0"}, {"User-Agent": "BarracudaCentral scanner"}, {**BROWSER, "Sec-Purpose": "prefetch"}):
        requests.get(picture, headers=headers, timeout=10)
        requests.get(clicks[0], headers=headers, timeout=10, allow_redirects=False)
    eventually(lambda: events(sandbox, "ann", "Email Prefetched"))
    assert not events(sandbox, "ann", "Email Opened") and status(sandbox, message) == "delivered"
    answer = requests.get(picture, headers=BROWSER, timeout=10)
    assert answer.headers["Content-Type"] == "image/gif" and answer.content.startswith(b"GIF89a") and len(answer.content) == 43
    requests.get(picture, headers=BROWSER, timeout=10)
    [opened] = eventually(lambda: events(sandbox, "ann", "Email Opened"))
    assert opened["properties"] == {
        "message_id": message["id"], "journey": "letters", "step": "letter", "template": "letter", "channel": "email",
        "class": "marketing", "first": True
    }
    assert status(sandbox, message) == "opened"
    targets = {requests.get(url, headers=BROWSER, timeout=10, allow_redirects=False).headers["Location"] for url in clicks}
    assert targets == {"https://shop.example/?a=1&b=%C3%BC", "https://shop.example/text"}
    eventually(lambda: len(events(sandbox, "ann", "Email Clicked")) == 2)
    assert {event["properties"]["url"] for event in events(sandbox, "ann", "Email Clicked")} == {
        "https://shop.example/?a=1&b=ü", "https://shop.example/text"
    }
    assert status(sandbox, message) == "clicked"


def test_who_refused_tracking_is_not_tracked(sandbox, mail_server):
    mail = prepare(sandbox, mail_server)
    shop = sandbox.shop
    shop.send(identify("bob", {"email": "bob@example.com"}, context=consent(tracking=False)))
    _, letter = letter_to(sandbox, mail, "bob")
    assert not links(letter, "o") and not links(letter, "c")
    assert 'href="https://shop.example/?a=1&amp;b=ü"' in letter.text("html") and links(letter, "u")


def test_a_channel_may_leave_tracking_out(sandbox, mail_server):
    mail = prepare(sandbox, mail_server, track={"opens": False, "clicks": True})
    _, letter = letter_to(sandbox, mail)
    assert not links(letter, "o") and links(letter, "c")


def test_marketing_always_has_a_way_out_and_receipts_need_none(sandbox, mail_server):
    mail = prepare(sandbox, mail_server, html="<p>Hi</p>", text="Hi\n")
    _, letter = letter_to(sandbox, mail)
    for part in (letter.text(), letter.text("html")):
        assert "/u/" in part and "/p/" in part and "Unsubscribe" in part
    sandbox.shop.put("journeys", "receipt", {**journey("receipt"), "enter": {"event": "Paid"}})
    sandbox.shop.publish("receipt")
    sandbox.shop.send(track("Paid", "ann", "paid-1"))
    sandbox.advance("1s")
    receipt = mail.letters[-1]
    assert receipt is not letter and receipt.message["List-Unsubscribe"] is None and receipt.text() == "Hi\n"


@pytest.mark.parametrize("url", ["https://mail.shop.example/", "https://shop.example/roost"])
def test_links_begin_with_the_public_address(server_factory, mail_server, url):
    from conftest import Sandbox

    sandbox = Sandbox(server_factory(sandbox=True, options=["--public-url", url]))
    mail = prepare(sandbox, mail_server)
    _, letter = letter_to(sandbox, mail)
    assert all(found.startswith(url.rstrip("/") + "/u/") for found in links(letter, "u")) and links(letter, "u")
