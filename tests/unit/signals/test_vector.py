"""Prometheus' answers: samples by number, in words what is missing, and refused what is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cupel.signals.fetching import Unreadable
from cupel.signals.reading import Reading
from cupel.signals.vector import numbered, single

NONE = Reading.missing("Prometheus has no such series now")
TWO = Reading.missing("the query answers 2 samples where one is wanted: aggregate it, as with sum()")


def answer(*result: Any, kind: str = "vector") -> bytes:
    body = {"status": "success", "data": {"resultType": kind, "result": list(result)}}
    return json.dumps(body, separators=(",", ":")).encode()


def row(number: int | str, value: Any = "1.5", **labels: str) -> dict[str, Any]:
    return {"metric": labels | {"cupel_signal": str(number)}, "value": [1764188725.5, value]}


SEEN = Reading(1.5, 1764188725.5)
LATER = Reading(1.5, 1764188730.5)
ROWS: dict[str, tuple[bytes, list[Reading]]] = {
    "one sample for each": (answer(row(0), row(1)), [SEEN, SEEN]),
    "in any order": (answer(row(1), row(0)), [SEEN, SEEN]),
    "labels of its own are of no consequence": (answer(row(0, tool="t"), row(1)), [SEEN, SEEN]),
    "a series that is not there is missing, not zero": (answer(row(1)), [NONE, SEEN]),
    "nothing is there": (answer(), [NONE, NONE]),
    "two samples are one too many": (
        answer(row(0, a="1"), row(0, a="2"), row(1)),
        [TWO, SEEN],
    ),
    "two samples by the quick way, too": (
        answer(row(0), row(0), row(1)),
        [TWO, SEEN],
    ),
    "of two moments": (
        answer(row(0), {"metric": {"cupel_signal": "1"}, "value": [LATER.at, "1.5"]}),
        [SEEN, LATER],
    ),
    "with blanks and a line's end": (b" " + answer(row(0), row(1)) + b"\n", [SEEN, SEEN]),
    "laid out otherwise": (json.dumps(json.loads(answer(row(0), row(1))), indent=1).encode(), [SEEN, SEEN]),
    "a number in letters of any length": (answer(row(0, "1.5" + "0" * 99), row(1)), [SEEN, SEEN]),
    "infinity is passed on, to be judged": (
        answer(row(0, "+Inf"), row(1)),
        [Reading(float("inf"), SEEN.at), SEEN],
    ),
}
REFUSED = {
    "no JSON": b"<html>",
    "another answer": b"{}",
    "no object": b"[1]",
    "a matrix": answer(kind="matrix"),
    "a number nobody asked": answer(row(7)),
    "no number": answer(row("x")),
    "no value": answer(row(0, "many", a="b")),
    "quickly no value": answer(row(0, "many")),
    "a label that reads like a sample": answer(
        row(0, a='"},"value":[1764188725.5,"1.5"]},{"metric":{"cupel_signal":"1'), row(9)
    ),
    "more than was asked": answer(row(0), row(1), row(2)),
    "no stamp": answer(row(0), {"metric": {"cupel_signal": "1"}, "value": ["now", "1.5"]}),
    "no pair": answer({"metric": {"cupel_signal": "0"}, "value": [1]}),
    "deeper than anybody reads": b'{"data":' + b"[" * 100_000,
}


@pytest.mark.parametrize(("text", "expected"), ROWS.values(), ids=list(ROWS))
def test_numbered(text: bytes, expected: list[Reading]) -> None:
    assert numbered(text, 2) == expected


@pytest.mark.parametrize("text", REFUSED.values(), ids=list(REFUSED))
def test_refused(text: bytes) -> None:
    with pytest.raises(Unreadable):
        numbered(text, 2)


def test_a_scalar_is_one_sample() -> None:
    body = {"status": "success", "data": {"resultType": "scalar", "result": [1764188725.5, "1.5"]}}

    assert single(json.dumps(body).encode()) == SEEN


def test_by_itself_a_query_needs_no_number() -> None:
    assert single(answer({"metric": {"a": "b"}, "value": [1764188725.5, "1.5"]})) == SEEN
    assert single(answer()) == NONE
    assert single(answer(row(0), row(1))) == TWO
