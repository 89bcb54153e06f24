"""A recorded demand as requests in every second. Pure: text in, arrays out; chance is a generator handed
in."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .trace_cells import moment, number
from .trace_columns import columns

Floats = npt.NDArray[np.float64]
LONGEST = 400 * 86_400
"""Seconds a trace may span; more is taken for a wrong clock among the rows."""


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

    A column that is named as one decides which is which, else the first holds the times. Rows need no order;
    those without a readable time (a header, a comment, a torn last line) are skipped and counted. Periods
    that are not there have no requests. A TraceProblem says why a text is no trace.
    """
    head, rows = _rows(name, lines)
    found = columns(head, rows)
    if found is None:
        raise TraceProblem(f"{name}: column {head[0]!r} holds counts, and no column is named as their times")
    times, kept = _times([row[found.time] if found.time < len(row) else "" for row in rows])
    rows = [row for row, good in zip(rows, kept, strict=True) if good]
    if len(rows) == 0:
        raise TraceProblem(f"{name}: no row begins with a time (ISO 8601, or seconds)")
    times, skipped = times * found.unit, int(len(kept) - kept.sum())
    if found.count is None:
        return _of_requests(name, times, skipped)
    counts = np.array([number(row[found.count]) if found.count < len(row) else np.nan for row in rows])
    usable = np.isfinite(counts) & (counts >= 0)
    if not usable.any():
        raise TraceProblem(f"{name}: column {found.count + 1} holds no count: a number, 0 or more")
    lost = int((~usable).sum())
    return _of_periods(name, times[usable], counts[usable], skipped + lost, found.rate)


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


def _rows(name: str, lines: Iterable[str]) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, if it has any, and the rows."""
    clean = (line.replace("\0", "").lstrip("\ufeff") for line in lines)
    kept = (line for line in clean if line.strip() and not line.lstrip().startswith("#"))
    first = next(kept, "")
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(kept, delimiter=delimiter) if row]
        head = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])]
    except csv.Error as problem:
        raise TraceProblem(f"{name}: is no CSV: {problem}") from problem
    if head and np.isfinite(moment(head[0])):
        rows.insert(0, head)
        head = []
    return head, rows


def _of_requests(name: str, times: Floats, skipped: int) -> Trace:
    start = float(np.floor(times.min()))
    counts = np.bincount(_places(name, times - start), minlength=1).astype(np.float64)
    return Trace(name, start, counts, 1.0, skipped, "requests")


def _of_periods(name: str, times: Floats, counts: Floats, skipped: int, rate: bool) -> Trace:
    step = _step(np.diff(np.unique(times)))
    start = float(times.min())
    # a small tolerance: clocks that jitter must not leave one period empty and another twice as full
    places = _places(name, (times - start) / step + 0.25, scale=step)
    total = np.bincount(places, weights=counts * (step if rate else 1.0), minlength=1)
    return Trace(name, start, np.round(total), step, skipped, "counts")


def _step(gaps: Floats) -> float:
    """Seconds of one period: the least gap where all are a multiple of it, since silent periods may have
    been left out, else the usual one. A single odd gap decides nothing."""
    if not len(gaps):
        return 60.0
    least = float(gaps.min())
    whole = gaps / least
    multiples = (np.abs(whole - np.round(whole)) < 1e-3).mean() > 0.95 and (whole < 1.5).mean() > 0.05
    return max(1.0, round(least if multiples else float(np.median(gaps))))


def _places(name: str, offsets: Floats, scale: float = 1.0) -> npt.NDArray[np.int64]:
    if offsets.max() * scale > LONGEST:
        raise TraceProblem(f"{name}: its times span more than {LONGEST // 86_400} days; a wrong clock?")
    return np.floor(offsets).astype(np.int64)


def _times(texts: Sequence[str]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Seconds of the readable ones, and which those are."""
    seconds = np.array([moment(text) for text in texts], dtype=np.float64)
    # milliseconds, micro- or nanoseconds since 1970
    if np.isfinite(seconds).any() and np.nanmedian(seconds) > 1e11:
        digits = np.log10(np.nanmedian(seconds))
        seconds = seconds / 1000.0 ** np.floor((digits - 8) / 3)
    good = np.isfinite(seconds)
    return seconds[good], good
