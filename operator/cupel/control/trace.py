"""A recorded demand as requests in every second. Pure: text in, arrays out; chance is a generator handed
in."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LONGEST = 400 * 86_400
"""Seconds a trace may span; more is taken for a wrong clock among the rows."""
_ORDINARY = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
_COUNT_NAMES = ("count", "requests", "request", "calls", "hits", "invocations", "value", "total", "n")


class TraceProblem(ValueError):
    """A trace that cannot be read: the message names the row, or what is missing."""


@dataclass(frozen=True)
class Trace:
    """Requests in each step of `step` seconds from `start` (seconds since 1970, or of the trace's own
    clock)."""

    name: str
    start: float
    counts: Floats
    step: float
    skipped: int
    kind: str

    @property
    def total(self) -> float:
        return float(self.counts.sum())


def read(name: str, lines: Iterable[str]) -> Trace:
    """A trace of CSV `lines`: a time a row (one request each), or a time and a count a row.

    Rows need no order; those without a readable time (a header, a comment, a torn last line) are skipped
    and counted. Periods that are not there have no requests. A TraceProblem says why a text is no trace.
    """
    try:
        head, rows = _rows(lines)
    except csv.Error as problem:
        raise TraceProblem(f"{name}: is no CSV: {problem}") from problem
    column = _count_column(head, rows)
    times, kept = _times([row[0] for row in rows])
    rows = [row for row, good in zip(rows, kept, strict=True) if good]
    if len(rows) == 0:
        raise TraceProblem(f"{name}: no row begins with a time (ISO 8601, or seconds)")
    skipped = int(len(kept) - kept.sum())
    if column is None:
        return _of_requests(name, times, skipped)
    counts = np.array([_number(row[column]) if column < len(row) else np.nan for row in rows])
    usable = np.isfinite(counts) & (counts >= 0)
    if not usable.any():
        raise TraceProblem(f"{name}: column {column + 1} holds no count: a number, 0 or more")
    return _of_periods(name, times[usable], counts[usable], skipped + int((~usable).sum()))


def spread(trace: Trace, rng: np.random.Generator) -> Trace:
    """The same requests second by second: each period's count thrown into its seconds as a Poisson
    process does.

    Given its count, a Poisson process puts every request into any second with equal chance (multinomial),
    so no request is lost or made. Periods of a second or less stay as they are.
    """
    seconds = round(trace.step)
    if seconds <= 1:
        return trace
    whole = np.minimum(trace.counts, 2.0**53).astype(np.int64)
    thrown = rng.multinomial(whole, np.full(seconds, 1.0 / seconds)).astype(np.float64).ravel()
    return Trace(trace.name, trace.start, thrown, 1.0, trace.skipped, trace.kind)


def _rows(lines: Iterable[str]) -> tuple[list[str], list[list[str]]]:
    clean = (line.replace("\0", "").lstrip("\ufeff") for line in lines)
    kept = (line for line in clean if line.strip() and not line.lstrip().startswith("#"))
    first = next(kept, "")
    delimiter = max(",;\t", key=first.count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(kept, delimiter=delimiter) if row]
    head = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])]
    if head and np.isfinite(_time(head[0])):
        rows.insert(0, head)
        head = []
    return head, rows


def _count_column(head: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    """Which column is a count a period; None where each row is one request.

    A named count column decides. Otherwise rows of exactly a time and a number are counts, when the times
    are regular.
    """
    names = [name.lower() for name in head]
    for index, name in enumerate(names[1:], start=1):
        if name in _COUNT_NAMES or name.endswith(("_count", " count")):
            return index
    widths = {len(row) for row in rows[:1000]}
    if widths != {2} or not all(_ORDINARY.match(row[1]) for row in rows[:1000]):
        return None
    times, _ = _times([row[0] for row in rows[:1000]])
    gaps = np.diff(np.sort(times))
    regular = len(gaps) > 0 and float(np.median(gaps)) > 0 and _whole(gaps / np.median(gaps))
    return 1 if regular else None


def _whole(values: Floats) -> bool:
    return bool((np.abs(values - np.round(values)) < 1e-3).mean() > 0.9)


def _of_requests(name: str, times: Floats, skipped: int) -> Trace:
    start = float(np.floor(times.min()))
    counts = np.bincount(_places(name, times - start), minlength=1).astype(np.float64)
    return Trace(name, start, counts, 1.0, skipped, "requests")


def _of_periods(name: str, times: Floats, counts: Floats, skipped: int) -> Trace:
    gaps = np.diff(np.unique(times))
    step = max(1.0, round(float(np.median(gaps)))) if len(gaps) else 60.0
    start = float(times.min())
    # a small tolerance: clocks that jitter must not leave one period empty and another twice as full
    places = _places(name, (times - start) / step + 0.25, scale=step)
    total = np.bincount(places, weights=counts, minlength=1)
    return Trace(name, start, np.round(total), step, skipped, "counts")


def _places(name: str, offsets: Floats, scale: float = 1.0) -> npt.NDArray[np.int64]:
    if offsets.max() * scale > LONGEST:
        raise TraceProblem(f"{name}: its times span more than {LONGEST // 86_400} days; a wrong clock?")
    return np.floor(offsets).astype(np.int64)


def _number(text: str) -> float:
    return float(text) if _ORDINARY.match(text) else float("nan")


def _times(texts: Sequence[str]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Seconds of the readable ones, and which those are."""
    seconds = np.array([_time(text) for text in texts], dtype=np.float64)
    # milliseconds, micro- or nanoseconds since 1970
    if np.isfinite(seconds).any() and np.nanmedian(seconds) > 1e11:
        digits = np.log10(np.nanmedian(seconds))
        seconds = seconds / 1000.0 ** np.floor((digits - 8) / 3)
    good = np.isfinite(seconds)
    return seconds[good], good


def _time(text: str) -> float:
    if _ORDINARY.match(text):
        return float(text)
    try:
        moment = datetime.fromisoformat(_microseconds(text))
    except ValueError:
        return float("nan")
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _microseconds(text: str) -> str:
    """ISO 8601 with at most six digits after the point, which is what Python reads."""
    return re.sub(r"([.,]\d{6})\d+", r"\1", text.strip().strip("\"'"))
