"""The only module of the pull-request service that reads the clock, or rolls dice."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the one place here that reads it


def steady() -> float:
    """Seconds on a clock that never jumps."""
    return time.monotonic()


def jittered(seconds: float) -> float:
    """Between three quarters of it and all of it."""
    return seconds * random.uniform(0.75, 1)  # noqa: S311  # jitter, no secret
