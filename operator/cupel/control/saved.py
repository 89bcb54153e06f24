"""Rows of nested dataclasses of arrays: taken, put back, and one of them as a short string.

Every leaf is an array whose first axis is the policy. What is written is versioned by the names and
shapes of the leaves.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

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


def leaves(thing: object, name: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    """Every array with its dotted name, in order."""
    if not is_dataclass(thing):
        yield name, np.asarray(thing)
        return
    for field in fields(thing):
        yield from leaves(getattr(thing, field.name), f"{name}.{field.name}")


def pack(thing: object, row: int) -> str:
    """One row as Base64: float32, shares of a law as 16 bits, the head of a SHA-256 over the schema and
    them."""
    body = b"".join(_written(name, array[row]) for name, array in leaves(thing))
    return base64.b64encode(body + _check(_schema(thing), body)).decode("ascii")


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


def _mapped(change: Callable[..., Any], *things: Any) -> Any:
    first = things[0]
    if not is_dataclass(first) or isinstance(first, type):
        return change(*(np.asarray(thing) for thing in things))
    return type(first)(
        **{f.name: _mapped(change, *(getattr(thing, f.name) for thing in things)) for f in fields(first)}
    )


def _is_law(name: str) -> bool:
    return name.endswith(".law")


def _format(name: str) -> str:
    return "<u2" if _is_law(name) else "<f4"


def _written(name: str, values: NDArray[Any]) -> bytes:
    if _is_law(name):
        return np.round(np.clip(values, 0.0, 1.0) * 65535).astype("<u2").tobytes()
    limit = np.finfo(np.float32).max
    return np.clip(np.asarray(values, dtype=np.float64), -limit, limit).astype("<f4").tobytes()


def _read(name: str, values: NDArray[Any], like: NDArray[Any]) -> NDArray[Any]:
    shaped = values.astype(np.float64).reshape(like.shape)
    return (shaped / 65535 if _is_law(name) else shaped).astype(like.dtype)


def _schema(thing: object) -> bytes:
    return ";".join(f"{name}{array.shape[1:]}" for name, array in leaves(thing)).encode()


def _check(schema: bytes, body: bytes) -> bytes:
    return hashlib.sha256(schema + body).digest()[:CHECK_BYTES]
