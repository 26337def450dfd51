"""Kills the server at random moments and at every named point, under load, and checks that nothing was lost or doubled.

    harness.py [--rounds N=200] [--seed S] [--verify-every K=25] [--directory DIR] [--writers W=3] [--verbose]

One data directory lives through all rounds. Exit code 0: nothing to object to; 1: findings, printed with the seed.
"""

import argparse
import collections
import os
import pathlib
import random
import re
import shutil
import signal
import sys
import tempfile
import threading
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1])]

import requests  # noqa: E402
from api import API, Refused, Workspace  # noqa: E402
from broadcasts import Broadcasts  # noqa: E402
from failing_mail import FailingMailServer  # noqa: E402
from ledger import Ledger  # noqa: E402
from mail import MailServer  # noqa: E402
from rounds import POINTS, plans  # noqa: E402
from server import Server, ServerFault  # noqa: E402
from verify import Verifier  # noqa: E402
from writers import Gate, Writer  # noqa: E402

START_SECONDS_MAX = 10
END_SECONDS_MAX = 30
MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([0-9a-f]{32})@shop\.example>", re.MULTILINE | re.IGNORECASE)


class CountingSink(MailServer):
    """Takes every letter and counts its Message-ID; now and then it breaks the connection instead of saying so."""

    def __init__(self, seed):
        super().__init__()
        self.random = random.Random(f"{seed}/mail")
        self.taken = collections.Counter()
        self.drops = 0

    async def handle_DATA(self, server, session, envelope):
        [id] = MESSAGE_ID.findall(envelope.content)
        with self.lock:
            self.taken[id.decode()] += 1
            is_dropped = self.random.random() < 0.01
            self.drops += is_dropped
        if is_dropped:
            server.transport.abort()
        return "250 2.0.0 taken"

    def counts(self):
        with self.lock:
            return dict(self.taken)


JOURNEYS = [
    {
        "journey": "receipt",
        "enter": {"event": "Receipt Wanted"},
        "again": "never",
        "class": "transactional",
        "holdout": "0%",
        "steps": [{"wait": "1s"}, {"send": {"id": "receipt", "channel": "email", "template": "letter"}}],
    },
    {
        "journey": "welcome",
        "enter": {"event": "Signed Up"},
        "again": "never",
        "class": "marketing",
        "holdout": "0%",
        "steps": [
            {"send": {"id": "hello", "channel": "email", "template": "letter"}},
            {"wait": "1s"},
            {"send": {"id": "later", "channel": "email", "template": "letter"}},
        ],
    },
    {
        "journey": "lovers",
        "enter": {"segment": "lovers"},
        "again": "never",
        "class": "transactional",
        "holdout": "0%",
        "steps": [{"send": {"id": "thanks", "channel": "email", "template": "letter"}}],
    },
    {
        "journey": "cart",
        "enter": {"event": "Cart Left"},
        "again": "never",
        "class": "transactional",
        "steps": [
            {
                "waitFor": {"event": "Cart Paid", "match": {"cart_id": "same"}, "within": "1s"},
                "then": [{"send": {"id": "paid", "channel": "email", "template": "letter"}}],
                "else": [{"send": {"id": "reminder", "channel": "email", "template": "letter"}}],
            }
        ],
    },
]
SEGMENTS = [
    {"segment": "lovers", "event": "Loved", "count": {"atLeast": 3}},
    {"segment": "viewers", "event": "Product Viewed", "count": {"atLeast": 5}},
    {"segment": "spenders", "sum": "total", "of": "Order Completed", "atLeast": 50},
    {"segment": "recent", "event": "Product Viewed", "within": "1d"},
]


class Harness:
    def __init__(self, options):
        self.options = options
        self.directory = pathlib.Path(options.directory or tempfile.mkdtemp(prefix="roost-crash-"))
        self.server = Server(self.directory, environment={"ROOST_RETRY_SECONDS_MAX": "3"})
        self.ledger, self.gate = Ledger(), Gate()
        self.ends, self.hits = collections.Counter(), collections.Counter()
        self.longest_start = 0.0

    def run(self):
        with CountingSink(self.options.seed) as self.sink, FailingMailServer(self.options.seed) as self.failing:
            self.server.start()
            try:
                self.define()
                self.server.stop()
                findings = self.all_rounds()
            except ServerFault as fault:
                findings = [str(fault)]
            finally:
                self.gate.set("end")
                self.server.kill()
        self.report(findings)
        return 1 if findings else 0

    def define(self):
        shop = Workspace.make(API(self.server.url, self.server.token()), key="shop")
        shop.email_channel(self.sink.port)
        shop.letter("letter", "Hello {{ person.email }}")
        for segment in SEGMENTS:
            shop.put("segments", segment["segment"], segment)
        for journey in JOURNEYS:
            shop.put("journeys", journey["journey"], journey)
            shop.publish(journey["journey"])
        self.shop = shop
        self.broadcasts = Broadcasts(shop, self.ledger, self.failing, random.Random(f"{self.options.seed}/broadcasts"))
        self.verifier = Verifier(shop, self.ledger, self.sink, self.options.seed, self.broadcasts)
        self.writers = [
            Writer(number, self.options.seed, self.gate, self.ledger, shop.write_key) for number in range(self.options.writers)
        ]
        for writer in self.writers:
            writer.start()

    def all_rounds(self):
        for number, plan in enumerate(plans(self.options.seed, self.options.rounds), start=1):
            self.one_round(plan)
            if self.options.verbose or number % 10 == 0:
                print(
                    f"round {number}: {plan}; {self.ledger.acknowledged_events} events acknowledged, "
                    f"{sum(self.sink.counts().values())} letters, start {self.server.start_seconds or 0:.2f} s",
                    flush=True,
                )
            if self.gate.fault:
                return [self.gate.fault]
            is_last = number == self.options.rounds
            if is_last or number % self.options.verify_every == 0:
                findings = self.verify(everybody=is_last)
                if findings:
                    return findings
        return []

    # A round

    def one_round(self, plan):
        draw = random.Random(f"{self.options.seed}/{plan}/{self.ledger.batches}")
        self.server.spawn(plan.environment)
        if plan.kind == "killed while starting":
            time.sleep(draw.uniform(0, 0.4))
            self.server.kill()
            self.ends[plan.kind] += 1
            return
        self.await_start(plan)
        if self.server.url and self.server.is_running:
            self.gate.set("run", self.server.url)
            if draw.random() < 0.25:
                self.change_a_segment(draw)
            if draw.random() < 0.15:
                self.change_a_journey(draw)
            if draw.random() < 0.4:
                self.move_a_broadcast()
            self.load(plan.seconds if not plan.ends_by_itself or plan.wants_sigterm else 2.5)
        self.end(plan, draw)
        self.gate.set("wait")

    def await_start(self, plan):
        if not self.server.wait_until_listening(START_SECONDS_MAX):
            self.server.kill()
            raise ServerFault(f"not started after {START_SECONDS_MAX} s\n{self.server.log_tail()}")
        if self.server.url is None:
            code = self.server.process.wait(10)
            if not (plan.ends_by_itself and code == -signal.SIGKILL):
                raise ServerFault(f"ended with {code} while starting\n{self.server.log_tail()}")
        else:
            self.longest_start = max(self.longest_start, self.server.start_seconds)

    def change_a_segment(self, draw):
        """A new threshold: everybody is filled from the history while events go on, and crashes interrupt it."""
        self.shop.url = self.server.url
        definition = {"segment": "viewers", "event": "Product Viewed", "count": {"atLeast": draw.randint(2, 9)}}
        try:
            self.shop.put("segments", "viewers", definition)
        except (requests.RequestException, Refused) as fault:
            # The server may die at its point meanwhile; an answer other than that it is ending is a fault.
            if isinstance(fault, Refused) and fault.response.status_code != 503:
                raise ServerFault(str(fault)) from None

    def change_a_journey(self, draw):
        """A new version while people wait in the old one: they finish it, or go on in the new one."""
        self.shop.url = self.server.url
        inside = draw.choice(["pin", {"migrate": {}}])
        definition = JOURNEYS[1] | {"name": f"Welcome {draw.random()}", "inside": inside}
        try:
            self.shop.put("journeys", "welcome", definition)
            self.shop.publish("welcome")
        except (requests.RequestException, Refused) as fault:
            if isinstance(fault, Refused) and fault.response.status_code != 503:
                raise ServerFault(str(fault)) from None

    def move_a_broadcast(self):
        self.shop.url = self.server.url
        try:
            self.broadcasts.turn()
        except Refused as fault:
            raise ServerFault(str(fault)) from None

    def load(self, seconds):
        """Until the time is over or the server dies."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.server.is_running and not self.gate.fault:
            time.sleep(0.01)

    def end(self, plan, draw):
        is_asked = plan.wants_sigterm
        if is_asked:
            self.server.terminate()
            if plan.kind == "killed while ending":
                time.sleep(draw.choice([0, 0.005, 0.02, 0.05, 0.1]))
                self.server.process.kill()
        elif not plan.ends_by_itself or self.server.is_running:
            if self.server.is_running:
                self.server.process.kill()
                self.ends["killed"] += 1
                self.server.process.wait(30)
                return
        try:
            code = self.server.process.wait(END_SECONDS_MAX)
        except Exception:
            self.server.kill()
            raise ServerFault(f"still running {END_SECONDS_MAX} s after its end was asked for\n{self.server.log_tail()}") from None
        self.count_end(plan, code)

    def count_end(self, plan, code):
        if code == -signal.SIGKILL:
            self.ends["at a point" if plan.point else plan.kind] += 1
            if plan.point:
                self.hits[plan.point] += 1
        elif code == 0 and plan.wants_sigterm:
            self.ends["orderly"] += 1
        else:
            raise ServerFault(f"ended with {code} in a round \"{plan}\"\n{self.server.log_tail()}")

    # Looking

    def verify(self, everybody):
        started = time.monotonic()
        self.server.start(within=START_SECONDS_MAX)
        self.shop.url = self.server.url
        self.gate.set("drain", self.server.url)
        with self.gate.changed:
            if not self.gate.changed.wait_for(lambda: self.gate.fault or all(writer.is_parked for writer in self.writers), 60):
                return ["the writers' unanswered calls were not answered within a minute"]
        if self.gate.fault:
            return [self.gate.fault]
        findings = self.verifier.verify(everybody)
        self.gate.set("wait")
        # What was looked at must not depend on having been looked at: this end is one more crash.
        self.server.kill()
        kind = "everybody" if everybody else "those who did something"
        print(f"looked at {kind} in {time.monotonic() - started:.1f} s: {len(findings)} findings", flush=True)
        return findings

    def report(self, findings):
        statuses = collections.Counter(item["status"] for item in getattr(self, "verifier", None).messages) if hasattr(self, "verifier") else {}
        if hasattr(self, "broadcasts"):
            failures = collections.Counter()
            for (stage, _), count in self.failing.failures.items():
                failures[stage] += count
            print(f"{self.broadcasts.number} broadcasts, {sum(self.failing.counts().values())} letters; failed at: {dict(failures)}")
        print(
            f"{sum(self.ends.values())} ends: {dict(self.ends)}; points: {dict(self.hits)}\n"
            f"{self.ledger.acknowledged_events} events of {len(self.ledger.people)} people acknowledged in {self.ledger.batches} calls, "
            f"{self.ledger.resent} sent again, {len(self.ledger.abandoned)} abandoned; messages: {dict(statuses)}; "
            f"{self.sink.drops} answers of the mail server lost; longest start {self.longest_start:.2f} s"
        )
        if not findings and self.options.rounds >= 10 * len(POINTS):
            missed = [point for point in POINTS if not self.hits[point]]
            if missed:
                findings.append(f"never ended at {', '.join(missed)}: is the point still passed?")
        if findings:
            for finding in findings[:30]:
                print("  " + finding)
            if len(findings) > 30:
                print(f"  … and {len(findings) - 30} more")
            print(f"FAILED with seed {self.options.seed}; the data and the log are in {self.directory}")
        elif self.options.directory is None:
            shutil.rmtree(self.directory)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    parser.add_argument("--verify-every", type=int, default=25)
    parser.add_argument("--writers", type=int, default=3)
    parser.add_argument("--directory")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    # Threads of a mail server or a writer must not keep a failed run alive.
    threading.excepthook = lambda hook: (sys.__excepthook__(hook.exc_type, hook.exc_value, hook.exc_traceback), os._exit(2))
    print(f"seed {options.seed}, {options.rounds} rounds", flush=True)
    sys.exit(Harness(options).run())


if __name__ == "__main__":
    main()
