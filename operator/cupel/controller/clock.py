"""The one module that reads the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> datetime:
    """The time of day, whole seconds: what Kubernetes keeps of a time."""
    return datetime.now(UTC).replace(microsecond=0)


def steady() -> float:
    """Seconds on a clock that never jumps, and goes on while the process or the machine is stopped."""
    return time.clock_gettime(_STEADY)
