"""GetMetricData in words: what is asked, and what an answer is taken for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cupel.signals.fetching import Unreadable
from cupel.signals.metric_data import Found, Query, Sample, batches, body, newest, taken

QUERY = Query("eu-west-1", "AWS/SQS", "Depth", (("QueueName", "a"),), "p99.9", 60, 90)
NOW = 1_800_000_000.0


def test_a_call_is_for_whole_periods_that_ended_long_enough_ago() -> None:
    asked = json.loads(body([QUERY], NOW, "page"))

    assert (NOW - asked["EndTime"], asked["EndTime"] - asked["StartTime"]) == (120, 300)
    assert asked["NextToken"] == "page"
    assert asked["MetricDataQueries"] == [
        {
            "Id": "q0",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SQS",
                    "MetricName": "Depth",
                    "Dimensions": [{"Name": "QueueName", "Value": "a"}],
                },
                "Period": 60,
                "Stat": "p99.9",
            },
        }
    ]


def test_what_goes_together_is_of_the_same_periods() -> None:
    quick = QUERY._replace(period=1)
    queries = [*(QUERY._replace(metric=str(number)) for number in range(501)), quick]

    assert [len(part) for part in batches(queries)] == [500, 1, 1]


def row(**said: Any) -> dict[str, Any]:
    return {"Id": "q0", "Timestamps": [NOW - 120], "Values": [7], "StatusCode": "Complete", **said}


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ({NOW - 180: 1.0, NOW - 240: 2.0}, Sample(NOW - 120, 1.0)),
        ({NOW - 120: 1.0, NOW - 240: 2.0}, Sample(NOW - 180, 2.0)),
        ({NOW - 149: 1.0}, None),
        ({NOW - 150: 1.0}, Sample(NOW - 90, 1.0)),
        ({NOW + 60: 1.0}, None),
        ({}, None),
    ],
    ids=["the newest", "not yet whole", "a second too young", "just old enough", "of the future", "none"],
)
def test_the_newest_that_may_be_told(samples: dict[float, float], expected: Sample | None) -> None:
    assert newest(Found(samples), QUERY, NOW) == expected


def test_pages_add_up() -> None:
    found = [Found()]
    first = {"MetricDataResults": [row(StatusCode="PartialData")], "NextToken": "more"}

    assert taken(json.dumps(first).encode(), found) == "more"
    assert taken(json.dumps({"MetricDataResults": [row(Timestamps=[NOW], Values=[8])]}).encode(), found) == ""
    assert found == [Found({NOW - 120: 7.0, NOW: 8.0}, "Complete")]


ODD = {
    "another's number": [row(Id="q1")],
    "no number": [row(Id="evil")],
    "a number before the first": [row(Id="q-1")],
    "fewer times than values": [row(Values=[1, 2])],
    "a word for a value": [row(Values=["seven"])],
    "no list": {"Id": "q0"},
    "no object": ["q0"],
}


@pytest.mark.parametrize("rows", ODD.values(), ids=list(ODD))
def test_what_is_no_answer_is_none(rows: Any) -> None:
    with pytest.raises(Unreadable):
        taken(json.dumps({"MetricDataResults": rows}).encode(), [Found()])


@pytest.mark.parametrize(
    "answer", [b"", b"[]", b"<html>", b"[" * 100_000], ids=["none", "a list", "a page", "deep"]
)
def test_what_is_no_json_is_none(answer: bytes) -> None:
    with pytest.raises(Unreadable):
        taken(answer, [Found()])
