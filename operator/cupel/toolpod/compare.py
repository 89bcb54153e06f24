"""Whether what a tool returned is what a trial asks for: numbers to 9 digits, whole numbers exactly."""

from __future__ import annotations

import math
from typing import Any

RELATIVE_TOLERANCE = 1e-9
"""As in the sandbox's own comparison."""


def agrees(expected: Any, returned: Any) -> bool:
    """Equal as JSON: booleans are no numbers, 1 equals 1.0, order counts in lists only."""
    if isinstance(expected, dict):
        return (
            isinstance(returned, dict)
            and expected.keys() == returned.keys()
            and all(agrees(value, returned[key]) for key, value in expected.items())
        )
    if isinstance(expected, list):
        return (
            isinstance(returned, list)
            and len(expected) == len(returned)
            and all(agrees(a, b) for a, b in zip(expected, returned, strict=True))
        )
    if _number(expected) and _number(returned):
        return _close(expected, returned)
    return type(expected) is type(returned) and bool(expected == returned)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _close(expected: float, returned: float) -> bool:
    if isinstance(expected, int) and isinstance(returned, int):
        return expected == returned
    try:
        return math.isclose(expected, returned, rel_tol=RELATIVE_TOLERANCE)
    except OverflowError:
        return False
