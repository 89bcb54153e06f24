"""What is read of a Deployment's Pods: how each revision's calls and failures are counted."""

from __future__ import annotations

from typing import Any

import pytest

from cupel.api.autonomy_rollback import RevisionCounters
from cupel.control.counting import Growth, Look, gained
from cupel.control.counts import BUCKETS, LATENCY_EDGES
from cupel.signals.fetching import Unreadable
from cupel.signals.reading import PodAddress
from cupel.signals.revision_pods import PodCounters, counted, runs, told

CODES = RevisionCounters.model_validate(
    {
        "port": 9090,
        "calls": {"metric": "requests_total"},
        "failed": {"metric": "requests_total", "where": [{"label": "code", "values": ["5*", "429"]}]},
        "seconds": {"metric": "request_seconds", "where": [{"label": "code", "values": ["200"]}]},
    }
)
PLAIN = RevisionCounters.model_validate(
    {"port": 9090, "calls": {"metric": "calls"}, "failed": {"metric": "failures"}}
)
PAGE = b"""\
# TYPE requests_total counter
requests_total{code="200",path="/"} 90
requests_total{code="200",path="/x"} 5
requests_total{code="404",path="/"} 2
requests_total{code="429",path="/"} 1
requests_total{code="503",path="/"} 3
requests_total_other 7
request_seconds_bucket{code="200",le="0.1"} 80
request_seconds_bucket{code="200",le="0.25"} 93
request_seconds_bucket{code="200",le="+Inf"} 95
request_seconds_bucket{code="503",le="0.1"} 3
request_seconds_bucket{code="503",le="0.25"} 3
request_seconds_bucket{code="503",le="+Inf"} 3
"""
INFINITE = float("inf")


def timed(**by_edge: float) -> tuple[float, ...]:
    """Counts by bucket; `b0_1` is the bucket that ends at 0.1 s, `last` the one without an end."""
    found = [0.0] * BUCKETS
    for name, count in by_edge.items():
        found[-1 if name == "last" else LATENCY_EDGES.index(float(name[1:].replace("_", ".")))] = count
    return tuple(found)


def test_calls_failures_and_latency_of_one_page() -> None:
    """A bucket that ends at 0.25 s is counted in ours that ends at 0.3."""
    found = told(PAGE, CODES)

    assert found.tally == (101.0, 4.0, *timed(b0_1=80, b0_3=13, last=2))
    assert found.bounds == (0.1, 0.25, INFINITE)


# fmt: off
PAGES: dict[str, tuple[bytes, tuple[float, float], bool]] = {
    "both": (b"calls 10\nfailures 2\n", (10, 2), True),
    "a metric with labels before its first failure": (b"calls 10\n", (10, 0), True),
    "nobody called yet": (b"other 1\n", (0, 0), False),
    "nothing at all": (b"", (0, 0), False),
}
NO_COUNTS: dict[str, tuple[bytes, str]] = {
    "NaN": (b"calls NaN\nfailures 2\n", "its calls is no count"),
    "infinite": (b"calls +Inf\n", "its calls is no count"),
    "negative": (b"calls 1\nfailures -2\n", "its failures is no count"),
    "no text format": (b"calls {\n", "its lines of calls are not Prometheus' text format"),
}
NO_HISTOGRAMS: dict[str, tuple[bytes, str]] = {
    "without a bound": (b'request_seconds_bucket{code="200"} 1\n', "is no histogram"),
    "a bound that is a word": (b'request_seconds_bucket{code="200",le="slow"} 1\n', "is no histogram"),
    "other buckets for another path": (
        b'request_seconds_bucket{code="200",le="0.1"} 5\nrequest_seconds_bucket{code="200",path="/",le="0.2"} 1\n',
        "have different buckets",
    ),
}
# fmt: on


@pytest.mark.parametrize(("page", "counts", "heard"), PAGES.values(), ids=list(PAGES))
def test_pages(page: bytes, counts: tuple[float, float], heard: bool) -> None:
    found = told(page, PLAIN)

    assert (found.tally[:2], found.heard, found.bounds) == (counts, heard, ())


@pytest.mark.parametrize(("page", "said"), NO_COUNTS.values(), ids=list(NO_COUNTS))
def test_what_is_no_count_is_no_page(page: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        told(page, PLAIN)


@pytest.mark.parametrize(("page", "said"), NO_HISTOGRAMS.values(), ids=list(NO_HISTOGRAMS))
def test_what_is_no_histogram_is_no_page(page: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        told(page, CODES)


OLD, NEW = PodAddress("old", "10.0.0.1", revision="aaa"), PodAddress("new", "10.0.0.2", revision="bbb")
OTHER = PodAddress("other", "10.0.0.3", revision="bbb")
WANTED = PodCounters(PLAIN, (OLD, NEW, OTHER))


def page(calls: int, failures: int = 0) -> bytes:
    return f"calls {calls}\nfailures {failures}\n".encode()


def of(answers: dict[str, Any]) -> PodCounters:
    """The Pods there are: those that answer, or are asked in vain."""
    return PodCounters(PLAIN, tuple(pod for pod in WANTED.pods if pod.name in answers))


def grown(before: dict[str, Any], now: dict[str, Any], revision: str = "bbb") -> tuple[Any, ...]:
    """Seconds, calls and failures of a revision between two looks, or what is the matter."""
    first, _ = counted(of(before), before, 10.0).of(revision, None)
    second, problem = counted(of(now), now, 12.0).of(revision, first)
    found = gained(first, second)
    return (
        (problem,)
        if problem
        else (found.seconds, *found.amounts[:2])
        if not found.problem
        else (found.problem,)
    )


# fmt: off
LOOKS: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[Any, ...]]] = {
    "each revision by itself": (
        {"old": page(100, 50), "new": page(10, 1)}, {"old": page(200, 150), "new": page(30, 6)}, (2.0, 20, 5),
    ),
    "a Pod more: its part is known from the next look on": (
        {"new": page(10)}, {"new": page(30, 2), "other": page(500, 500)}, (2.0, 20, 2),
    ),
    "a Pod less": ({"new": page(10), "other": page(10)}, {"new": page(30, 2)}, (2.0, 20, 2)),
    "a container that began anew takes its part away": (
        {"new": page(10), "other": page(900)}, {"new": page(30, 2), "other": page(3, 3)}, (2.0, 20, 2),
    ),
    "a Pod that hangs": (
        {"new": page(10), "other": page(10)}, {"new": page(30, 2), "other": "it did not answer"}, (2.0, 20, 2),
    ),
    "a Pod that lies": ({"new": page(10), "other": page(10)}, {"new": page(30), "other": b"calls NaN\n"}, (2.0, 20, 0)),
    "all of them began anew": ({"new": page(10)}, {"new": page(3)}, ("no Pod was counted at two looks in a row yet",)),
    "none answers": ({"new": page(10)}, {"new": "it is away", "other": "it is away", "old": page(1)}, ("Pod new: it is away",)),
    "none was called": ({"new": b"", "other": b""}, {"new": b"", "other": b""}, ("no Pod of it has counted a call yet",)),
}
# fmt: on


@pytest.mark.parametrize(("before", "now", "expected"), LOOKS.values(), ids=list(LOOKS))
def test_two_looks(before: dict[str, Any], now: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert grown(before, now) == expected


def test_what_a_pod_counted_while_it_did_not_answer_is_counted_when_it_does() -> None:
    first, _ = counted(WANTED, {"new": page(10), "other": page(10)}, 10.0).of("bbb", None)
    second, _ = counted(WANTED, {"new": page(20), "other": "it is slow"}, 12.0).of("bbb", first)
    third, _ = counted(WANTED, {"new": page(30), "other": page(50)}, 14.0).of("bbb", second)

    assert gained(second, third).amounts[0] == 10 + 40


def test_without_a_ready_pod_nothing_is_known() -> None:
    found = counted(PodCounters(PLAIN, ()), {}, 10.0)

    assert found.of("bbb", None)[1] == "no Pod of the target is ready"


# fmt: off
RUNS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "calls that failed are none that went well": ((10, 3), (7, 3, 0)),
    "a failure that was counted before its call": ((10, 11), (0, 11, 0)),
    "a timed call that was counted before it": ((1, 0, *timed(b0_1=2)), (2, 0, 0, *timed(b0_1=2))),
}
# fmt: on


@pytest.mark.parametrize(("amounts", "expected"), RUNS.values(), ids=list(RUNS))
def test_growth_as_it_is_weighed(amounts: tuple[float, ...], expected: tuple[float, ...]) -> None:
    assert runs(Growth(2.0, {"a": amounts})).amounts == expected


def test_no_time_is_no_growth() -> None:
    assert (
        gained(Look(1.0, {"a": (1.0,)}), Look(1.0, {"a": (2.0,)})).problem
        == "no time has passed since the last look"
    )


def test_other_counters_are_another_fingerprint() -> None:
    assert CODES.fingerprint != PLAIN.fingerprint
    assert CODES.fingerprint == RevisionCounters.model_validate(CODES.wire(), by_alias=True).fingerprint
