"""What is believed about the demand of every policy: arrays of shape (N,), and one row as a string for its status.

How a belief changes is in `kalman`. Letters as in the books: P is the covariance of (level, trend), R the measurement's variance.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from .bounds import MOST_DISPERSION, MOST_LOAD, MOST_SIGNAL_TO_NOISE, MOST_VARIANCE

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.intp] | NDArray[np.bool_]

VERSION = 1
CHECK_BYTES = 4
UNKNOWN_VARIANCE = 1e12
"""Variance of a level nobody has measured yet: a million a second either way."""


@dataclass(frozen=True)
class Belief:
    """One row a policy; every field has shape (N,), float64, and is finite."""

    level: Floats
    """Demand, a second."""
    trend: Floats
    """Growth of demand, a second each second."""
    p00: Floats
    """Variance of the level."""
    p01: Floats
    """Covariance of level and trend."""
    p11: Floats
    """Variance of the trend."""
    shape: Floats
    """Inverse gamma of R: shape, which is half the number of samples it remembers."""
    scale: Floats
    """Inverse gamma of R: scale, in units of the Poisson variance (counts) or of the signal squared (gauges)."""
    signal_to_noise: Floats
    """Variance the level gains in one period, over R: what Q is scaled by."""
    nis: Floats
    """Windowed normalised innovation squared: 1 where the belief is as sure as it should be."""
    whiteness: Floats
    """Windowed product of neighbouring normalised innovations: 0 where nothing is left to learn from them."""
    previous: Floats
    """Normalised innovation of the sample before; 0 where there was none."""
    doubt: Floats
    """Sign of the sample before where that was an outlier, else 0."""
    steps: Floats
    """Samples taken in."""

    @classmethod
    def blank(cls, n: int) -> Belief:
        """Nothing seen yet."""
        return cls(*(np.full(n, value, dtype=np.float64) for value in _BLANK.values()))

    def __len__(self) -> int:
        return len(self.level)

    def columns(self) -> dict[str, Floats]:
        return {name: getattr(self, name) for name in FIELDS}

    def take(self, rows: Rows) -> Belief:
        """Those rows, copied."""
        return Belief(*(column[rows] for column in self.columns().values()))

    def put(self, rows: Rows, other: Belief) -> Belief:
        """This belief with `other` in those rows."""
        columns = {name: column.copy() for name, column in self.columns().items()}
        for name, column in columns.items():
            column[rows] = getattr(other, name)
        return Belief(**columns)

    @property
    def deviation(self) -> Floats:
        """Standard deviation of the level."""
        return np.sqrt(self.p00)


FIELDS = tuple(field.name for field in fields(Belief))
_BLANK: Mapping[str, float] = {
    "level": 0.0,
    "trend": 0.0,
    "p00": UNKNOWN_VARIANCE,
    "p01": 0.0,
    "p11": UNKNOWN_VARIANCE,
    "shape": 0.5,
    "scale": 0.5,
    "signal_to_noise": 0.3,
    "nis": 1.0,
    "whiteness": 0.0,
    "previous": 0.0,
    "doubt": 0.0,
    "steps": 0.0,
}


def pack(belief: Belief, row: int) -> str:
    """One row as Base64, about 150 characters: version, the fields as little-endian float64, the head of their SHA-256."""
    body = bytes([VERSION]) + np.array([c[row] for c in belief.columns().values()], dtype="<f8").tobytes()
    return base64.b64encode(body + _check(body)).decode("ascii")


def unpack(text: str) -> Belief:
    """The row that `pack` wrote; a blank one where the string is damaged, of another version, or says what cannot be."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error and non-ASCII text are both ValueErrors
        return Belief.blank(1)
    body, check = raw[:-CHECK_BYTES], raw[-CHECK_BYTES:]
    if len(body) != 1 + 8 * len(FIELDS) or body[0] != VERSION or check != _check(body):
        return Belief.blank(1)
    read = Belief(*np.frombuffer(body[1:], dtype="<f8").astype(np.float64).reshape(len(FIELDS), 1))
    return read if possible(read)[0] else Belief.blank(1)


def possible(belief: Belief) -> Mask:
    """Which rows can have come of filtering: finite, bounded, with a positive semidefinite covariance."""
    every = np.stack(list(belief.columns().values()))
    positive = np.stack([belief.p00, belief.p11, belief.shape, belief.scale, belief.signal_to_noise])
    with np.errstate(invalid="ignore", over="ignore"):
        bounded: Mask = (
            np.isfinite(every).all(axis=0)
            & (positive > 0).all(axis=0)
            & (np.maximum(np.abs(belief.level), np.abs(belief.trend)) <= MOST_LOAD)
            & (np.maximum(belief.p00, belief.p11) <= MOST_VARIANCE)
            & (belief.p01**2 <= belief.p00 * belief.p11 * (1 + 1e-9))
            & (belief.scale <= belief.shape * MOST_DISPERSION)
            & (belief.signal_to_noise <= MOST_SIGNAL_TO_NOISE)
        )
    return bounded


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:CHECK_BYTES]
