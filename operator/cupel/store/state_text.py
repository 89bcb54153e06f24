"""A state as it is stored: compact JSON within limits. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

MAX_BYTES = 65_536
"""Of compact JSON in UTF-8, as the launcher counts."""
MAX_LEVELS = 64
"""Of objects and lists in each other, so that everybody who reads it can."""


class StateRefused(ValueError):
    """This is no state that can be kept; the text says why."""


class StateUnreadable(ValueError):
    """What is stored is no JSON that can be read; says nothing about the store, nor other states."""


def encoded(state: Mapping[str, Any]) -> str:
    """Compact JSON of at most 64 KiB and 64 levels. Raises StateRefused."""
    if _deeper(state, MAX_LEVELS):
        raise StateRefused(f"the state is nested more than {MAX_LEVELS} levels deep")
    try:
        text = json.dumps(state, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        size = len(text.encode("utf-8"))
    except (ValueError, TypeError, RecursionError) as error:
        raise StateRefused(f"the state is not JSON ({type(error).__name__})") from None
    if not isinstance(state, Mapping):
        raise StateRefused("the state is not a JSON object")
    if size > MAX_BYTES:
        raise StateRefused(f"the state has {size} bytes of JSON; at most {MAX_BYTES} are allowed")
    return text


def _deeper(value: Any, most: int) -> bool:
    """Whether there are more levels; counted without recursion, which has a limit of its own."""
    level = [value]
    for _ in range(most):
        level = [inner for each in level for inner in _inside(each)]
    return any(isinstance(each, Mapping | list | tuple) for each in level)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def decoded(text: str) -> Mapping[str, Any]:
    """Raises StateUnreadable."""
    try:
        state: Mapping[str, Any] = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StateUnreadable(f"the state that is stored cannot be read ({type(error).__name__})") from None
    return state
