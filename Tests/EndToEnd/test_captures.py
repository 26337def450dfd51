"""Requests of real libraries, byte for byte as they were recorded, with the key replaced by the workspace's."""

import base64
import gzip
import json
import pathlib

import pytest

from raw import Connection
from server import ROOT

CAPTURES = ROOT / "Tests" / "EventsTests" / "captures"
RECORDED_KEY = "WRITEKEY"


class Capture:
    def __init__(self, name):
        head, rest = (CAPTURES / f"{name}.txt").read_bytes().replace(b"\r\n", b"\n").split(b"\n\n", 1)
        self.lines = head.decode().split("\n")
        self.is_packed = any(line.lower() == "content-encoding: gzip" for line in self.lines)
        self.body = rest.split(b"\n\n--> replied")[0].rstrip(b"\n")

    def bytes_for(self, key):
        body = self.body.replace(RECORDED_KEY.encode(), key.encode())
        json.loads(body)
        if self.is_packed:
            body = gzip.compress(body)
        lines = []
        for line in self.lines:
            name = line.split(":")[0].lower()
            if name == "authorization":
                line = "Authorization: Basic " + base64.b64encode(f"{key}:".encode()).decode()
            elif name == "content-length":
                line = f"Content-Length: {len(body)}"
            lines.append(line)
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("segment-plain-01", 8),
        ("segment-gzip-01", 8),
        ("segment-503x3-02", 1),
        ("rudder-plain-01", 6),
        ("rudder-gzip-01", 6),
        ("analytics-plain-01", 8),
        ("analytics-gzip-01", 8),
    ],
)
def test_replayed_twice_it_counts_once(server, shop, name, count):
    request = Capture(name).bytes_for(shop.write_key)
    with Connection(server.url) as connection:
        for _ in range(2):
            status, headers, body = connection.send(request).answer()
            assert status == 200, body
            assert headers["content-type"] == "application/json"
            assert json.loads(body) == {"success": True, "accepted": count, "rejected": []}
    events = shop.timeline("user:u1")
    # "Naive Time" comes from anon-1, which the alias of the same batch makes the user's.
    assert len(events) == count
    assert len({item["id"] for item in events}) == count
    if count > 1:
        assert shop.person("user:u1")["email"] == "a@example.com"
        assert shop.person("anonymous:anon-1")["userId"] == "u1"


def test_another_protocol_is_refused_with_reasons(server, shop):
    """PostHog's client names events by other rules: nothing is taken, everything is kept in quarantine."""
    capture = Capture("posthog-plain-01")
    response = shop.post("batch", capture.body)
    assert response.status_code == 400
    answer = response.json()
    assert [fault["pointer"] for fault in answer["errors"]] == [f"/batch/{index}/type" for index in range(4)]
    assert len(shop.get("/quarantine")["items"]) == 4
