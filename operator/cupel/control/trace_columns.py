"""Which columns of a trace hold its times and what is counted: by their names, else by what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .trace_cells import ORDINARY, moment

_COUNTS = ("count", "counts", "requests", "request", "calls", "hits", "invocations", "value", "total", "n")
_RATES = ("rps", "qps", "rate", "requests_per_second", "requests per second", "requests/s")
_TIMES = (
    *("time", "timestamp", "datetime", "date", "ts", "t", "at", "when", "period", "epoch"),
    *("arrival", "arrived_at", "arrival_time", "start_time", "created_at", "request_time"),
)
_UNITS = {"second": 1.0, "seconds": 1.0, "minute": 60.0, "minutes": 60.0, "hour": 3600.0, "hours": 3600.0}
"""Seconds of one, where times are plain numbers under this name."""
_OF_ONE = ("token", "duration", "latency", "size", "bytes", "length")
"""What a column that tells something of one request has in its name."""
LOOKED_AT = 1000


@dataclass(frozen=True)
class Columns:
    """`count` is None where each row is one request; `unit`: seconds of a plain number that is a time."""

    time: int
    count: int | None
    unit: float = 1.0
    rate: bool = False
    """What is counted is a second's, not the period's."""


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Columns | None:
    """Of a table with these names (none: empty); None where it has counts and no times."""
    names = [name.lower() for name in head]
    time = _time_column(names, rows)
    if names and time == 0 and names[0] in _COUNTS:
        return None
    plain = any(time < len(row) and ORDINARY.match(row[time]) for row in rows[:1])
    unit = _UNITS.get(names[time], 1.0) if names and plain else 1.0
    for index, name in enumerate(names):
        if index != time and (name in _COUNTS or name.endswith(("_count", " count"))):
            return Columns(time, index, unit)
        if index != time and name in _RATES:
            return Columns(time, index, unit, rate=True)
    return Columns(time, 1 if _are_counts(names, rows) else None, unit)


def _time_column(names: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """The first that is named so and begins with a time, else the first."""
    for index, name in enumerate(names):
        named = name in _TIMES or name in _UNITS or name.endswith("timestamp")
        if named and any(index < len(row) and np.isfinite(moment(row[index])) for row in rows[:10]):
            return index
    return 0


def _are_counts(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Rows of exactly a time and a number are counts, when the times are regular, and no name says of what
    else."""
    looked_at = rows[:LOOKED_AT]
    if {len(row) for row in looked_at} != {2} or not all(ORDINARY.match(row[1]) for row in looked_at):
        return False
    if len(names) > 1 and any(part in names[1] for part in _OF_ONE):
        return False
    times = np.array([moment(row[0]) for row in looked_at])
    gaps = np.diff(np.sort(times[np.isfinite(times)]))
    if not len(gaps) or not np.median(gaps) > 0:
        return False
    whole = gaps / np.median(gaps)
    return bool((np.abs(whole - np.round(whole)) < 1e-3).mean() > 0.9)
