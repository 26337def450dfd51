"""The wire itself: half requests, pipelines, old clients, browsers."""

import json
import socket
import time

import pytest
import requests

from api import eventually, track
from raw import Connection, request


def basic(shop):
    import base64

    return {"Authorization": "Basic " + base64.b64encode(f"{shop.write_key}:".encode()).decode(), "Content-Type": "application/json"}


def body(*events):
    return json.dumps({"batch": list(events)}).encode()


def test_half_a_body_then_gone(server, shop):
    """Connections that promise a body and vanish leave nothing behind: no event, no admitted bytes."""
    whole = request("POST", "/v1/batch", body(track("Never", "ghost")), basic(shop))
    for cut in (10, len(whole) // 2, len(whole) - 1):
        with Connection(server.url) as connection:
            connection.send(whole[:cut])
    shop.send(track("E", "u"))
    assert shop.call("GET", "/people/user:ghost").status_code == 404

    def nothing_held():
        text = requests.get(server.url + "/metrics", headers={"Authorization": f"Bearer {server.token()}"}, timeout=10).text
        held = [line for line in text.splitlines() if line.startswith("roost_admitted_body_bytes ")]
        return held and float(held[0].split()[1]) == 0

    eventually(nothing_held)


def test_a_slow_sender_holds_up_nobody(server, shop):
    whole = request("POST", "/v1/batch", body(track("Slow", "u")), basic(shop))
    with Connection(server.url) as slow:
        for place in range(0, len(whole) - 1, max(1, len(whole) // 10)):
            slow.send(whole[place : min(place + max(1, len(whole) // 10), len(whole) - 1)])
            started = time.monotonic()
            shop.send(track("Fast", "v"))
            assert time.monotonic() - started < 5
        status, _, _ = slow.send(whole[-1:]).answer()
        assert status == 200
    assert [item["event"] for item in shop.timeline("user:u")] == ["Slow"]


def test_a_hundred_idle_connections(server, shop):
    idle = [Connection(server.url) for _ in range(100)]
    try:
        shop.send(track("E", "u"))
    finally:
        for connection in idle:
            connection.socket.close()


def test_pipelined_requests_are_answered_in_order(server, shop):
    first = request("POST", "/v1/batch", body(track("One", "u", "1")), basic(shop))
    wrong = request("POST", "/v1/batch", b"{", basic(shop))
    health = request("GET", "/healthz")
    last = request("POST", "/v1/track", json.dumps(track("Two", "u", "2")).encode(), basic(shop))
    with Connection(server.url) as connection:
        connection.send(first + wrong + health + last)
        assert [connection.answer()[0] for _ in range(4)] == [200, 400, 200, 200]
    assert sorted(item["event"] for item in shop.timeline("user:u")) == ["One", "Two"]


def test_http_1_0_closes(server, shop):
    with Connection(server.url) as connection:
        connection.send(request("POST", "/v1/batch", body(track("Old", "u")), basic(shop), version="1.0"))
        status, headers, _ = connection.answer()
        assert status == 200
        assert headers.get("connection", "close").lower() == "close"
        assert connection.is_closed()


def test_connection_close_is_kept(server):
    with Connection(server.url) as connection:
        connection.send(request("GET", "/healthz", headers={"Connection": "close"}))
        assert connection.answer()[0] == 200
        assert connection.is_closed()


def test_expect_100_continue(server, shop):
    content = body(track("Asked", "u"))
    whole = request("POST", "/v1/batch", content, {**basic(shop), "Expect": "100-continue"})
    with Connection(server.url) as connection:
        connection.send(whole[: -len(content)])
        assert connection.answer()[0] == 100
        assert connection.send(content).answer()[0] == 200


def test_chunked_bodies(server, shop):
    content = body(track("Chunked", "u"))
    head = request("GET", "/v1/batch", headers={**basic(shop), "Transfer-Encoding": "chunked"}).replace(b"GET", b"POST", 1)
    half = len(content) // 2
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (content[:half], content[half:])) + b"0\r\n\r\n"
    with Connection(server.url) as connection:
        assert connection.send(head + chunks).answer()[0] == 200


@pytest.mark.parametrize("garbage", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"HELO mail\r\n\r\n", b"\r\n" * 50, b"GET /" + b"x" * 200_000])
def test_what_is_no_http(server, shop, garbage):
    with Connection(server.url) as connection:
        connection.send(garbage)
        connection.socket.settimeout(3)
        try:
            connection.socket.recv(4096)
        except (socket.timeout, ConnectionResetError):
            pass
    shop.send(track("E", "u"))


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/batch/", "/v1/batch?debug=1"])
def test_paths_are_taken_generously(server, shop, path):
    response = requests.post(server.url + path, json={"batch": [track("E", "u")]}, auth=(shop.write_key, ""), timeout=10)
    assert (response.status_code, response.json()["accepted"]) == (200, 1)


@pytest.mark.parametrize("call", ["track", "identify", "page", "screen", "group", "alias"])
def test_single_calls(shop, call):
    single = {
        "track": {"event": "E"},
        "identify": {"traits": {"a": 1}},
        "page": {"name": "P"},
        "screen": {"name": "S"},
        "group": {"groupId": "g"},
        "alias": {"previousId": "before"},
    }[call]
    response = shop.post(call, {"userId": "u", **single})
    assert (response.status_code, response.json()) == (200, {"success": True, "accepted": 1, "rejected": []})
    [event] = shop.timeline("user:u")
    assert event["type"] == call


def test_send_beacon(server, shop):
    """A page that is being left can only send text/plain, with the key in the body and no header of its own."""
    content = json.dumps({"writeKey": shop.write_key, **track("Left", anonymousId="a-1")})
    headers = {"Content-Type": "text/plain;charset=UTF-8", "Origin": "https://shop.example"}
    response = requests.post(server.url + "/v1/track", data=content.encode(), headers=headers, timeout=10)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "*"
    assert [item["event"] for item in shop.timeline("anonymous:a-1")] == ["Left"]


def test_cors(server, shop):
    preflight = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    response = requests.options(server.url + "/v1/batch", headers=preflight, timeout=10)
    assert response.status_code in (200, 204)
    assert response.headers["access-control-allow-origin"] in ("*", "https://shop.example")
    assert "POST" in response.headers["access-control-allow-methods"]
    assert {"authorization", "content-type"} <= set(response.headers["access-control-allow-headers"].lower().replace(" ", "").split(","))
    for key, status in ((shop.write_key, 200), ("wk_wrong", 401)):
        answer = requests.post(
            server.url + "/v1/track", json=track("E", "u"), auth=(key, ""), headers={"Origin": "https://shop.example"}, timeout=10
        )
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*")
    # Management is not for other people's pages.
    answer = requests.options(server.url + "/api/v1/workspaces", headers=preflight, timeout=10)
    assert "access-control-allow-origin" not in answer.headers


def test_probes(server):
    assert requests.get(server.url + "/healthz", timeout=10).status_code == 200
    assert requests.get(server.url + "/readyz", timeout=10).json()["status"] == "ready"
    assert requests.head(server.url + "/healthz", timeout=10).status_code == 200


def test_the_interface_describes_itself(server):
    headers = {"Authorization": f"Bearer {server.token()}"}
    document = requests.get(server.url + "/openapi.json", headers=headers, timeout=10).json()
    assert document["openapi"].startswith("3.1")
    assert {"/v1/batch", "/api/v1/workspaces"} <= set(document["paths"])
