"""The catalogue seen from outside: feeds over HTTP and from the command line, what becomes of them, and what is refused."""

import gzip
import json
import subprocess

from server import binary
from test_wrong_input import refusal

YML = """<?xml version="1.0" encoding="UTF-8"?>
<yml_catalog date="2026-11-01"><shop><categories><category id="1">Hats</category></categories><offers>
<offer id="1" available="true"><name>Hat &amp; co</name><url>https://shop.example/1</url><price>12.50</price>
<oldprice>20</oldprice><currencyId>EUR</currencyId><categoryId>1</categoryId></offer>
<offer id="2" available="false"><name>Sock</name><price>4</price></offer>
<offer id="3"><price>4</price></offer></offers></shop></yml_catalog>
"""


def upload(shop, body, kind="application/xml", **query):
    return shop.call("POST", "/catalog/import", body.encode(), kind=kind, **query)


def roost(sandbox, *arguments):
    """The command line, on the sandbox."""
    return subprocess.run(
        [binary(), *arguments, "--url", sandbox.server.url, "--data", str(sandbox.server.data)],
        capture_output=True, text=True, timeout=60,
    )


def test_feeds_over_http(sandbox):
    shop = sandbox.shop
    answer = upload(shop, YML)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "added": 2, "changed": 0, "unchanged": 0, "removed": 0, "bad": 1,
        "badLines": [{"line": 6, "reason": "3 has no title"}], "products": 2,
    }
    assert shop.ask("GET", "/catalog/products/1") == {
        "id": "1", "title": "Hat & co", "url": "https://shop.example/1", "price": {"amount": "12.50", "currency": "EUR"},
        "oldPrice": {"amount": "20", "currency": "EUR"}, "available": True, "category": "Hats",
    }
    assert [item["id"] for item in shop.ask("GET", "/catalog/products?query=HAT")["items"]] == ["1"]
    page = shop.ask("GET", "/catalog/products?limit=1")
    assert [item["id"] for item in shop.ask("GET", "/catalog/products?limit=9&cursor=" + page["next"])["items"]] == ["2"]

    again = upload(shop, "id,name,price\n1,Hat,10\n", "text/csv", mode="update").json()
    assert (again["changed"], again["removed"], again["products"]) == (1, 0, 2)
    again = upload(shop, "id,name,price\n1,Hat,10\n", "text/csv").json()
    assert (again["unchanged"], again["removed"], again["products"]) == (1, 1, 1)

    part = shop.ask("POST", "/catalog/import", {"products": [{"id": "7", "title": "Belt", "price": 5}, {"id": "8"}]})
    assert part["taken"] == 1 and part["badLines"] == [{"line": 2, "reason": "8 has no title"}]
    done = shop.ask("POST", "/catalog/import", {"import": part["import"], "finish": True})
    assert (done["added"], done["removed"], done["products"]) == (1, 1, 1)
    sandbox.server.stop()
    sandbox.server.start()
    shop.url = sandbox.server.url
    assert shop.ask("GET", "/catalog")["products"] == 1


def test_refused(sandbox):
    shop = sandbox.shop
    for body, word in [
        ("<rss><item></rss>", "line 1"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><rss>&e;</rss>', "entities"),
        ("name\nx\n", "no column id"), ("  ", "empty"),
    ]:
        assert word in str(refusal(upload(shop, body), 400, "invalid_request")), body
    refusal(upload(shop, YML, format="xlsx"), 400, "invalid_request")
    refusal(upload(shop, YML, mode="delete"), 400, "invalid_request")
    refusal(upload(shop, YML, format="csv"), 400, "invalid_request")
    refusal(shop.call("GET", "/catalog/products/none"), 404, "not_found")
    refusal(shop.call("POST", "/catalog/import", {"import": "none", "finish": True}), 409, "conflict")
    refusal(shop.call("POST", "/catalog/import", {"products": 5}), 400, "invalid_request")
    assert shop.ask("GET", "/catalog")["products"] == 0


def test_command_line(sandbox, tmp_path):
    shop = sandbox.shop
    feed = tmp_path / "feed.xml.gz"
    feed.write_bytes(gzip.compress(YML.encode()))
    done = roost(sandbox, "import", "catalog", str(feed), "--workspace", shop.key, "-o", "json")
    assert done.returncode == 1, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["added"], answer["bad"], answer["products"]) == (2, 1, 2)
    bad = json.loads(open(answer["rejectedFile"]).read())
    assert bad["line"] == 6 and bad["detail"] == "3 has no title"
    many = tmp_path / "feed.csv"
    many.write_text("id;title;price\n" + "".join(f"{n};Product {n};{n}.5\n" for n in range(1_300)))
    done = roost(sandbox, "import", "catalog", str(many), "--workspace", shop.key)
    assert done.returncode == 0 and "1,300 products" in done.stderr, done.stderr
    assert shop.ask("GET", "/catalog/products?query=product%201299")["items"][0]["price"] == {"amount": "1299.5"}
    assert roost(sandbox, "import", "catalog", str(many), "--workspace", shop.key, "--mode", "no").returncode == 64
    assert roost(sandbox, "import", "people", str(many), "--workspace", shop.key, "--mode", "update").returncode == 64
