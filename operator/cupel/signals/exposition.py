"""Prometheus' text format, as far as we read it: the series of one metric.

The text is a stranger's, and bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

from .fetching import Unreadable

MOST_SERIES = 10_000
MOST_LINE = 8192


class Series(NamedTuple):
    """One sample of a metric."""

    labels: Mapping[str, str]
    value: float
    stamp: float | None
    """When it was measured, in Unix time, where the Pod says so."""


@dataclass(frozen=True)
class Figures:
    """All series of one metric of one Pod."""

    values: tuple[float, ...]
    stamps: tuple[float, ...] = ()
    """When they were measured, in Unix time, where the Pod says so."""

    @property
    def total(self) -> float:
        return sum(self.values)


def figures(text: bytes, metric: str) -> Figures:
    """The series named exactly `metric`. Raises Unreadable when there is none, or it is not the text format.

    Only the lines of that metric are parsed: what else a Pod exposes, and how much, is of no consequence.
    """
    found = series(text, metric)
    if not found:
        raise Unreadable(f"it has no metric {metric}")
    stamps = tuple(one.stamp for one in found if one.stamp is not None)
    return Figures(tuple(one.value for one in found), stamps)


def series(text: bytes, metric: str) -> list[Series]:
    """The same with their labels; none where there is none. Raises Unreadable for what is not the format."""
    lines = list(_lines(text, metric.encode()))
    if len(lines) > MOST_SERIES:
        raise Unreadable(f"it has more than {MOST_SERIES} series of {metric}")
    try:
        plain = b"\n".join(lines).decode("utf-8") + "\n"
        found = [
            Series(
                sample.labels,
                float(sample.value),
                None if sample.timestamp is None else float(sample.timestamp),
            )
            for family in text_string_to_metric_families(plain)
            for sample in family.samples
        ]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Unreadable(f"its lines of {metric} are not Prometheus' text format") from error
    if lines and not found:
        raise Unreadable(f"its lines of {metric} are not Prometheus' text format")
    return found


def _lines(text: bytes, name: bytes) -> Iterator[bytes]:
    """Lines whose name is exactly this one; the name ends at a brace or a blank."""
    place = text.find(name)
    while place >= 0:
        end = text.find(b"\n", place)
        end = len(text) if end < 0 else end
        starts = place == 0 or text[place - 1 : place] == b"\n"
        after = text[place + len(name) : place + len(name) + 1]
        if starts and after in (b"{", b" ", b"\t"):
            if end - place > MOST_LINE:
                raise Unreadable(f"a line of it is longer than {MOST_LINE} bytes")
            yield text[place:end]
            place = text.find(name, end)
        else:
            place = text.find(name, place + len(name))
