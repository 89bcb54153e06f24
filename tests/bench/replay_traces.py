"""The traces of a folder, second by second, cut into legs that are flown side by side."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cupel.control import trace

Floats = npt.NDArray[np.float64]
LEG, WARM = 4 * 3600, 3600
"""Seconds of a leg that count, and of what is flown before it so that policies know their load. A trace of up to LEG + WARM is one leg."""
PODS = 6.0
"""Pods that the mean load of a trace takes, about, where no capacity is given."""


@dataclass(frozen=True)
class Leg:
    """A part of a trace: `arrivals` a second, of which the first `warm` do not count."""

    arrivals: npt.NDArray[np.float32]
    warm: int


@dataclass(frozen=True)
class Flown:
    name: str
    sha256: str
    kind: str
    step: float
    skipped: int
    total: float
    seconds: int
    capacity: float
    legs: tuple[Leg, ...]


def folder(path: Path, seed: int, capacity: float) -> tuple[list[Flown], list[str]]:
    """Its traces, and why others are none."""
    found, problems = [], []
    for file in sorted(p for p in path.rglob("*") if p.name.lower().endswith((".csv", ".csv.gz"))):
        try:
            found.append(read(file, str(file.relative_to(path)), seed, capacity))
        except (trace.TraceProblem, OSError, EOFError, zlib.error) as problem:
            problems.append(f"{file}: {problem}")
    return found, problems


def read(file: Path, name: str, seed: int, capacity: float = 0.0) -> Flown:
    raw = file.read_bytes()
    # a name that says .gz may lie; the first two bytes do not
    plain = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    text = io.StringIO(plain.decode("utf-8", errors="replace"))
    digest = hashlib.sha256(raw).hexdigest()
    # every trace has a seed of its own, so that one more in the folder changes no other
    rng = np.random.default_rng([seed, int(digest[:8], 16)])
    whole = trace.spread(trace.read(name, text), rng)
    if whole.total <= 0:
        raise trace.TraceProblem(f"{name}: no request in it")
    carries = capacity or round_figure(whole.total / len(whole.counts) / PODS)
    return Flown(
        name,
        digest,
        whole.kind,
        whole.step,
        whole.skipped,
        whole.total,
        len(whole.counts),
        carries,
        legs(whole.counts),
    )


def round_figure(value: float) -> float:
    """The nearest of 1, 2 and 5 times a power of ten."""
    exponent = np.floor(np.log10(value))
    choices = np.array([1.0, 2.0, 5.0, 10.0]) * 10.0**exponent
    return float(f"{choices[np.abs(np.log(choices / value)).argmin()]:.6g}")


def legs(counts: Floats) -> tuple[Leg, ...]:
    counts = counts.astype(np.float32)
    if len(counts) <= LEG + WARM:
        return (Leg(counts, 0),)
    starts = range(0, len(counts), LEG)
    return tuple(Leg(counts[max(0, s - WARM) : s + LEG], s - max(0, s - WARM)) for s in starts)
