"""Compares what the server says with what was sent to it and with what the mail server took."""

import collections
import concurrent.futures
import random
import time

from api import Refused

QUIET_SECONDS = 60
# Longer than the waits of the journeys.
STILL_SECONDS = 1.5


class Verifier:
    def __init__(self, shop, ledger, sink, seed, broadcasts=None):
        self.shop, self.ledger, self.sink, self.broadcasts = shop, ledger, sink, broadcasts
        self.of_broadcasts = []
        self.random = random.Random(f"{seed}/verify")
        self.timelines = {}
        self.messages = []

    def verify(self, everybody):
        """All that is wrong. Nothing may be under way; `everybody`: not only those who did something since the last time."""
        findings = []
        if self.broadcasts:
            if everybody:
                findings += self.broadcasts.finish()
            else:
                self.broadcasts.hold()
        self.wait_until_quiet(findings)
        people = self.chosen(everybody)
        self.check_people(people, findings)
        self.check_messages(findings)
        if self.broadcasts:
            findings += self.broadcasts.check(self.of_broadcasts)
        self.check_segments(everybody, findings)
        if everybody:
            self.check_abandoned(findings)
            self.check_list(findings)
        return findings

    def wait_until_quiet(self, findings):
        """Until nothing moves any more, every message is out or listed, and those that are expected are there."""
        end = time.monotonic() + QUIET_SECONDS
        quiet_since, last = time.monotonic(), None
        while True:
            time.sleep(0.1)
            seen = (sum(self.sink.counts().values()), self.outbox(), self.broadcast_letters())
            if seen != last or (seen[1] > 0 and not self.broadcasts):
                quiet_since, last = time.monotonic(), seen
            is_late = time.monotonic() > end
            if time.monotonic() - quiet_since < STILL_SECONDS and not is_late:
                continue
            listed = list(self.shop.pages("/messages"))
            # What a paused broadcast keeps back is open and due.
            self.of_broadcasts = [item for item in listed if item["journey"].startswith("broadcast:")]
            self.messages = [item for item in listed if not item["journey"].startswith("broadcast:")]
            waiting = [item for item in self.messages if item["status"] == "scheduled"]
            if not waiting and not self.expected_messages() - set(self.intents()):
                return
            if is_late:  # what is missing is told by check_messages
                return findings.extend(f"still not handed over: {self.shop.message(item['id'])}" for item in waiting[:5])

    def broadcast_letters(self):
        return sum(self.broadcasts.sink.counts().values()) if self.broadcasts else 0

    def outbox(self):
        text = self.shop.session.get(self.shop.url + "/metrics", timeout=20).text
        [value] = [line.split()[1] for line in text.splitlines() if line.startswith("roost_outbox_messages ")]
        return float(value)

    # People

    def chosen(self, everybody):
        people = list(self.ledger.people)
        if everybody:
            chosen = people
        else:
            chosen = [person for person in people if person.was_touched]
            rest = [person for person in people if not person.was_touched]
            chosen += self.random.sample(rest, min(40, len(rest)))
        return chosen

    def check_people(self, people, findings):
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for found in pool.map(self.check_person, people):
                findings.extend(found)

    def check_person(self, person):
        findings = []
        required = {id for id, (_, batch) in person.events.items() if batch.is_acknowledged}
        found = []
        for ref in person.refs():
            try:
                found += self.shop.timeline(ref)
            except Refused as refusal:
                if refusal.response.status_code != 404:
                    findings.append(f"{ref}: {refusal}")
        ids = collections.Counter(item["id"] for item in found)
        self.timelines[person] = ids
        person.was_touched = False
        for id in sorted(required - set(ids)):
            findings.append(f"LOST: event {id} ({person.events[id][0]}) of {person} was acknowledged and is not in the timeline")
        for id, count in ids.items():
            if count > 1:
                findings.append(f"DOUBLED: event {id} of {person} is {count} times in the timeline")
            # What a mail server says about an address is told in its person's timeline, too.
            if id not in person.events and not id.startswith("bounce-"):
                findings.append(f"STRANGE: event {id} is in the timeline of {person}, who did not do it")
        if found and len(person.events) > 1 and person.is_joined:
            self.check_profile(person, found, findings)
        return findings

    def check_profile(self, person, timeline, findings):
        """The counters kept with the person equal a recount of the timeline."""
        profile = self.shop.person(person.refs()[0])
        counted = collections.Counter(item["event"] for item in timeline if item["event"])
        told = {row["event"]: row["count"] for row in profile["events"]}
        if told != counted:
            findings.append(f"MISCOUNTED: {person} has counters {told}, the timeline {dict(counted)}")
        orders = sum(row["orders"] for row in profile["orders"])
        if orders != counted["Order Completed"]:
            findings.append(f"MISCOUNTED: {person} has {orders} orders, the timeline {counted['Order Completed']}")

    def check_abandoned(self, findings):
        """A call is taken whole or not at all."""
        for batch in self.ledger.abandoned:
            there = {self.timelines[person][id] > 0 for person, id, _ in batch.events}
            if len(there) > 1:
                findings.append(f"TORN: of the unanswered call {batch.number} some events are there and some are not")

    def check_list(self, findings):
        listed = collections.Counter(item["userId"] for item in self.shop.pages("/people") if "userId" in item)
        for user, count in listed.items():
            if count > 1:
                findings.append(f"DOUBLED: {user} is listed {count} times")
        known = {person.user for person in self.ledger.people}
        for user in set(listed) - known:
            findings.append(f"STRANGE: {user} is listed and never existed")
        for person in self.ledger.people:
            if person.is_joined and any(batch.is_acknowledged for _, batch in person.events.values()) and person.user not in listed:
                findings.append(f"LOST: {person} is not listed")

    # Messages

    def present(self, name, abandoned=False):
        """People with an acknowledged (or, if asked for, merely present) event of that name, and how many."""
        counts = collections.Counter()
        for person in self.ledger.people:
            for event, id, batch in person.triggers:
                if event == name and (batch.is_acknowledged or (abandoned and self.timelines.get(person, {}).get(id))):
                    counts[person] += 1
        return counts

    def expected_messages(self, abandoned=False):
        """(journey, step, user) of every message that must exist."""
        wanted = set()
        for person in self.present("Receipt Wanted", abandoned):
            wanted.add(("receipt", "receipt", person.user))
        for person in self.present("Signed Up", abandoned):
            wanted |= {("welcome", "hello", person.user), ("welcome", "later", person.user)}
        paid = self.present("Cart Paid", abandoned)
        for person in self.present("Cart Left", abandoned):
            wanted.add(("cart", "paid" if person in paid else "reminder", person.user))
        wanted |= {("lovers", "thanks", person.user) for person, count in self.present("Loved", abandoned).items() if count >= 3}
        return wanted

    def intents(self):
        """How many messages there are for each (journey, step, user)."""
        return collections.Counter((item["journey"], item["step"], item["person"].get("userId")) for item in self.messages)

    def check_messages(self, findings):
        counts = self.intents()
        for intent in sorted(self.expected_messages() - set(counts)):
            findings.append(f"LOST: no message for the acknowledged intent {intent}")
        for intent, count in counts.items():
            if count > 1:
                findings.append(f"DOUBLED: {count} messages for the intent {intent}")
        # Unanswered calls may have been taken; then their messages are right, too.
        for intent in sorted(set(counts) - self.expected_messages(abandoned=True)):
            findings.append(f"STRANGE: a message for {intent}, which nothing asked for")
        taken = self.sink.counts()
        for item in self.messages:
            self.check_message(item, taken.pop(item["id"], 0), findings)
        for id, count in taken.items():
            findings.append(f"STRANGE: the mail server took {count} letters with the unknown id {id}")

    def check_message(self, item, taken, findings):
        intent = (item["journey"], item["step"], item["person"].get("userId"))
        status = item["status"]
        # Left alone, a marketing letter is out at most once; a transactional one goes out once more.
        allowed = {
            "sent": (1, 1),
            "ambiguous": (0, 1) if item["class"] == "marketing" else (0, 2),
            "scheduled": (0, 0),
        }.get(status)
        if allowed is None:
            findings.append(f"STRANGE: {intent} is {status}: {self.shop.message(item['id'])}")
        elif not allowed[0] <= taken <= allowed[1]:
            word = "LOST" if taken < allowed[0] else "DOUBLED"
            findings.append(f"{word}: {intent} ({item['id']}) is {status}; the mail server took it {taken} times")

    # Segments

    def exact_segments(self, findings):
        """All of them, once changed ones have been filled."""
        end = time.monotonic() + QUIET_SECONDS
        while True:
            segments = self.shop.get("/segments")["items"]
            unfinished = [segment["key"] for segment in segments if not segment["exact"]]
            if not unfinished:
                return segments
            if time.monotonic() > end:
                findings.append(f"still not exact after {QUIET_SECONDS} s: {unfinished}")
                return segments
            time.sleep(0.1)

    def check_segments(self, everybody, findings):
        for segment in self.exact_segments(findings):
            key = segment["key"]
            recount = self.shop.ask("POST", "/segments/preview", segment["definition"])["count"]
            now = self.shop.get(f"/segments/{key}")["count"]
            if now != recount:
                findings.append(f"MISCOUNTED: segment {key} counts {now}, a recount of the history {recount}")
            listed = sum(1 for _ in self.shop.pages(f"/segments/{key}/people"))
            if listed != now:
                findings.append(f"MISCOUNTED: segment {key} counts {now} and lists {listed}")
        if everybody:
            lovers = sum(1 for count in self.present("Loved", abandoned=True).values() if count >= 3)
            told = self.shop.get("/segments/lovers")["count"]
            if told != lovers:
                findings.append(f"MISCOUNTED: segment lovers counts {told}, our own ledger {lovers}")
