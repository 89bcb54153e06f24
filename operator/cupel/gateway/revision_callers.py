"""Whose runs spoil each revision that serves: in memory, told to the autopilot alone, and in no metric."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from cupel.control.counts import LATENCY_EDGES

from .heaviest import FAILED, INVALID, OK, Heaviest, Table

Served = tuple[str, str, str]
"""Namespace, object name of the tool, and the first 40 digits of the digest."""
PLACES = {"ok": OK, "failed": FAILED, "invalid": INVALID}


class RevisionCallers:
    """One small table for each revision that is called."""

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._tables: dict[Served, Heaviest] = {}

    def ran(self, one: Served, caller: str, verdict: str, seconds: float) -> None:
        """A run of a revision that serves ended."""
        bucket = bisect_left(LATENCY_EDGES, seconds)
        self._tables.setdefault(one, Heaviest()).ran(caller, PLACES[verdict], bucket, self._steady())

    def forget(self, one: Served) -> None:
        self._tables.pop(one, None)

    def of(self, one: Served, seconds: float) -> Table:
        """Who called it in about the last so many seconds, as far as this process was there."""
        known = self._tables.get(one)
        return known.of_the_last(seconds, self._steady()) if known else Table()
