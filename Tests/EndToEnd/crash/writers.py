"""Writer threads: each sends batches one after another and notes which were answered 200. A batch without an answer is
sent again after the restart, as real clients do, or abandoned, as clients that died do."""

import base64
import http.client
import json
import random
import threading
import urllib.parse

from ledger import Batch, Person

ANSWER_SECONDS = 20


class Gate:
    """Where the server is, and whether new batches may be made."""

    def __init__(self):
        self.changed = threading.Condition()
        self.url, self.mode, self.fault = None, "wait", None

    def set(self, mode, url=None):
        """`run`, `drain` (only what is still unanswered), `wait` (no server), `end`."""
        with self.changed:
            self.mode, self.url = mode, url
            self.changed.notify_all()

    def fail(self, text):
        with self.changed:
            self.fault = self.fault or text
            self.changed.notify_all()


class Writer(threading.Thread):
    def __init__(self, number, seed, gate, ledger, write_key):
        super().__init__(daemon=True, name=f"writer-{number}")
        self.number, self.gate, self.ledger = number, gate, ledger
        self.random = random.Random(f"{seed}/{number}")
        self.authorization = "Basic " + base64.b64encode(f"{write_key}:".encode()).decode()
        self.pending = None
        self.last = None
        self.is_parked = False
        self.connection, self.connected_to = None, None
        self.next_id = self.next_person = self.next_batch = 0
        self.pool = []

    def run(self):
        while True:
            with self.gate.changed:
                while True:
                    mode, url = self.gate.mode, self.gate.url
                    is_parked = mode in ("wait", "end") or (mode == "drain" and self.pending is None)
                    if is_parked != self.is_parked:
                        self.is_parked = is_parked
                        self.gate.changed.notify_all()
                    if mode == "end":
                        return
                    if not self.is_parked:
                        break
                    self.gate.changed.wait()
            try:
                self.step(url)
            except Exception as error:  # a fault of the harness must not look like silence
                self.gate.fail(f"{self.name}: {type(error).__name__}: {error}")
                return

    def step(self, url):
        if self.pending is None and self.last is not None and self.random.random() < 0.08:
            # A client that did not hear the answer: the whole batch once more, acknowledged or not.
            self.post(url, self.last)
            self.ledger.resent += 1
        batch = self.pending or self.make_batch()
        self.pending = batch
        status = self.post(url, batch)
        if status == 200:
            self.ledger.acknowledge(batch)
            for person, _, _ in batch.events:
                if any(event["type"] == "identify" and event["userId"] == person.user for event in batch.calls):
                    person.is_joined = True
            self.pending, self.last = None, batch
        elif status is None and batch.may_be_abandoned and self.random.random() < 0.2:
            self.ledger.abandon(batch)
            self.pending = None
        self.pause(0.05 if status not in (200, None) else self.random.uniform(0.004, 0.03))

    def pause(self, seconds):
        with self.gate.changed:
            self.gate.changed.wait_for(lambda: self.gate.mode != "run", seconds)

    def post(self, url, batch):
        """The status; `None` if no answer came."""
        try:
            if self.connected_to != url:
                address = urllib.parse.urlsplit(url)
                self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=ANSWER_SECONDS)
                self.connected_to = url
            headers = {"Authorization": self.authorization, "Content-Type": "application/json"}
            self.connection.request("POST", "/v1/batch", batch.body, headers)
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection, self.connected_to = None, None
            return None
        if answer.status == 200:
            told = json.loads(content)
            if told["rejected"] or told["accepted"] != len(batch.calls):
                raise AssertionError(f"a good batch was not taken whole: {content[:500]}")
        elif answer.status not in (429, 503):
            raise AssertionError(f"answered {answer.status}: {content[:500]}")
        return answer.status

    # What is sent

    def make_batch(self):
        chance = self.random.random
        self.next_batch += 1
        self.events, self.calls, self.may_be_abandoned = [], [], True
        if chance() < 0.06 or not self.pool:
            self.pool = (self.pool + [self.new_visitor()])[-30:]
        for _ in range(self.random.randint(1, 12)):
            self.visit(self.random.choice(self.pool))
        if chance() < 0.35:
            self.new_person("t", "Receipt Wanted")
        if chance() < 0.25:
            self.new_person("s", "Signed Up", consent={"categoryPreferences": {"marketing": True}})
        if chance() < 0.25:
            self.new_cart(self.random.choice(["Cart Paid", "Cart Paid Elsewhere", None]))
        if chance() < 0.10:
            self.calls.append(self.calls[0])  # the same call twice in one batch
        batch = Batch((self.number, self.next_batch), self.events)
        batch.calls, batch.may_be_abandoned = self.calls, self.may_be_abandoned
        batch.body = json.dumps({"batch": self.calls}).encode()
        for person, id, name in self.events:
            person.note(id, name, batch)
        return batch

    def new_visitor(self):
        self.next_person += 1
        name = f"p{self.number}-{self.next_person}"
        return self.ledger.add(Person(user=name, anonymous=f"a{self.number}-{self.next_person}", email=f"{name}@example.com"))

    def new_person(self, kind, event, properties=None, **context):
        """Somebody who does one thing, which starts a journey."""
        self.next_person += 1
        name = f"{kind}{self.number}-{self.next_person}"
        person = self.ledger.add(Person(user=name, email=f"{name}@example.com"))
        self.call(
            person, "track", event, userId=name, properties=properties or {}, context={"traits": {"email": person.email}, **context}
        )

    def new_cart(self, end):
        """Somebody whose cart is paid at once, whose other cart is, or who pays nothing. Whether the answer comes in time
        is no question: it is in the same call."""
        self.new_person("c", "Cart Left", properties={"cart_id": f"{self.number}-{self.next_person}"})
        person = self.events[-1][0]
        if end:
            cart = f"{self.number}-{self.next_person - 1 if end == 'Cart Paid' else 'other'}"
            self.call(person, "track", "Cart Paid", userId=person.user, properties={"cart_id": cart})
            if end != "Cart Paid":
                self.events[-1] = (person, self.events[-1][1], end)

    def visit(self, person):
        draw = self.random.random()
        who = {"anonymousId": person.anonymous}
        if person.is_joined:
            if self.random.random() < 0.6:
                who = {"userId": person.user}
            if draw < 0.25:
                return self.call(person, "track", "Loved", userId=person.user)
        elif draw < 0.12 and len(person.events) > 3:
            self.may_be_abandoned = False
            return self.call(
                person, "identify", None, userId=person.user, anonymousId=person.anonymous, traits={"email": person.email}
            )
        elif draw < 0.25:
            who = {"userId": person.user}
        if draw > 0.85:
            return self.call(person, "track", "Order Completed", **who, properties={"total": 10, "currency": "EUR"})
        self.call(person, "track", "Product Viewed", **who, properties={"sku": f"S-{self.random.randint(1, 99)}"})

    def call(self, person, kind, event, **more):
        self.next_id += 1
        id = f"m{self.number}-{self.next_id}"
        call = {"type": kind, "messageId": id, **more}
        if event:
            call["event"] = event
        self.calls.append(call)
        self.events.append((person, id, event or kind))
