"""Traces as people have them: every odd shape is read, or refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from cupel.control.trace import TraceProblem, read, spread

REQUESTS = [
    "TIMESTAMP,ContextTokens,GeneratedTokens",
    "2023-11-16 18:15:46.6805900,374,44",
    "2023-11-16 18:15:48.1,1,1",
]


@pytest.mark.parametrize(
    ("what", "lines", "kind", "counts"),
    [
        ("a request a row", REQUESTS, "requests", [1, 0, 1]),
        ("without a header", REQUESTS[1:], "requests", [1, 0, 1]),
        ("unsorted", [REQUESTS[0], REQUESTS[2], REQUESTS[1]], "requests", [1, 0, 1]),
        ("only times", ["at", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.9Z"], "requests", [2]),
        ("zones", ["t", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:01Z"], "requests", [1, 1]),
        ("counts a minute", ["period,count", "1998-04-30 21:30:00,2", "1998-04-30 21:31:00,11"], "counts", [2, 11]),
        ("a gap", ["t,count", "2026-01-01 00:00,5", "2026-01-01 00:01,6", "2026-01-01 00:02,6", "2026-01-01 00:05,7"], "counts", [5, 6, 6, 0, 0, 7]),
        ("two rows of a period", ["t,count", "2026-01-01 00:00,5", "2026-01-01 00:00,6", "2026-01-01 00:01,1"], "counts", [11, 1]),
        ("seconds since 1970", ["1767225600,4", "1767225660,5", "1767225720,6"], "counts", [4, 5, 6]),
        ("milliseconds", ["ts;requests", "1767225600000;4", "1767225660000;5"], "counts", [4, 5]),
        ("an odd header, tabs, a mark", ["\ufeffWhen\tHits", "2026-01-01 00:00\t4", "2026-01-01 00:01\t5"], "counts", [4, 5]),
        ("torn and commented", ["# made by x", "t,count", "2026-01-01 00:00,4", "2026-01-01 00:01,", "2026-01"], "counts", [4]),
        ("seconds without a zone, and UTC", ["t,count", "2026-01-01 00:00:00 UTC,4", "2026-01-01 00:01:00 GMT,5"], "counts", [4, 5]),
        ("slashes", ["t,count", "2026/01/01 00:00:00,4", "2026/01/01 00:01:00,5"], "counts", [4, 5]),
        ("the count first", ["count,timestamp", "400,2026-01-01T00:00:00", "500,2026-01-01T00:01:00"], "counts", [400, 500]),
        ("rows that are numbered", [",time,count", "0,2026-01-01T00:00:00,4", "1,2026-01-01T00:01:00,5"], "counts", [4, 5]),
        ("the time last, a call a row", ["app,func,end_timestamp,duration", "a,b,10.5,1", "a,c,12.25,9"], "requests", [1, 0, 1]),
        ("minutes by their number", ["minute,count", "1,4", "2,5", "3,6"], "counts", [4, 5, 6]),
        ("moments under that name", ["minute,count", "2026-01-01 00:00,4", "2026-01-01 00:01,5"], "counts", [4, 5]),
        ("a rate", ["time,rps", "2026-01-01 00:00,0.5", "2026-01-01 00:01,2"], "counts", [30, 120]),
        ("what one request took", ["time,duration", "0,12", "1,13", "2,14"], "requests", [1, 1, 1]),
        ("thousands", ["time,count", '2026-01-01 00:00,"1,200"', '2026-01-01 00:01,"12,000.0"'], "counts", [1200, 12000]),
        ("a comma for a point", ["time;count", "2026-01-01 00:00;12,0", "2026-01-01 00:01;13,0"], "counts", [12, 13]),
        ("the leap day", ["t,count", "2024-02-28 23:59,4", "2024-02-29 00:00,5", "2024-03-01 00:00,6"], "counts", [4, 5, *[0] * 1439, 6]),
        ("silent minutes left out", ["t,count", "2026-01-01 00:00,5", "2026-01-01 00:05,6", "2026-01-01 00:06,7", "2026-01-01 00:11,8"], "counts", [5, 0, 0, 0, 0, 6, 7, 0, 0, 0, 0, 8]),
        ("one odd row among many", ["t,count", "10,9", *(f"{60 * i},1" for i in range(1, 41))], "counts", [9, *[1] * 40]),
        ("huge", ["t,count", "2026-01-01 00:00,1e12", "2026-01-01 00:01,2e12"], "counts", [1e12, 2e12]),
    ],
)  # fmt: skip
def test_it_reads(what: str, lines: list[str], kind: str, counts: list[float]) -> None:
    found = read("t.csv", lines)

    assert (found.kind, found.counts.tolist()) == (kind, counts)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "no row begins with a time"),
        (["a,b", "x,y"], "no row begins with a time"),
        (["t,count", "2026-01-01,-4"], "holds no count"),
        (["t", "2026-01-01", "1970-01-01"], "wrong clock"),
        (["count", "400", "500"], "column 'count' holds counts, and no column is named as their times"),
        (["t,count", "2026-01-01,4," + "x" * 200_000], "is no CSV: field larger"),
    ],
)
def test_it_refuses(lines: list[str], says: str) -> None:
    with pytest.raises(TraceProblem, match=says):
        read("t.csv", lines)


def test_counts_are_spread_over_their_seconds_and_none_is_lost() -> None:
    found = read("t.csv", ["t,count", "2026-01-01 00:00,6000", "2026-01-01 00:01,0", "2026-01-01 00:02,600"])
    thrown = spread(found, np.random.default_rng(1))

    assert thrown.counts.reshape(3, 60).sum(axis=1).tolist() == [6000, 0, 600]
    assert thrown.counts[:60].var() == pytest.approx(100, rel=0.5)
    assert np.array_equal(thrown.counts, spread(found, np.random.default_rng(1)).counts)
