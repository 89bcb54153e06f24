"""Prometheus' text format, as far as we read it: the series of one metric.

The text is a stranger's, and bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from .fetching import Unreadable

MOST_SERIES = 10_000
MOST_LINE = 8192


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
    lines = list(_lines(text, metric.encode()))
    if not lines:
        raise Unreadable(f"it has no metric {metric}")
    if len(lines) > MOST_SERIES:
        raise Unreadable(f"it has more than {MOST_SERIES} series of {metric}")
    try:
        plain = b"\n".join(lines).decode("utf-8") + "\n"
        samples = [sample for family in text_string_to_metric_families(plain) for sample in family.samples]
        values = tuple(float(sample.value) for sample in samples)
        stamps = tuple(float(sample.timestamp) for sample in samples if sample.timestamp is not None)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Unreadable(f"its lines of {metric} are not Prometheus' text format") from error
    if not values:
        raise Unreadable(f"its lines of {metric} are not Prometheus' text format")
    return Figures(values, stamps)


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
