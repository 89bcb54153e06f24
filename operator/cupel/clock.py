"""The clock, and the dice of retries: the one module that reads them. Everything else is told the time."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def second() -> datetime:
    """The time of day, whole seconds: what Kubernetes keeps of a time."""
    return now().replace(microsecond=0)


def unix() -> int:
    """The time of day as one-time codes count it: seconds since 1970."""
    return int(now().timestamp())


def steady() -> float:
    """Seconds on a clock that never jumps, and goes on while the process or the machine is stopped."""
    return time.clock_gettime(_STEADY)


def jittered(seconds: float) -> float:
    """Between three quarters of it and all of it, so that what failed together is not tried together."""
    return seconds * random.uniform(0.75, 1)  # noqa: S311  # jitter, no secret
