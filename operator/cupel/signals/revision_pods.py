"""What the Pods of a Deployment counted of every revision of it: a stranger's counters, as those of the
gateway are weighed.

Counters that are not moved at one moment disagree by a call now and then: what failed or was timed counts as
a call in any case.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite
from typing import NamedTuple

from cupel.api.autonomy_rollback import Counter, RevisionCounters
from cupel.control.counting import Growth, Look, Tally
from cupel.control.counts import BUCKETS, LATENCY_EDGES

from .exposition import Series, series
from .fetching import Unreadable
from .reading import PodAddress


class PodCounters(NamedTuple):
    """Whose counters are wanted: those of the ready Pods of one Deployment."""

    counters: RevisionCounters
    pods: tuple[PodAddress, ...]


@dataclass(frozen=True)
class Told:
    """What one Pod counted since it began: calls, failed ones, and those timed by latency bucket."""

    tally: Tally
    bounds: tuple[float, ...] = ()
    """Upper bounds of its own latency buckets; empty where it times nothing that can be read."""
    heard: bool = True
    """It has the metric of the calls."""


@dataclass(frozen=True)
class PodsCounted:
    """All of one look; with a `problem`, in words, nothing is known."""

    at: float = 0.0
    pods: Mapping[str, Mapping[str, Told]] = field(default_factory=dict)
    """By template hash and Pod."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """Why a Pod could not be read, by Pod: the others are evidence all the same."""
    asked: frozenset[str] = frozenset()
    """Pods there are."""
    problem: str = "its Pods were not asked yet"

    def of(self, revision: str, before: Look | None) -> tuple[Look, str]:
        """One revision's counters, or in words why there are none.

        A Pod that did not answer keeps what it said before: its next answer tells the growth since.
        """
        mine = self.pods.get(revision, {})
        kept = {} if before is None else before.counts
        told = {pod: count for pod, count in kept.items() if pod in self.asked and pod in self.unread}
        told |= {pod: one.tally for pod, one in mine.items()}
        problem = self.problem
        if not problem and not any(one.heard for one in mine.values()):
            said = (f"Pod {pod}: {why}" for pod, why in self.unread.items())
            problem = next(said, "no Pod of it has counted a call yet")
        return Look(self.at, told), problem

    def bounds(self, revision: str) -> tuple[float, ...]:
        """The latency buckets of one revision."""
        return next((one.bounds for one in self.pods.get(revision, {}).values() if one.bounds), ())


def counted(wanted: PodCounters, answers: Mapping[str, bytes | str], at: float) -> PodsCounted:
    """The pages of all Pods, by Pod. Text instead of bytes says why there is none."""
    pods: dict[str, dict[str, Told]] = defaultdict(dict)
    unread: dict[str, str] = {}
    for pod in wanted.pods:
        try:
            answer = answers.get(pod.name, "it did not answer in time")
            if isinstance(answer, str):
                raise Unreadable(answer)
            pods[pod.revision][pod.name] = told(answer, wanted.counters)
        except Unreadable as unreadable:
            unread[pod.name] = str(unreadable)
    problem = "" if wanted.pods else "no Pod of the target is ready"
    return PodsCounted(at, pods, unread, frozenset(pod.name for pod in wanted.pods), problem)


def told(text: bytes, counters: RevisionCounters) -> Told:
    """One Pod's page. Raises Unreadable for what is no count.

    A metric with labels is not there before its first call: without it, nothing was counted.
    """
    calls, failed = _series(text, counters.calls), _series(text, counters.failed)
    bounds, timed = _timed(text, counters.seconds) if counters.seconds else ((), ())
    tally = (_sum(calls, counters.calls), _sum(failed, counters.failed), *(timed or (0.0,) * BUCKETS))
    return Told(tally, bounds, bool(calls))


def _series(text: bytes, counter: Counter, suffix: str = "") -> list[Series]:
    found = series(text, counter.metric + suffix)
    if not all(isfinite(one.value) and one.value >= 0 for one in found):
        raise Unreadable(f"its {counter.metric}{suffix} is no count")
    return found


def _chosen(found: Sequence[Series], counter: Counter) -> list[Series]:
    return [
        one for one in found if all(rule.chosen(one.labels.get(rule.label, "")) for rule in counter.where)
    ]


def _sum(found: Sequence[Series], counter: Counter) -> float:
    return sum(one.value for one in _chosen(found, counter))


def _timed(text: bytes, counter: Counter) -> tuple[tuple[float, ...], Tally]:
    """Its buckets, and their counts in ours: each in the one that its upper bound lies in."""
    below: dict[float, float] = defaultdict(float)
    for one in _chosen(_series(text, counter, "_bucket"), counter):
        try:
            below[float(one.labels["le"])] += one.value
        except (KeyError, ValueError) as error:
            raise Unreadable(f"its {counter.metric} is no histogram") from error
    pairs = sorted(below.items())
    counts = [late - early for early, late in pairwise([0.0, *(count for _, count in pairs)])]
    if not all(count >= 0 for count in counts):
        raise Unreadable(f"the series of its {counter.metric} have different buckets")
    ours = [0.0] * BUCKETS
    for (bound, _), count in zip(pairs, counts, strict=True):
        ours[bisect_left(LATENCY_EDGES, bound)] += count
    return tuple(bound for bound, _ in pairs), tuple(ours)


def runs(grown: Growth) -> Growth:
    """Growth as that of a tool is weighed: good calls, failed ones, none invalid, then the timed ones."""
    if grown.problem:
        return grown
    calls, failed, *timed = grown.amounts
    total = max(calls, failed, sum(timed))
    return Growth(grown.seconds, {"pods": (total - failed, failed, 0.0, *timed)})
