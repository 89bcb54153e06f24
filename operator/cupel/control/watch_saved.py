"""A watch's row as text for a policy's status: versioned, checked, at most 1 KiB of Base64. Damaged means
start over.

Counts are kept as 16 bits on a logarithmic scale (to 0.04 %), with integers below 11 exact: evidence
survives a restart to three digits, which is far finer than what its price is known to.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from . import watch
from .counts import BUCKETS, COLUMNS
from .ladder import LEVELS, Ladder
from .watch import Watch

Array = NDArray[np.float64]

VERSION = 2
MOST = 1e12
STEPS = 65_535
SCALE = STEPS / np.log1p(MOST)
CHECK_BYTES = 4
MARKS = 2
SIZES = (COLUMNS * 2 * LEVELS, COLUMNS, 4, 4, BUCKETS, BUCKETS, COLUMNS)
LENGTH = 1 + 8 + MARKS + 2 * sum(SIZES) + CHECK_BYTES
LACKED = {1: SIZES[-1], VERSION: 0}
"""By version that is read: how many counts at the end it has not; they are zero."""
ROW = np.zeros(1, dtype=np.int64)


def packed(state: Watch, row: int) -> str:
    """One row as Base64, with nothing in it but counts."""
    one = state.take(np.array([row]))
    blocks = np.concatenate([block for level in one.ladder.levels for block in level])
    parts = (blocks, one.base, one.spread, one.spread_of, one.histogram, one.fresh, one.beside)
    body = (
        bytes([VERSION])
        + int(one.ladder.looks[0]).to_bytes(8, "big")
        + (one.marks[:, 0] + 1).astype(np.uint8).tobytes()
        + b"".join(_coarse(part[:, 0]).tobytes() for part in parts)
    )
    return base64.b64encode(body + _check(body)).decode("ascii")


def unpacked(text: str) -> Watch | None:
    """The row as a watch of one; None when it was not written by `packed` of this version or the one
    before."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    body, check = data[:-CHECK_BYTES], data[-CHECK_BYTES:]
    lacked = LACKED.get(data[0]) if data else None
    if lacked is None or len(data) != LENGTH - 2 * lacked or _check(body) != check:
        return None
    marks = np.frombuffer(body[9 : 9 + MARKS], dtype=np.uint8).astype(np.int64) - 1
    if marks.max() >= BUCKETS:
        return None
    values = np.pad(_fine(np.frombuffer(body[9 + MARKS :], dtype=">u2")), (0, lacked))
    blocks, *rest = (part[:, None] for part in np.split(values, np.cumsum(SIZES)[:-1]))
    names = ("base", "spread", "spread_of", "histogram", "fresh", "beside")
    return replace(
        watch.blank(1),
        ladder=_ladder(int.from_bytes(body[1:9], "big"), blocks),
        marks=marks[:, None],
        **dict(zip(names, rest, strict=True)),
    )


def _ladder(looks: int, blocks: Array) -> Ladder:
    halves = np.split(blocks, 2 * LEVELS)
    levels = tuple((halves[2 * n], halves[2 * n + 1]) for n in range(LEVELS))
    return Ladder(np.array([looks], dtype=np.int64), levels)


def _coarse(values: Array) -> NDArray[np.uint16]:
    codes: NDArray[np.uint16] = np.rint(np.log1p(np.clip(values, 0.0, MOST)) * SCALE).astype(">u2")
    return codes


def _fine(codes: NDArray[np.uint16]) -> Array:
    values = np.expm1(codes.astype(np.float64) / SCALE)
    whole = np.rint(values)
    fine: Array = np.where(np.abs(values - whole) < 0.003, whole, values)
    return fine


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:CHECK_BYTES]
