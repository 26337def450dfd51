"""Broadcasts from outside: over HTTP and by command, wrong input included."""

import collections
import json
import os
import subprocess

from api import consent, identify
from server import binary
from test_wrong_input import refusal

SPRING = """
broadcast: spring
name: Spring
segment: everybody
channel: email
template: sale
rate: 600/min
test:
  subjects: ["Sale", "{{ person.first_name }}, a sale"]
  share: 50%
  decideAfter: 1h
"""


def people(shop, count):
    shop.letter("sale", "Sale")
    shop.send(*[identify(f"u{n}", {"email": f"u{n}@example.com", "first_name": f"N{n}"}, context=consent(marketing=n % 4 != 0)) for n in range(count)])


def roost(sandbox, *arguments, text=None):
    environment = {**os.environ, "ROOST_TOKEN": sandbox.server.token()}
    return subprocess.run(
        [binary(), "broadcast", *arguments, "--workspace", sandbox.shop.key, "--url", sandbox.shop.url],
        capture_output=True,
        text=True,
        timeout=30,
        env=environment,
    )


def test_from_file_to_proof(sandbox, tmp_path):
    shop = sandbox.shop
    people(shop, 200)
    file = tmp_path / "spring.yaml"
    file.write_text(SPRING)
    put = roost(sandbox, "put", str(file))
    assert (put.returncode, put.stdout) == (0, "broadcast spring version 1\n"), put.stderr
    estimate = json.loads(roost(sandbox, "estimate", "spring", "-o", "json").stdout)
    assert (estimate["audience"], estimate["reachable"], estimate["suppressed"]) == (200, 150, {"no_consent": 50})
    assert estimate["seconds"] == 15 and 60 < estimate["sample"] < 140
    started = roost(sandbox, "start", "spring")
    assert started.returncode == 0, started.stderr
    sandbox.advance("10m")
    testing = shop.get("/broadcasts/spring")
    assert testing["state"] == "testing" and testing["audience"] == 200
    sandbox.advance("2h")
    done = shop.get("/broadcasts/spring")
    assert done["state"] == "finished"
    rows = collections.Counter(item["status"] for item in shop.messages(journey="broadcast:spring"))
    assert rows == {"sent": 150, "suppressed": 50} == done["counts"] == done["proof"]["messages"]
    assert done["decision"]["winner"] == 1  # nobody opened anything
    assert "finished" in roost(sandbox, "status", "spring").stdout
    assert "broadcast:spring" not in [item["key"] for item in shop.get("/journeys")["items"]]
    assert [item["key"] for item in shop.get("/templates")["items"]] == ["sale"]


def pointers(shop, method, path, body=None):
    return {error["pointer"] for error in refusal(shop.call(method, path, body), 400, "invalid_request")["errors"]}


def test_wrong_input_is_named(shop):
    shop.letter("sale", "Sale")
    assert pointers(shop, "PUT", "/broadcasts/x", {"segment": "everybody"}) == {"/channel", "/template"}
    shop.put("broadcasts", "x", {"segment": "nobody-knows", "channel": "email", "template": "sale"})
    assert pointers(shop, "POST", "/broadcasts/x/start") == {"/segment"}
    assert pointers(shop, "POST", "/broadcasts/x/estimate") == {"/segment"}
    for method, path, status in [
        ("POST", "/broadcasts/x/pause", 409),
        ("POST", "/broadcasts/x/explode", 404),
        ("POST", "/broadcasts/none/start", 404),
        ("GET", "/broadcasts/none", 404),
        ("DELETE", "/broadcasts/none", 404),
    ]:
        assert shop.call(method, path).status_code == status, path
    assert shop.call("DELETE", "/broadcasts/x").status_code == 204
    assert shop.call("GET", "/broadcasts/x").status_code == 404
