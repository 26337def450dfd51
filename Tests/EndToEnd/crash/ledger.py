"""What was sent and what was acknowledged: the measure of what the server must still know after a crash."""

import threading

# What journeys wait for.
TRIGGERS = ("Receipt Wanted", "Signed Up", "Loved", "Cart Left", "Cart Paid")


class Batch:
    """One call. Acknowledged: all of it must be there. Abandoned (sent, never answered): all of it or nothing."""

    def __init__(self, number, events):
        self.number, self.events = number, events
        self.is_acknowledged = False
        self.may_be_abandoned = True


class Person:
    """One person as the writer sees them: by what they can be reached, and which calls name them."""

    def __init__(self, user=None, anonymous=None, email=None):
        self.user, self.anonymous, self.email = user, anonymous, email
        # An identify call that joins user and anonymous id was acknowledged.
        self.is_joined = anonymous is None
        self.events = {}  # message id -> (event name, batch)
        self.triggers = []  # (event name, message id, batch)
        self.was_touched = True

    def note(self, id, name, batch):
        self.events[id] = (name, batch)
        self.was_touched = True
        if name in TRIGGERS:
            self.triggers.append((name, id, batch))

    def refs(self):
        """By what to ask for them; several until they are joined."""
        if self.is_joined:
            return [f"user:{self.user}"]
        return [f"anonymous:{self.anonymous}"] + ([f"user:{self.user}"] if self.user else [])

    def __repr__(self):
        return self.user or self.anonymous


class Ledger:
    """All writers' people and batches."""

    def __init__(self):
        self.lock = threading.Lock()
        self.people = []
        self.batches = 0
        self.acknowledged_events = 0
        self.resent = 0
        self.abandoned = []

    def add(self, person):
        with self.lock:
            self.people.append(person)
        return person

    def acknowledge(self, batch):
        with self.lock:
            if not batch.is_acknowledged:
                batch.is_acknowledged = True
                self.batches += 1
                self.acknowledged_events += len(batch.events)

    def abandon(self, batch):
        with self.lock:
            self.abandoned.append(batch)
