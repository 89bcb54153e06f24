"""Prometheus' answer to an instant query.

Ten thousand samples take it a few milliseconds, nearly all of it JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .fetching import Unreadable
from .promql import NUMBER

HEAD = re.compile(rb'\s*\{"status":"success","data":\{"resultType":"vector","result":\[')
ROW = re.compile(rb'\{"metric":\{"%s":"(\d+)"\},"value":\[([0-9.e+]+),"([^"\\]{1,64})"\]\}' % NUMBER.encode())
SCALAR = "scalar"
NONE = "Prometheus has no such series now"


class Sample(NamedTuple):
    """One figure, and when it was measured, in Unix time."""

    value: float
    stamp: float


def numbered(answer: bytes, count: int) -> list[Sample | str]:
    """The sample of each of `count` joined queries, or in words why there is none. Raises Unreadable."""
    try:
        rows = [(int(place), float(stamp), float(value)) for place, stamp, value in _rows(answer)]
    except ValueError as error:
        raise Unreadable("Prometheus' answer holds what is no number") from error
    found: list[Sample | str] = [NONE] * count
    taken = [0] * count
    for number, stamp, value in rows:
        if not 0 <= number < count:
            raise Unreadable("Prometheus answered a query nobody asked")
        taken[number] += 1
        found[number] = Sample(value, stamp)
    for number, samples in enumerate(taken):
        if samples > 1:
            found[number] = many(samples)
    return found


def many(samples: int) -> str:
    return f"the query answers {samples} samples where one is wanted: aggregate it, as with sum()"


def single(answer: bytes) -> Sample | str:
    """The one sample of a query asked by itself; a scalar is one, too. Raises Unreadable."""
    data = _data(answer)
    if data.get("resultType") == SCALAR:
        stamp, value = _pair(data.get("result"))
        return Sample(float(value), float(stamp))
    result = _result(data)
    if not result:
        return NONE
    if len(result) > 1:
        return many(len(result))
    stamp, value = _pair(result[0].get("value"))
    return Sample(float(value), float(stamp))


def _rows(answer: bytes) -> list[tuple[bytes | str, bytes | float, bytes | str]]:
    """(number, stamp, value) of every sample: by one expression where only our label is left, else JSON."""
    if HEAD.match(answer):
        quick: list[tuple[bytes | str, bytes | float, bytes | str]] = ROW.findall(answer)
        if len(quick) == answer.count(b'"metric"'):
            return quick
    try:
        pairs = [(str(one["metric"][NUMBER]), _pair(one["value"])) for one in _result(_data(answer))]
    except (KeyError, TypeError) as error:
        raise Unreadable("Prometheus' answer is not that of an instant query") from error
    return [(place, stamp, value) for place, (stamp, value) in pairs]


def _data(answer: bytes) -> Mapping[str, object]:
    try:
        data = json.loads(answer)["data"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable("Prometheus' answer cannot be read") from error
    if not isinstance(data, dict):
        raise Unreadable("Prometheus' answer cannot be read")
    return data


def _result(data: Mapping[str, object]) -> Sequence[dict[str, Any]]:
    result = data.get("result")
    if data.get("resultType") != "vector" or not isinstance(result, list):
        raise Unreadable(f"the query answers a {str(data.get('resultType'))[:20]}, where a vector is wanted")
    return result


def _pair(pair: object) -> tuple[float, str]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise Unreadable("Prometheus' answer is not that of an instant query")
    try:
        return float(pair[0]), str(float(pair[1]))
    except (TypeError, ValueError) as error:
        raise Unreadable("Prometheus' answer holds what is no number") from error
