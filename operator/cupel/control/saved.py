"""Rows of nested dataclasses of arrays: taken, put back, and one of them as a short string.

Every leaf is an array whose first axis is the policy. What is written is versioned by the names and
shapes of the leaves.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from .rows import Rows

T = TypeVar("T")
CHECK_BYTES = 6


def take(thing: T, rows: Rows) -> T:
    """Those rows, copied."""
    return _mapped(lambda array: array[rows], thing)


def put(thing: T, rows: Rows, other: T) -> T:
    """`thing` with `other` in those rows."""

    def placed(array: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
        copied = array.copy()
        copied[rows] = new
        return copied

    return _mapped(placed, thing, other)


def leaves(thing: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    """Every array with its dotted name, in order."""
    names, arrays = _reader(thing.__class__)
    return zip(names, arrays(thing), strict=True)


@cache
def _reader(kind: type) -> tuple[tuple[str, ...], Callable[[object], tuple[NDArray[Any], ...]]]:
    """Names of a kind's arrays, and what reads all of them."""
    names = tuple(_names(kind))
    return names, attrgetter(*(name.removeprefix(".") for name in names))


def _names(kind: type, name: str = "") -> Iterator[str]:
    if not is_dataclass(kind):
        yield name
        return
    kinds = get_type_hints(kind)
    for field in fields(kind):
        yield from _names(kinds[field.name], f"{name}.{field.name}")


def pack(thing: object, row: int) -> str:
    """One row as Base64: float32, shares of a law as 16 bits, the head of a SHA-256 over the schema and
    them."""
    body = b"".join(_written(law, values) for law, values in _runs(thing, row))
    return base64.b64encode(body + _check(_schema(thing), body)).decode("ascii")


def _runs(thing: object, row: int) -> Iterator[tuple[bool, NDArray[Any]]]:
    """The row's figures, those in one array that stand side by side and are written alike."""
    for law, run in groupby(leaves(thing), lambda leaf: _is_law(leaf[0])):
        yield law, np.concatenate([array[row : row + 1].ravel() for _, array in run])


def unpack(text: str, blank: T) -> T:
    """The row that `pack` wrote; `blank`, of one row, where the text is damaged or of another schema."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error and non-ASCII text are both ValueErrors
        return blank
    body, check = raw[:-CHECK_BYTES], raw[-CHECK_BYTES:]
    if check != _check(_schema(blank), body):
        return blank
    arrays = []
    for name, array in leaves(blank):
        kind, size = _format(name), array[0].size
        width = np.dtype(kind).itemsize * size
        part, body = body[:width], body[width:]
        arrays.append(_read(name, np.frombuffer(part, dtype=kind), array))
    source = iter(arrays)
    return _mapped(lambda _: next(source), blank)


def _mapped(change: Callable[..., Any], first: T, *others: T) -> T:
    things = (first, *others)
    if not is_dataclass(first) or isinstance(first, type):
        leaf: T = change(*(np.asarray(thing) for thing in things))
        return leaf
    mapped: T = type(first)(
        **{f.name: _mapped(change, *(getattr(thing, f.name) for thing in things)) for f in fields(first)}
    )
    return mapped


def _is_law(name: str) -> bool:
    return name.endswith(".law")


def _format(name: str) -> str:
    return "<u2" if _is_law(name) else "<f4"


def _written(law: bool, values: NDArray[Any]) -> bytes:
    if law:
        shares: NDArray[np.float64] = np.round(np.clip(values, 0.0, 1.0) * 65535)
        return shares.astype("<u2").tobytes()
    limit = np.finfo(np.float32).max
    figures: NDArray[np.float64] = np.clip(np.asarray(values, dtype=np.float64), -limit, limit)
    return figures.astype("<f4").tobytes()


def _read(name: str, values: NDArray[Any], like: NDArray[Any]) -> NDArray[Any]:
    shaped = values.astype(np.float64).reshape(like.shape)
    return (shaped / 65535 if _is_law(name) else shaped).astype(like.dtype)


def _schema(thing: object) -> bytes:
    return ";".join(f"{name}{array.shape[1:]}" for name, array in leaves(thing)).encode()


def _check(schema: bytes, body: bytes) -> bytes:
    return hashlib.sha256(schema + body).digest()[:CHECK_BYTES]
