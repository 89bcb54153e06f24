"""Tables of the engine, one row a policy: rows out, rows in, and one row as text."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.intp] | NDArray[np.bool_]

CHECK_BYTES = 4


class Table(Protocol):
    """Any dataclass; every field of ours is an array of shape (N,)."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=Table)


def columns(table: Table) -> dict[str, NDArray[Any]]:
    return {field.name: getattr(table, field.name) for field in fields(table)}


def take(table: T, rows: Rows) -> T:
    """Those rows, copied."""
    return type(table)(**{name: column[rows] for name, column in columns(table).items()})


def put(table: T, rows: Rows, other: T) -> T:
    """The table with `other` in those rows."""
    changed = {name: column.copy() for name, column in columns(table).items()}
    for name, column in changed.items():
        column[rows] = getattr(other, name)
    return type(table)(**changed)


def chosen(mask: Mask, one: T, other: T) -> T:
    """`one` where the mask (N,) says so, else `other`."""
    others = columns(other)
    return type(one)(**{name: np.where(mask, column, others[name]) for name, column in columns(one).items()})


def pack(table: Table, row: int, version: int) -> str:
    """One row as Base64: the version, the columns as little-endian float64, the head of their SHA-256."""
    figures = np.array([column[row] for column in columns(table).values()], dtype="<f8")
    body = bytes([version]) + figures.tobytes()
    return base64.b64encode(body + _check(body)).decode("ascii")


def unpack(text: str, width: int, version: int) -> Floats | None:
    """The figures that `pack` wrote, (width, 1); None where the text is damaged or of another version."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error, and text that is not ASCII
        return None
    body, check = raw[:-CHECK_BYTES], raw[-CHECK_BYTES:]
    if len(body) != 1 + 8 * width or body[0] != version or check != _check(body):
        return None
    return np.frombuffer(body[1:], dtype="<f8").astype(np.float64).reshape(width, 1)


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:CHECK_BYTES]
