"""A draft over the recorded history, from the command line to the last message."""

import json
import os
import pathlib
import subprocess
import time

import pytest

from api import API, Workspace, consent, identify, track
from server import ROOT, binary

EXAMPLES = ROOT / "examples" / "cdnow"
SILENT = """
segment: silent
all:
  - { event: Order Completed }
  - not: { event: Order Completed, within: 30d }
"""
WINBACK = """
journey: winback
enter: { segment: silent }
holdout: 0%
exit: [{ event: Order Completed }]
steps:
  - wait: 1h
  - send: { id: miss-you, channel: email, template: letter }
  - wait: 7d
  - send: { id: coupon, channel: email, template: letter }
"""
LETTER = """
template: letter
channel: email
subject: "We miss you, {{ person.first_name | default: 'friend' }}"
text: Come back.
"""
WORTH_COMPARING = ("id", "journey", "version", "step", "channel", "template", "class", "status", "reason", "to", "subject", "scheduledAt")


def roost(sandbox, *arguments):
    return command(sandbox.server, *arguments)


def command(server, *arguments):
    """The command against a server."""
    environment = {**os.environ, "ROOST_TOKEN": server.token(), "ROOST_URL": server.url}
    return subprocess.run(
        [binary(), *map(str, arguments)], capture_output=True, text=True, timeout=300, env=environment, stdin=subprocess.DEVNULL
    )


@pytest.fixture
def bought(sandbox):
    """Ann and Bob bought on 2 March; Bob again on 8 April. Cid never agreed to letters."""
    shop = sandbox.shop
    for user, answer in (("ann", True), ("bob", True), ("cid", False)):
        traits = {"email": f"{user}@example.com", "first_name": user.capitalize()}
        shop.send(identify(user, traits, context=consent(marketing=answer)))
    sandbox.move_to("2026-03-02T12:00:00Z")
    shop.send(*(track("Order Completed", user, f"first-{user}") for user in ("ann", "bob", "cid")))
    sandbox.move_to("2026-04-02T12:00:00Z")
    shop.send(track("Order Completed", "bob", "second-bob"))
    sandbox.move_to("2026-06-01T00:00:00Z")
    return sandbox


@pytest.fixture
def drafts(tmp_path):
    """A directory of drafts, none of which is put."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    for name, text in (("silent", SILENT), ("winback", WINBACK), ("letter", LETTER)):
        (folder / f"{name}.yaml").write_text(text)
    return folder


PERIOD = ("--from", "2026-03-01", "--to", "2026-06-01", "--workspace", "shop")


def lines(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_directory_of_drafts(bought, drafts):
    done = roost(bought, "journey", "rehearse", drafts, *PERIOD, "-o", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["state"] == "done"
    summary = found["summary"]
    assert (summary["people"], summary["events"]) == (3, 7)
    journey = summary["journeys"][0]
    # Ann, Bob and Cid fall silent on 1 April at noon; Bob's order on 2 April takes him out, and on 2 May he may not again.
    assert (journey["journey"], journey["draft"], journey["entries"], journey["finished"]) == ("winback", True, 3, 2)
    assert journey["exited"] == {"exit rule 1": 1}
    assert summary["messages"]["sent"] == 3
    assert summary["messages"]["suppressed"] == {"no_consent": 2}
    messages = lines(roost(bought, "journey", "rehearse", drafts, *PERIOD, "--messages", "-o", "json"))
    assert sorted((item["scheduledAt"], item["person"]["userId"], item["step"]) for item in messages if item["status"] == "sent") == [
        ("2026-04-01T13:00:00.000Z", "ann", "miss-you"),
        ("2026-04-01T13:00:00.000Z", "bob", "miss-you"),
        ("2026-04-08T13:00:00.000Z", "ann", "coupon"),
    ]
    assert messages[0]["subject"].startswith("We miss you, ")
    # Nothing was put, nothing was sent.
    assert bought.shop.messages() == []
    assert bought.shop.get("/journeys")["items"] == []
    text = roost(bought, "journey", "rehearse", drafts, *PERIOD)
    assert "3 people, 7 events" in text.stdout and "winback/miss-you: 2 sent, 1 no_consent" in text.stdout


def test_one_person_and_every_reason(bought, drafts):
    story = json.loads(roost(bought, "journey", "rehearse", drafts, *PERIOD, "--person", "user:bob", "-o", "json").stdout)
    told = [next(key for key in ("event", "cameInto", "left", "message", "entered", "ended", "step") if key in item) for item in story["items"]]
    assert "cameInto" in told and "entered" in told and "message" in told and "ended" in told
    ended = next(item for item in story["items"] if "ended" in item)
    assert (ended["ended"], ended["reason"], ended["because"]) == ("exited", "exit rule 1", "the event Order Completed")
    message = next(item for item in story["items"] if "message" in item)
    assert any("consent marketing given" in reason for reason in message["why"])
    assert [item["step"] for item in story["messages"]] == ["miss-you"]


def test_what_differs_between_two_drafts(bought, drafts, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    for file in drafts.iterdir():
        text = file.read_text()
        if file.stem == "winback":
            text = text.replace("id: miss-you", "id: first").replace("id: coupon", "id: miss-you").replace("id: first", "id: coupon")
        (other / file.name).write_text(text)
    found = json.loads(roost(bought, "journey", "rehearse", drafts, *PERIOD, "--against", other, "-o", "json").stdout)
    # Ann gets both, in the other order; Bob gets the first only, which is another one.
    assert (found["people"], found["more"], found["fewer"], found["others"]) == (2, 0, 0, 2)
    assert {"first": "winback/coupon", "then": "winback/miss-you", "peopleInFirst": 1, "peopleInSecond": 0} in found["orders"]


def test_assumed_openings_are_told_as_such(bought, drafts):
    done = roost(bought, "journey", "rehearse", drafts, *PERIOD, "--assume", '{"email": {"opened": 1, "clicked": 0.5}}', "-o", "json")
    assumptions = json.loads(done.stdout)["summary"]["assumptions"]
    assert assumptions["openingsAssumed"] == 3
    assert assumptions["engagement"] == {"email": {"opened": 1, "clicked": 0.5, "after": "1h"}}


def test_wrong_drafts_are_named(bought, drafts):
    (drafts / "winback.yaml").write_text(WINBACK.replace("wait: 1h", "wait: soon"))
    done = roost(bought, "journey", "rehearse", drafts, *PERIOD)
    assert done.returncode == 1
    assert "winback.yaml" in done.stderr and "/steps/0/wait" in done.stderr
    assert roost(bought, "journey", "rehearse", *PERIOD).returncode == 64
    refused = bought.shop.call("POST", "/journeys/rehearse", {"drafts": [], "from": "2026-01-01T00:00:00Z", "to": "2025-01-01T00:00:00Z"})
    assert refused.status_code == 400
    assert {error["pointer"] for error in refused.json()["errors"]} >= {"/to"}


def test_results_last_and_can_be_forgotten(bought, drafts, server_factory):
    shop = bought.shop
    shop.put("segments", "silent", SILENT)
    shop.letter("letter", "Hello")
    shop.put("journeys", "winback", WINBACK)
    begun = shop.ask("POST", "/journeys/rehearse", {"journeys": ["winback"], "from": "2026-03-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"})
    path = f"/rehearsals/{begun['id']}"
    while shop.get(path)["state"] == "running":
        time.sleep(0.05)
    summary, messages = shop.get(path)["summary"], list(shop.pages(path + "/messages"))
    assert len(messages) == 5
    bought.server.stop()
    bought.server.start()
    again = Workspace(bought.server.url, "shop", shop.write_key, shop.secret_key)
    assert again.get(path)["summary"] == summary
    assert list(again.pages(path + "/messages")) == messages
    assert [item["id"] for item in again.get("/rehearsals")["items"]] == [begun["id"]]
    assert again.call("DELETE", path).status_code == 204
    assert again.call("GET", path).status_code == 404
    # Another workspace's rehearsals do not exist.
    other = Workspace.make(type(bought.operator)(bought.server.url, bought.server.token()), key="other")
    assert other.get("/rehearsals")["items"] == []


@pytest.mark.seconds(280)
def test_real_purchases(server_factory, tmp_path):
    """The truth test on CDNOW's purchases: what a live journey sent is what a rehearsal of it says, message by message."""
    purchases = pathlib.Path(os.environ.get("ROOST_CDNOW") or ROOT / ".setup" / "data" / "cdnow.ndjson")
    if not purchases.exists():
        pytest.skip(f"{purchases} is not there; run scripts/setup.sh data")
    # Every tenth customer, as the literature's sample; all of them with ROOST_CDNOW_ALL=1.
    everybody = os.environ.get("ROOST_CDNOW_ALL") == "1"
    chosen = tmp_path / "cdnow.ndjson"
    with open(purchases) as source, open(chosen, "w") as target:
        target.writelines(line for line in source if everybody or int(json.loads(line)["userId"][-5:]) % 10 == 1)
    server = server_factory(sandbox=True)
    shop = shop_of_records(API(server.url, server.token()))
    done = command(server, "import", "events", chosen, "--workspace", "cdnow", "--replay")
    assert done.returncode == 0, done.stderr
    API(server.url, server.token()).ask("POST", "/clock", {"to": "1998-12-31T00:00:00Z"})
    truth = {item["id"]: item for item in shop.messages()}
    begun = shop.ask("POST", "/journeys/rehearse", {"journeys": ["winback"], "from": "1996-12-31T00:00:00Z", "to": "1998-12-31T00:00:00Z"})
    path = f"/rehearsals/{begun['id']}"
    while shop.get(path)["state"] == "running":
        time.sleep(0.1)
    assert shop.get(path)["state"] == "done"
    told = {item["id"]: item for item in shop.pages(path + "/messages")}
    assert len(truth) > 1000
    assert told.keys() == truth.keys()
    for id, item in truth.items():
        assert [told[id].get(name) for name in WORTH_COMPARING] == [item.get(name) for name in WORTH_COMPARING]


def shop_of_records(operator):
    """The example's definitions, before the first purchase."""
    shop = Workspace.make(operator, **json.loads((EXAMPLES / "workspace.json").read_text()))
    for kind in ("segments", "templates", "journeys"):
        for file in sorted((EXAMPLES / kind).glob("*.yaml")):
            shop.put(kind, file.stem, file.read_text())
    shop.publish("winback")
    return shop
