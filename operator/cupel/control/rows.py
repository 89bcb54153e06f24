"""Tables of the engine, one row a policy: rows out, rows in, and one row as text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
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
    some = np.count_nonzero(mask)
    if not 0 < some < mask.size:
        return one if some else other
    others = columns(other)
    return type(one)(
        **{
            name: column if column is others[name] else np.where(mask, column, others[name])
            for name, column in columns(one).items()
        }
    )


def either(mask: Mask, one: Floats | float, other: Floats | float) -> Floats:
    """`np.where`, and a fraction of its time where the mask says the same of every row, as most here do.

    It may answer an argument itself: arrays of the engine are never written to once they are made.
    """
    some = np.count_nonzero(mask)
    if 0 < some < mask.size:
        return np.where(mask, one, other)
    only = one if some else other
    if isinstance(only, np.ndarray) and only.shape == mask.shape:
        return only
    return np.full(mask.shape, only, np.float64)


def known_or(figures: Floats, otherwise: float) -> Floats:
    """The figures, those that are NaN or infinite replaced as `np.nan_to_num` does."""
    figures = either(np.isnan(figures), otherwise, figures)
    return figures if np.isfinite(figures).all() else np.nan_to_num(figures)


def within(figures: Floats, least: Floats | float, most: Floats | float) -> Floats:
    """`np.clip`, in half the time where the bounds are arrays."""
    found: Floats = np.minimum(np.maximum(figures, least), most)
    return found


def first_of(masks: Sequence[Mask | np.bool_]) -> NDArray[np.intp]:
    """Of each row (N,) the place of the first mask that holds; the last one must hold everywhere."""
    found = np.full(masks[0].shape, len(masks) - 1, np.intp)
    for place in range(len(masks) - 2, -1, -1):
        if np.count_nonzero(masks[place]):  # most hold nowhere, and asking takes a tenth of a pass
            np.copyto(found, place, where=masks[place])
    return found


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
