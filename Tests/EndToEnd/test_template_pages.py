"""Tests of templates, and their page in the console, seen from outside."""

import re
import time

from test_wrong_input import refusal

HELLO = {
    "channel": "email",
    "language": "en",
    "subject": "Hi {{ person.first_name }}",
    "html": "<p>Hi {{ person.first_name }}, {{ person.frist_name }}</p><a href=\"{{ unsubscribe_url }}\">bye</a>",
    "text": "Hi {{ person.first_name }} {{ preferences_url }}",
    "languages": {"ru": {"subject": "Привет, {{ person.first_name }}"}},
    "sample": {"person": {"first_name": "Sample"}},
}


def test_a_test_is_sent_and_marked(sandbox, mail_server):
    shop = sandbox.shop
    shop.put("templates", "hello", HELLO)
    sent = shop.ask("POST", "/templates/hello/test", {"to": "me@shop.example"})
    assert (sent["status"], sent["subject"], sent["test"]) == ("sent", "[Test] Hi Sample", True)
    mail = mail_server()
    shop.email_channel(mail.port)
    shop.ask("POST", "/templates/hello/test", {"to": "me@shop.example", "language": "ru"})
    deadline = time.monotonic() + 20
    while not mail.letters:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    letter = mail.letters[0].message
    assert letter["subject"] == "[Test] Привет, Sample" and letter["x-roost-test"] == "true"
    assert letter["to"] == "me@shop.example" and letter["list-unsubscribe"] is None
    link = re.search(r"http://\S+/p/\S+", letter.get_body(("plain",)).get_content()).group()
    assert shop.session.get(link).status_code in (200, 404)
    assert shop.ask("GET", "/people")["items"] == []
    refusal(shop.call("POST", "/templates/hello/test", {"to": "nobody"}), 400, "invalid_request")
    refusal(shop.call("POST", "/templates/none/test", {"to": "me@shop.example"}), 404, "not_found")


def test_findings_and_strict(sandbox):
    shop = sandbox.shop
    put = shop.put("templates", "hello", HELLO)
    assert [item["value"] for item in put["findings"]] == ["person.frist_name"]
    shop.send({"type": "identify", "userId": "ann", "traits": {"first_name": "Ann", "email": "ann@example.com"}})
    found = shop.ask("GET", "/templates/hello")["findings"]
    assert [(item["pointer"], item["line"], item["column"]) for item in found] == [("/html", 1, 35)]
    assert "did you mean first_name?" in found[0]["detail"]
    preview = shop.ask("POST", "/templates/hello/preview", {"person": "user:ann"})
    assert preview["wouldBeSent"] and "roost-link" not in str(preview["parts"]) and "/u/" in preview["parts"]["html"]
    shop.put("templates", "hello", {**HELLO, "strict": True})
    assert not shop.ask("POST", "/templates/hello/preview", {"person": "user:ann"})["wouldBeSent"]
    voucher = shop.call("PUT", "/templates/code", {"channel": "sms", "text": "{{ 'spring' | voucher }}"})
    assert "no pool of vouchers" in str(refusal(voucher, 400, "invalid_request"))
