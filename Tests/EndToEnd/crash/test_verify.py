"""The judge judged: a fault made on purpose must be found, and a faultless world must not be complained about."""

import collections
import copy

import pytest

from api import Refused
from broadcasts import Broadcasts
from ledger import Batch, Ledger, Person
from verify import Verifier


class World:
    """A server and a mail server as they should look after three calls, in the shape that the verifier asks for."""

    url = "http://nowhere"

    def __init__(self):
        self.ledger = Ledger()
        self.timelines, self.profiles = {}, {}
        self.listed, self.letters, self.taken = [], [], {}
        self.counts = {"lovers": [1, 1, 1]}  # told, recounted, listed
        self.add("t", [("Receipt Wanted", "m1")])
        self.add("s", [("Signed Up", "m2")])
        self.add("p", [("Loved", "m3"), ("Loved", "m4"), ("Loved", "m5"), ("Order Completed", "m6")])
        self.letter("i1", "receipt", "receipt", "t", "transactional", "sent", 1)
        self.letter("i2", "welcome", "hello", "s", "marketing", "sent", 1)
        self.letter("i3", "welcome", "later", "s", "marketing", "ambiguous", 1)
        self.letter("i4", "lovers", "thanks", "p", "transactional", "ambiguous", 2)

    def add(self, user, events, acknowledged=True, present=True):
        person = self.ledger.add(Person(user=user))
        batch = Batch(user, [(person, id, name) for name, id in events])
        for name, id in events:
            person.note(id, name, batch)
        if acknowledged:
            self.ledger.acknowledge(batch)
        else:
            self.ledger.abandon(batch)
        if present:
            self.timelines[f"user:{user}"] = [{"id": id, "event": name} for name, id in events]
            counted = collections.Counter(name for name, _ in events)
            orders = [{"orders": counted["Order Completed"]}]
            self.profiles[f"user:{user}"] = {"events": [{"event": n, "count": c} for n, c in counted.items()], "orders": orders}
            self.listed.append({"userId": user})

    def letter(self, id, journey, step, user, kind, status, taken):
        self.letters.append({"id": id, "journey": journey, "step": step, "person": {"userId": user}, "class": kind, "status": status})
        self.taken[id] = taken

    # What the verifier asks the server

    def timeline(self, ref):
        if ref not in self.timelines:
            raise Refused(Missing)
        return copy.deepcopy(self.timelines[ref])

    def person(self, ref):
        return copy.deepcopy(self.profiles[ref])

    def pages(self, path):
        if path == "/messages":
            return copy.deepcopy(self.letters)
        return self.listed if path == "/people" else [None] * self.counts["lovers"][2]

    def get(self, path):
        segment = {"key": "lovers", "exact": True, "state": "live", "definition": {}, "count": self.counts["lovers"][0]}
        return {"items": [segment]} if path == "/segments" else segment

    def ask(self, method, path, body):
        return {"count": self.counts["lovers"][1]}

    def message(self, id):
        return {"id": id}


class Missing:
    status_code, text = 404, ""

    class request:
        method, url = "GET", "/"


class Sink:
    def __init__(self, world):
        self.counts = lambda: dict(world.taken)


def findings(world, monkeypatch):
    verifier = Verifier(world, world.ledger, Sink(world), seed=1)
    monkeypatch.setattr(verifier, "wait_until_quiet", lambda found: setattr(verifier, "messages", world.pages("/messages")))
    return verifier.verify(everybody=True)


def test_nothing_to_object_to(monkeypatch):
    assert findings(World(), monkeypatch) == []


def test_unanswered_calls_may_be_there_or_not(monkeypatch):
    world = World()
    world.add("a1", [("Receipt Wanted", "m7")], acknowledged=False, present=False)
    world.add("a2", [("Receipt Wanted", "m8")], acknowledged=False, present=True)
    world.letter("i5", "receipt", "receipt", "a2", "transactional", "sent", 1)
    assert findings(world, monkeypatch) == []


def lose_an_event(world):
    world.timelines["user:p"].pop()


def lose_a_person(world):
    del world.timelines["user:t"]


def double_an_event(world):
    world.timelines["user:t"].append(world.timelines["user:t"][0])


def mix_up_people(world):
    world.timelines["user:t"].append({"id": "m3", "event": "Loved"})


def lose_a_message(world):
    world.letters.pop(0)
    world.taken.pop("i1")


def double_a_message(world):
    world.letter("i9", "receipt", "receipt", "t", "transactional", "sent", 1)


def invent_a_message(world):
    world.letter("i9", "receipt", "receipt", "p", "transactional", "sent", 1)


def lose_a_letter(world):
    world.taken["i1"] = 0


def double_a_letter(world):
    world.taken["i2"] = 2


def double_an_ambiguous_advertisement(world):
    world.taken["i3"] = 2


def treble_an_ambiguous_receipt(world):
    world.taken["i4"] = 3


def send_what_is_not_recorded(world):
    world.taken["unknown"] = 1


def fail_a_message(world):
    world.letters[0]["status"] = "failed"


def miscount_a_profile(world):
    world.profiles["user:p"]["events"][0]["count"] = 2


def miscount_orders(world):
    world.profiles["user:p"]["orders"][0]["orders"] = 2


def miscount_a_segment(world):
    world.counts["lovers"][0] = 2


def list_too_few(world):
    world.counts["lovers"][2] = 0


def list_somebody_twice(world):
    world.listed.append({"userId": "t"})


def tear_a_call(world):
    world.add("b", [("Product Viewed", "m7"), ("Product Viewed", "m8")], acknowledged=False)
    world.timelines["user:b"].pop()
    world.profiles["user:b"]["events"][0]["count"] = 1


FAULTS = {
    lose_an_event: "LOST",
    lose_a_person: "LOST",
    double_an_event: "DOUBLED",
    mix_up_people: "STRANGE",
    lose_a_message: "LOST",
    double_a_message: "DOUBLED",
    invent_a_message: "STRANGE",
    lose_a_letter: "LOST",
    double_a_letter: "DOUBLED",
    double_an_ambiguous_advertisement: "DOUBLED",
    treble_an_ambiguous_receipt: "DOUBLED",
    send_what_is_not_recorded: "STRANGE",
    fail_a_message: "STRANGE",
    miscount_a_profile: "MISCOUNTED",
    miscount_orders: "MISCOUNTED",
    miscount_a_segment: "MISCOUNTED",
    list_too_few: "MISCOUNTED",
    list_somebody_twice: "DOUBLED",
    tear_a_call: "TORN",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_every_fault_is_found(monkeypatch, fault):
    world = World()
    fault(world)
    found = findings(world, monkeypatch)
    assert any(text.startswith(FAULTS[fault]) for text in found), found


# Broadcasts


class Newsroom:
    """A finished broadcast of three people as it should look."""

    def __init__(self):
        self.ledger = Ledger()
        self.told = {
            "state": "finished",
            "turns": 3,
            "counts": {"sent": 2, "suppressed": 1},
            "proof": {"audience": 3, "reached": 3, "merged": 0, "erased": 0, "untouched": 0, "open": 0, "messages": {"sent": 2, "suppressed": 1}},
        }
        self.rows = [self.row("n1", "a", "sent"), self.row("n2", "b", "sent"), self.row("n3", "c", "suppressed")]
        self.taken = {"n1": 1, "n2": 1}
        self.refusals = 0

    @staticmethod
    def row(id, user, status):
        return {"id": id, "journey": "broadcast:news-1", "step": "send", "person": {"id": user, "userId": user}, "class": "marketing", "status": status}

    def put(self, *_):
        pass

    def get(self, path):
        assert path == "/broadcasts/news-1"
        return copy.deepcopy(self.told)

    port = 0

    def counts(self):
        return dict(self.taken)

    def findings(self):
        broadcasts = Broadcasts(self, self.ledger, self, None)
        broadcasts.number, broadcasts.expected = 1, {"news-1": {"a", "b"}}
        return sorted({finding.split(":")[0].split(" ")[0] for finding in broadcasts.check(self.rows)})


def test_a_right_broadcast_is_not_complained_about():
    assert Newsroom().findings() == []


def doubled(room):
    room.rows.append(room.row("n4", "a", "suppressed"))


def unsaid(room):
    room.rows.pop(0)
    room.taken.pop("n1")


def taken_twice(room):
    room.taken["n1"] = 2


def never_taken(room):
    room.taken["n1"] = 0


def left_open(room):
    room.rows[0]["status"] = "scheduled"
    room.taken["n1"] = 0


def forgotten(room):
    room.told["proof"]["untouched"] = 1


@pytest.mark.parametrize(
    "fault, word",
    [
        (doubled, "DOUBLED"),
        (unsaid, "LOST"),
        (taken_twice, "DOUBLED"),
        (never_taken, "LOST"),
        (left_open, "OPEN"),
        (forgotten, "LOST"),
    ],
)
def test_a_wrong_broadcast_is_found(fault, word):
    room = Newsroom()
    fault(room)
    assert word in room.findings()
