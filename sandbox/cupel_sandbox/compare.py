"""JSON equality of trials: numbers to 9 significant digits, whole numbers exactly, True is not 1."""

from __future__ import annotations

import math
from typing import Any

RELATIVE_TOLERANCE = 1e-9


def difference(expected: Any, got: Any, where: str = "") -> str:
    """Empty when equal, else one phrase: where they part, what was expected, what came."""
    match expected, got:
        case (dict(), dict()):
            return _between_objects(expected, got, where)
        case (list(), list()):
            return _between_arrays(expected, got, where)
        case _:
            return (
                ""
                if _same(expected, got)
                else f"{where or 'it'}: expected {_show(expected)}, got {_show(got)}"
            )


def _same(expected: Any, got: Any) -> bool:
    """Whether two values that are not both objects, nor both arrays, are equal."""
    if not (_is_number(expected) and _is_number(got)):
        return type(expected) is type(got) and bool(expected == got)
    if isinstance(expected, int) and isinstance(got, int):
        return expected == got
    try:
        return math.isclose(expected, got, rel_tol=RELATIVE_TOLERANCE)
    except OverflowError:  # a whole number beyond every float
        return False


def _between_objects(expected: dict[str, Any], got: dict[str, Any], where: str) -> str:
    missing = [key for key in expected if key not in got]
    if missing:
        return f"{where or 'it'}: {_show(missing[0])} is missing"
    surplus = [key for key in got if key not in expected]
    if surplus:
        return f"{where or 'it'}: {_show(surplus[0])} is not expected"
    parts = (difference(value, got[key], f"{where}.{key}".lstrip(".")) for key, value in expected.items())
    return next(filter(None, parts), "")


def _between_arrays(expected: list[Any], got: list[Any], where: str) -> str:
    if len(expected) != len(got):
        return f"{where or 'it'}: expected {len(expected)} elements, got {len(got)}"
    parts = (
        difference(a, b, f"{where}[{index}]") for index, (a, b) in enumerate(zip(expected, got, strict=True))
    )
    return next(filter(None, parts), "")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _show(value: Any) -> str:
    """A short form of any JSON value; never long work for a long value."""
    match value:
        case dict() | list():
            return f"{'an object' if isinstance(value, dict) else 'an array'} of {len(value)}"
        case str():
            return repr(value[:60])
        case int() if not isinstance(value, bool) and abs(value) >= 10**20:
            return "a huge whole number"
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case _:
            return repr(value)
