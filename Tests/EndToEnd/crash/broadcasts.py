"""Broadcasts that run while the server is killed: one after another, over a mail server that fails at every stage."""

import collections
import time

import requests

from api import Refused

# Longer than any delay before a hand-off is tried again (ROOST_RETRY_SECONDS_MAX).
FINISH_SECONDS = 180
RATE = "60/s"


class Broadcasts:
    def __init__(self, shop, ledger, sink, draw):
        self.shop, self.ledger, self.sink, self.random = shop, ledger, sink, draw
        self.number = 0
        self.expected = {}  # key → users who were known for certain when it was started
        self.stopped = set()
        self.is_paused = False
        shop.put(
            "channels",
            "failing",
            {
                "type": "email.smtp",
                "url": f"smtp://shop:secret@127.0.0.1:{sink.port}?tls=none&connections=5",
                "from": "Shop <hi@shop.example>",
                "concurrency": 40,
            },
        )

    @property
    def key(self):
        return f"news-{self.number}"

    def turn(self):
        """One thing that an operator does: starts the next one when the last has ended, or pauses, or resumes, or stops."""
        try:
            self._turn()
        except (requests.RequestException, Refused) as fault:
            # The server may die meanwhile; an answer other than that it is ending, or that the last call was heard, is a fault.
            if isinstance(fault, Refused) and fault.response.status_code not in (503, 409):
                raise

    def _turn(self):
        state = self.state() if self.number else "finished"
        if state in ("finished", "stopped"):
            self.number += 1
            return self.begin()
        if state == "none":  # the call that was to put it did not arrive
            return self.begin()
        if state == "draft":
            return self.act("start")
        if self.is_paused:
            self.is_paused = False
            return self.act("resume")
        lot = self.random.random()
        if lot < 0.08:
            self.stopped.add(self.key)  # before: the answer may be lost
            self.act("stop")
        elif lot < 0.3:
            self.is_paused = True
            self.act("pause")

    def begin(self):
        kind = "marketing" if self.number % 2 else "transactional"
        self.expected[self.key] = {
            person.user
            for person in list(self.ledger.people)
            if person.anonymous is None and any(batch.is_acknowledged for _, batch in list(person.events.values()))
        }
        self.shop.put(
            "broadcasts",
            self.key,
            {"segment": "everybody", "channel": "failing", "template": "letter", "class": kind, "rate": RATE},
        )
        self.act("start")

    def act(self, action):
        self.shop.ask("POST", f"/broadcasts/{self.key}/{action}")

    def state(self, key=None):
        """`none`: there is no such broadcast."""
        answer = self.shop.call("GET", f"/broadcasts/{key or self.key}")
        if answer.status_code == 404:
            return "none"
        if not answer.ok:
            raise Refused(answer)
        return answer.json()["state"]

    def hold(self):
        """Nothing more is handed over, so that what was said and what was done can be compared."""
        if not self.number or self.state() not in ("sending", "scheduled"):
            return
        try:
            self.act("pause")
            self.is_paused = True
        except Refused as refusal:
            if refusal.response.status_code != 409:  # it has ended meanwhile
                raise

    def finish(self):
        """All that was begun is ended; the mail server fails no more. What is still open after a while is told."""
        if not self.number:
            return []
        self.sink.fails = False
        if self.state() == "none":
            self.begin()
        if self.state() == "draft":
            self.act("start")
        if self.state() == "paused":
            self.act("resume")
        end = time.monotonic() + FINISH_SECONDS
        while not self.is_over(self.key):
            if time.monotonic() > end:
                return [f"NOT FINISHED after {FINISH_SECONDS} s: {self.shop.get(f'/broadcasts/{self.key}')}"]
            time.sleep(0.1)
        return []

    def is_over(self, key):
        return self.shop.get(f"/broadcasts/{key}").get("proof") is not None

    def check(self, messages):
        """What is wrong with the broadcasts' messages, of all messages that the server lists."""
        findings, taken = [], self.sink.counts()
        rows = collections.defaultdict(list)
        for item in messages:
            rows[item["journey"].removeprefix("broadcast:")].append(item)
        failed = 0
        for number in range(1, self.number + 1):
            key = f"news-{number}"
            try:
                told = self.shop.get(f"/broadcasts/{key}")
            except Refused as refusal:
                if refusal.response.status_code == 404 and number == self.number:
                    continue  # the call that was to put it did not arrive
                raise
            findings += self.check_one(key, told, rows[key])
            for item in rows[key]:
                findings += self.check_message(item, taken.pop(item["id"], 0))
                failed += item["status"] == "failed"
        if failed > self.sink.refusals:
            findings.append(f"LOST: {failed} messages failed, the mail server refused {self.sink.refusals}")
        for id, count in taken.items():
            findings.append(f"STRANGE: the failing mail server took {count} letters with the unknown id {id}")
        return findings

    def check_one(self, key, told, rows):
        findings = []
        counts = collections.Counter(item["status"] for item in rows)
        if counts != collections.Counter(told["counts"]):
            findings.append(f"MISCOUNTED: {key} says {told['counts']}, its messages are {dict(counts)}")
        people = collections.Counter(item["person"]["id"] for item in rows)
        for person, count in people.items():
            if count > 1:
                findings.append(f"DOUBLED: {person} has {count} messages of {key}")
        if told["turns"] != len(rows):
            findings.append(f"MISCOUNTED: {key} says {told['turns']} turns and has {len(rows)} messages")
        proof = told.get("proof")
        if proof is None:
            return findings
        parts = proof["reached"] + proof["merged"] + proof["erased"] + proof["untouched"]
        if parts != proof["audience"] or proof["open"] or counts["held"] or counts["scheduled"]:
            findings.append(f"OPEN: {key} is {told['state']} by {proof}, its messages are {dict(counts)}")
        if sum(proof["messages"].values()) != len(rows):
            findings.append(f"MISCOUNTED: {key} was proved by {proof['messages']}, its messages are {dict(counts)}")
        if told["state"] == "finished":
            if proof["untouched"]:
                findings.append(f"LOST: {key} is finished and {proof['untouched']} people had no turn")
            users = {item["person"].get("userId") for item in rows}
            for user in sorted(self.expected[key] - users)[:5]:
                findings.append(f"LOST: {user} was known before {key} and has no message of it")
        elif told["state"] == "stopped" and key not in self.stopped:
            findings.append(f"STRANGE: {key} is stopped and nobody stopped it")
        return findings

    def check_message(self, item, taken):
        allowed = {
            "sent": (1, 1),
            "ambiguous": (0, 1) if item["class"] == "marketing" else (0, 2),
            "scheduled": (0, 0),
            "failed": (0, 0),
            "suppressed": (0, 0),
        }.get(item["status"])
        what = f"{item['journey']} to {item['person'].get('userId')} ({item['id']})"
        if allowed is None:
            return [f"STRANGE: {what} is {item['status']}"]
        if not allowed[0] <= taken <= allowed[1]:
            word = "LOST" if taken < allowed[0] else "DOUBLED"
            return [f"{word}: {what} is {item['status']}; the mail server took it {taken} times"]
        return []
