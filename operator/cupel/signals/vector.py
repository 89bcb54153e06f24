"""Prometheus' answer to an instant query.

Ten thousand samples are read a tick. All of one joined query carry the same stamp and come in its order, and
an answer that looks just so is taken apart by what stands between its figures, without reading it as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import repeat
from typing import Any

from .fetching import Unreadable
from .promql import NUMBER
from .reading import Reading

HEAD = b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{"%s":"' % NUMBER.encode()
NEXT = b'"]},{"metric":{"%s":"' % NUMBER.encode()
STAMP, VALUE, TAIL = b'"},"value":[', b',"', b'"]}]}}'
SCALAR = "scalar"
NONE = Reading.missing("Prometheus has no such series now")
_reading: partial[Reading] = partial(tuple.__new__, Reading)
"""A Reading of all its fields, without a call of Python's: there are ten thousand a tick."""


def numbered(answer: bytes, count: int) -> list[Reading]:
    """The sample of each of `count` joined queries, or in words why there is none. Raises Unreadable."""
    try:
        return _quickly(answer, count) or _placed(_rows(answer), count)
    except ValueError as error:
        raise Unreadable("Prometheus' answer holds what is no number") from error


def many(samples: int) -> Reading:
    return Reading.missing(
        f"the query answers {samples} samples where one is wanted: aggregate it, as with sum()"
    )


def single(answer: bytes) -> Reading:
    """The one sample of a query asked by itself; a scalar is one, too. Raises Unreadable."""
    data = _data(answer)
    if data.get("resultType") == SCALAR:
        return Reading(*_pair(data.get("result")))
    result = _result(data)
    if len(result) != 1:
        return many(len(result)) if result else NONE
    return Reading(*_pair(result[0].get("value")))


def _quickly(answer: bytes, count: int) -> list[Reading] | None:
    """All samples, where every query has one, in order and of one moment; else None.

    What stands between the figures is cut out; where anything else does, a figure is none.
    """
    text = answer.strip()
    start = text.find(STAMP) + len(STAMP)
    stamp = text[start : text.find(VALUE, start)]
    if not (text.startswith(HEAD) and text.endswith(TAIL)):
        return None
    between = STAMP + stamp + VALUE
    figures = text[len(HEAD) : -len(TAIL)].replace(between, b",").replace(NEXT, b",").split(b",")
    if len(figures) != 2 * count or figures[::2] != _numbers(count):
        return None
    try:
        values = map(float, figures[1::2])
        return list(map(_reading, zip(values, repeat(float(stamp)), repeat(""), strict=False)))
    except ValueError:
        return None


@lru_cache(maxsize=2)
def _numbers(count: int) -> list[bytes]:
    """What so many queries are numbered with."""
    return [b"%d" % number for number in range(count)]


def _placed(rows: Iterable[tuple[int, float, float]], count: int) -> list[Reading]:
    """(number, value, stamp) of samples, in whatever order and wherever there are any."""
    found, taken = [NONE] * count, [0] * count
    for number, value, stamp in rows:
        if not 0 <= number < count:
            raise Unreadable("Prometheus answered a query nobody asked")
        taken[number] += 1
        found[number] = Reading(value, stamp) if taken[number] == 1 else many(taken[number])
    return found


def _rows(answer: bytes) -> list[tuple[int, float, float]]:
    try:
        return [(int(one["metric"][NUMBER]), *_pair(one["value"])) for one in _result(_data(answer))]
    except (KeyError, TypeError) as error:
        raise Unreadable("Prometheus' answer is not that of an instant query") from error


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


def _pair(pair: object) -> tuple[float, float]:
    """Value and stamp."""
    if not isinstance(pair, list) or len(pair) != 2:
        raise Unreadable("Prometheus' answer is not that of an instant query")
    try:
        return float(pair[1]), float(pair[0])
    except (TypeError, ValueError) as error:
        raise Unreadable("Prometheus' answer holds what is no number") from error
