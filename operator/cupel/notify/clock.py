"""The notifier's clock, and its dice: the one module here that reads them."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the one place here that reads it


def steady() -> float:
    """Seconds on a clock that never jumps, and goes on while the process or the machine is stopped."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def jittered(seconds: float) -> float:
    """Between three quarters of it and all of it, so that what failed together is not tried together."""
    return seconds * random.uniform(0.75, 1)  # noqa: S311  # jitter, no secret
