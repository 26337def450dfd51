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

    def __init__(self, kind, seconds, point=None, count=1, checkpoint_mib=256):
        self.kind, self.seconds, self.point, self.count = kind, seconds, point, count
        self.checkpoint_mib = checkpoint_mib

    @property
    def environment(self):
        point = {"ROOST_FAULT_POINT": f"{self.point}:{self.count}"} if self.point else {}
        return {"ROOST_CHECKPOINT_LOG_MIB": str(self.checkpoint_mib), **point}

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
    """Every other round ends at a named point, each in turn; the rest at random moments. In half of them checkpoints are
    written under load, as soon as there is a MiB of log; in the others at an orderly end only."""
    draw = random.Random(f"{seed}/rounds")
    for number in range(count):
        checkpoint_mib = draw.choice([1, 256])
        if number % 2 == 1:
            point = POINTS[number // 2 % len(POINTS)]
            limit = 1 if point.startswith("checkpoint") else 8 if "cl" in point else 25
            yield Plan("point", draw.uniform(0.5, 1.0), point, draw.randint(1, limit), checkpoint_mib)
        else:
            kind = draw.choices(
                ["killed", "killed while starting", "orderly", "killed while ending"], weights=[74, 10, 8, 8]
            )[0]
            yield Plan(kind, draw.uniform(0.1, 0.9), checkpoint_mib=checkpoint_mib)
