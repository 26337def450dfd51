"""How each round ends: the plan is drawn from the seed, so that a run can be repeated."""

import random

POINTS = [
    "before-append",
    "after-append",
    "history-feed",
    "after-claim",
    "before-close",
    "after-close",
    "checkpoint-begin",
    "checkpoint-step",
    "checkpoint-end",
]


class Plan:
    """One round: `seconds` of load, then the end by `kind`."""

    def __init__(self, kind, seconds, point=None, count=1):
        self.kind, self.seconds, self.point, self.count = kind, seconds, point, count

    @property
    def environment(self):
        return {"ROOST_FAULT_POINT": f"{self.point}:{self.count}"} if self.point else {}

    @property
    def ends_by_itself(self):
        return self.point is not None

    @property
    def wants_sigterm(self):
        """Checkpoints are written at an orderly end; the faults in them need one."""
        return self.kind in ("orderly", "killed while ending") or (self.point or "").startswith("checkpoint")

    def __str__(self):
        return f"{self.point}:{self.count}" if self.point else self.kind


def plans(seed, count):
    """Every other round ends at a named point, each in turn; the rest at random moments."""
    draw = random.Random(f"{seed}/rounds")
    for number in range(count):
        if number % 2 == 1:
            point = POINTS[number // 2 % len(POINTS)]
            limit = 1 if point.startswith("checkpoint") else 8 if "cl" in point else 25
            yield Plan("point", draw.uniform(0.5, 1.0), point, draw.randint(1, limit))
        else:
            kind = draw.choices(
                ["killed", "killed while starting", "orderly", "killed while ending"], weights=[74, 10, 8, 8]
            )[0]
            yield Plan(kind, draw.uniform(0.1, 0.9))
