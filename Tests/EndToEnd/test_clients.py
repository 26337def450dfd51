"""Real client libraries, each in a venv of its own: what they send arrives, once, and means what it should."""

import json
import pathlib
import subprocess

import pytest

from lossy import LossyProxy

CLIENTS = pathlib.Path(__file__).parent / "clients"


def run(python, script, *arguments):
    done = subprocess.run(
        [python, CLIENTS / script, *map(str, arguments)], capture_output=True, text=True, timeout=50, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(params=["segment", "rudder"])
def client(request):
    """Runs the library's script: client(host, key, packing, what, …)."""
    python = request.getfixturevalue(f"{request.param}_python")
    return lambda *arguments: run(python, f"{request.param}_client.py", *arguments)


@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_a_story_arrives_once_with_its_meaning(server, shop, client, packing):
    assert client(server.url, shop.write_key, packing, "story") == {"errors": []}

    person = shop.person("user:u-7")
    assert person["userId"] == "u-7"
    assert person["email"] == "ann@example.com"
    assert person["anonymousIds"] == ["anon-7"]
    assert person["traits"]["first_name"] == "Änn"
    answers = {item["purpose"]: item["granted"] for item in person["consents"]}
    assert answers == {"marketing": True, "marketing.email": False}
    assert [(row["currency"], row["orders"], row["revenue"]) for row in person["orders"]] == [
        ("EUR", 1, {"amount": "29.33", "currency": "EUR"})
    ]

    timeline = shop.timeline("user:u-7")
    assert [(item["type"], item["event"]) for item in reversed(timeline)] == [
        ("track", "Product Viewed"),
        ("identify", None),
        ("alias", None),
        ("track", "Order Completed"),
        ("page", "Home"),
        ("screen", "Main"),
        ("group", None),
    ]
    by_event = {item["event"] or item["type"]: item for item in timeline}
    assert by_event["Order Completed"]["id"] == "order-1"
    assert by_event["Order Completed"]["properties"] == {"order_id": "o-1", "total": 29.33, "currency": "EUR"}
    assert by_event["Home"]["properties"] == {"name": "Home", "category": "Docs", "url": "https://shop.example/"}
    assert by_event["group"]["properties"] == {"group_id": "g-1", "plan": "pro"}
    # The sender's clock and the server's are the same here, so the declared times stand but for the way.
    assert by_event["Product Viewed"]["at"].startswith("2026-03-01T10:00:0")
    # What the anonymous visitor did is reached by the anonymous id as well.
    assert shop.person("anonymous:anon-7")["id"] == person["id"]
    assert shop.get("/people", query="ann@example.com")["items"][0]["id"] == person["id"]


@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_hundreds_of_events_in_batches(server, shop, client, packing):
    assert client(server.url, shop.write_key, packing, "many", 350) == {"errors": []}
    found = [item["properties"]["number"] for user in range(10) for item in shop.timeline(f"user:user-{user}")]
    assert sorted(found) == list(range(350))
    assert {shop.person(f"user:user-{user}")["events"][0]["count"] for user in range(10)} == {35}


@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_a_lost_answer_doubles_nothing(server, shop, client, packing):
    with LossyProxy(server.url, losses=2) as proxy:
        assert client(proxy.url, shop.write_key, packing, "many", 40) == {"errors": []}
        assert [answered for _, answered, _ in proxy.calls] == [200] * len(proxy.calls)
        assert [told for _, _, told in proxy.calls].count(503) == 2
    found = [item["id"] for user in range(10) for item in shop.timeline(f"user:user-{user}")]
    assert sorted(found) == sorted(f"m-{number}" for number in range(40))
    assert {shop.person(f"user:user-{user}")["events"][0]["count"] for user in range(10)} == {4}


def test_segment_counts_its_retries(server, shop, segment_python):
    with LossyProxy(server.url, losses=2) as proxy:
        run(segment_python, "segment_client.py", proxy.url, shop.write_key, "plain", "many", 3)
        assert [count for count, _, _ in proxy.calls] == [0, 1, 2]


def test_an_unknown_key_ends_the_trying(server, shop, client):
    """`code` and `message` in the refusal: with them a library reports, without them it tries for ever."""
    errors = client(server.url, "wk_nobody", "plain", "many", 1)["errors"]
    assert len(errors) == 1
    assert "unauthorized" in errors[0] or "401" in errors[0], errors
