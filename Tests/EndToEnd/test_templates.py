"""Templates seen from outside: values as decided, languages, snippets, previews, and what is refused."""

from api import identify, track
from test_wrong_input import refusal

RECEIPT = """
journey: receipt
name: Receipt
enter: { event: Order Completed }
again: always
class: transactional
steps:
  - send: { id: thanks, channel: email, template: thanks }
"""

THANKS = {
    "channel": "email",
    "language": "en",
    "subject": "Thank you, {{ person.first_name | default: \"friend\" }}",
    "html": "<p>{% for item in event.products %}{{ item.name }}: {{ item.price | money }}<br>{% endfor %}</p>{% render 'foot' %}",
    "text": "{{ event.products | size }} {{ event.products.size | plural: \"item\", \"items\" }} on {{ \"now\" | date: \"%-d %B\" }}",
    "languages": {
        "ru": {
            "subject": "Спасибо, {{ person.first_name }}",
            "text": "{{ event.products.size }} {{ event.products.size | plural: \"товар\", \"товара\", \"товаров\" }}, {{ \"now\" | date: \"%-d %B\" }}",
        }
    },
}

PRODUCTS = [{"name": "Hat & co", "price": 19.5}, {"name": "Socks", "price": 4}]


def ready(shop):
    shop.put("templates", "foot", {"kind": "snippet", "source": "<i>{{ workspace.name }}, first</i>"})
    shop.put("templates", "thanks", THANKS)
    shop.put("journeys", "receipt", RECEIPT)
    shop.publish("receipt")


def order(shop, user, number, **traits):
    shop.send(
        identify(user, {"email": f"{user}@example.com", **traits}),
        track("Order Completed", user, f"o-{user}-{number}", properties={"order_id": f"{user}-{number}", "products": PRODUCTS}),
    )


def newest(shop):
    return shop.message(shop.messages()[0]["id"])


def test_a_message_says_what_was_true_when_it_was_decided(sandbox):
    shop = sandbox.shop
    ready(shop)
    order(shop, "ann", 1, first_name="Ann")
    first = newest(shop)
    assert first["subject"] == "Thank you, Ann"
    assert first["html"] == f"<p>Hat &amp; co: €19.50<br>Socks: €4.00<br></p><i>{shop.key}, first</i>"
    assert first["text"] == "2 items on 1 March"

    shop.put("templates", "foot", {"kind": "snippet", "source": "<i>second</i>"})
    shop.put("templates", "thanks", {**THANKS, "subject": "Other"})
    sandbox.advance("1m")
    order(shop, "ann", 2, first_name="Anna")
    assert newest(shop)["html"].endswith("<i>second</i>")
    assert shop.message(first["id"]) == first


def test_languages(sandbox):
    shop = sandbox.shop
    ready(shop)
    order(shop, "olga", 1, first_name="Ольга", language="ru-RU")
    letter = newest(shop)
    assert letter["subject"] == "Спасибо, Ольга"
    assert letter["text"] == "2 товара, 1 марта"
    assert letter["html"] is None
    order(shop, "fritz", 1, language="de")
    assert newest(shop)["subject"] == "Thank you, friend"


def test_preview(sandbox):
    shop = sandbox.shop
    ready(shop)
    order(shop, "ann", 1, first_name="Ann")
    preview = shop.ask("POST", "/templates/thanks/preview", {"person": "user:ann", "event": {"products": PRODUCTS[:1]}})
    assert preview["parts"]["text"] == "1 item on 1 March"
    assert preview["missing"] == []
    preview = shop.ask("POST", "/templates/thanks/preview", {"language": "ru"})
    assert preview["language"] == "ru"
    assert {item["value"] for item in preview["missing"]} == {"person.first_name", "event.products.size"}
    assert preview["missing"][0] == {"pointer": "/subject", "value": "person.first_name", "line": 1, "column": 13}

    draft = {"channel": "sms", "text": "Hi {{ person.name }}", "sample": {"person": {"name": "Bo"}}}
    assert shop.ask("POST", "/templates/other/preview", {"template": draft})["parts"] == {"text": "Hi Bo"}
    wrong = refusal(shop.call("POST", "/templates/thanks/preview", {"person": 5, "more": 1}), 400, "invalid_request")
    assert [error["pointer"] for error in wrong["errors"]] == ["/person", "/more"]
    refusal(shop.call("POST", "/templates/none/preview", {}), 404, "not_found")
    refusal(shop.call("POST", "/templates/thanks/preview", {"person": "user:nobody"}), 404, "not_found")
    refusal(shop.call("POST", "/templates/foot/preview", {}), 400, "invalid_request")


def test_refused(sandbox):
    shop = sandbox.shop
    ready(shop)
    for body, pointer, word in [
        ({**THANKS, "html": "<p>\n{{ a | mony }}"}, "/html", "line 2, column 8"),
        ({**THANKS, "html": "<a href={{ url }}>"}, "/html", "quotes"),
        ({**THANKS, "html": "{% render 'none' %}"}, "/html", "there is no snippet"),
        ({**THANKS, "languages": {"ru": {"subject": "{{"}}}, "/languages/ru/subject", "never closed"),
        ({"channel": "push", "body": "x"}, "/title", "needs title"),
        ({"channel": "email", "subject": "x", "blocks": [{"type": "button", "text": "Go"}]}, "/blocks/0/url", "needs url"),
    ]:
        response = shop.call("PUT", "/templates/thanks", body)
        assert response.status_code == 400, response.text
        error = response.json()["errors"][0]
        assert error["pointer"] == pointer and word in error["detail"], error
    broken = shop.call("PUT", "/templates/foot", {"kind": "snippet", "source": "<a href={{ x }}>"})
    assert broken.status_code == 400 and "template thanks" in broken.text
    circle = shop.call("PUT", "/templates/foot", {"kind": "snippet", "source": "{% include 'foot' %}"})
    assert circle.status_code == 400 and "uses itself" in circle.text
    assert shop.call("PUT", "/templates/foot", {"channel": "sms", "text": "x"}).status_code == 400


def test_a_template_that_fails_fails_its_message_only(sandbox):
    shop = sandbox.shop
    ready(shop)
    shop.put("templates", "thanks", {**THANKS, "languages": {}, "text": "{{ 1 | divided_by: person.zero }}"})
    order(shop, "ann", 1, zero=0)
    order(shop, "bob", 1, zero=2)
    texts = {item["person"]["userId"]: shop.message(item["id"]) for item in shop.messages()}
    assert texts["bob"]["text"] == "0"
    assert "text" not in texts["ann"] or texts["ann"]["text"] is None


def test_letters_in_blocks(sandbox):
    shop = sandbox.shop
    ready(shop)
    shop.put("templates", "thanks", {
        "channel": "email", "subject": "Thanks",
        "blocks": [
            {"type": "heading", "text": "Hi {{ person.first_name }}"},
            {"type": "products", "items": "event.products", "columns": 1},
            {"type": "button", "text": "Open", "url": "https://shop.example/{{ event.order_id }}"},
        ],
    })
    order(shop, "ann", 1, first_name="<Ann>")
    letter = newest(shop)
    assert "Hi &lt;Ann&gt;" in letter["html"] and "https://shop.example/ann-1" in letter["html"] and "Hat &amp; co" in letter["html"]
    assert "* Hat & co, €19.50" in letter["text"] and "Open: https://shop.example/ann-1" in letter["text"]
