"""The autopilot's clock: the one module here that reads it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)  # noqa: TID251  # the one place here that reads it


def steady() -> float:
    """Seconds on a clock that never jumps, and goes on while the process or the machine is stopped."""
    return time.clock_gettime(_STEADY)
