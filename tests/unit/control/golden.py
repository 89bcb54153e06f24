"""What the engine answered before it was made faster, kept to hold it to that.

    PYTHONPATH=operator:. python -m tests.unit.control.golden

records anew: only where the answers themselves are meant to change, in the commit that changes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tests.unit.control.revisions import LOOK, accepted, known, look

from cupel.control import evidence, watch
from cupel.control.evidence import Evidence
from cupel.control.fleet import FIGURES, Memory, Outcome, Settings, Sighting, tick
from cupel.control.policy import INDICES
from cupel.control.saved import leaves
from cupel.control.watch import Watch

FILE = Path(__file__).with_name("golden.npz")
ROWS, TICKS, EVERY = 14, 520, 40
LOOKS, WEIGHED = 420, 70
LEARNT = (".law", ".learnt", ".due")
"""Of peaks: how watches under way are kept is nobody's business."""
ALWAYS = (".action", ".reason", ".replicas")
"""Kept of every tick; other outcomes of every EVERYth."""


def asked(rows: int, dice: np.random.Generator) -> Settings:
    """Policies of every kind."""
    return Settings.default(
        rows,
        period=dice.choice([2.0, 5.0], rows),
        lead=dice.choice([2.0, 10.0, 30.0], rows),
        capacity=np.where(dice.random(rows) < 0.5, np.nan, dice.uniform(1, 50, rows)),
        least=dice.choice([0.0, 1.0, 2.0], rows),
        most=dice.choice([5.0, 50.0, 500.0], rows),
        sureness=dice.choice([0.5, 0.7, 0.85], rows),
        reserve=dice.choice([0.0, 0.0, 1.0], rows),
        ahead=dice.random(rows) < 0.3,
        counts=dice.random(rows) < 0.8,
        retune=dice.random(rows) < 0.8,
        idle=60.0,
        settle=60.0,
        at_least=np.array([[-np.inf] * len(FIGURES) + [800.0, 500.0, 900.0] + [-np.inf]]),
        at_most=np.array([[np.inf, 50.0, 120.0, 20.0, 90.0, 90.0] + [np.inf] * len(INDICES) + [5.0]]),
        weights=np.where(dice.random((rows, len(FIGURES) + len(INDICES) + 1)) < 0.5, 1.0, 0.0),
    )


def seen(number: int, pods: np.ndarray, dice: np.random.Generator) -> Sighting:
    """A load that swells, bursts, falls silent, goes missing and turns absurd, with every other figure."""
    rows = len(pods)

    def gapped(figures: Any, share: Any = 0.05) -> np.ndarray:
        return np.where(dice.random(rows) < share, np.nan, figures)

    def rare(share: float) -> np.ndarray:
        return np.where(np.arange(rows) % 3 == 0, share, share / 50)

    usual = np.geomspace(0.5, 200.0, rows) * (1 + 0.5 * np.sin(number / 40))
    burst, silent = dice.random(rows) < 0.01, number % 200 > 175
    load = dice.poisson(usual * np.where(burst, 5.0, 1.0) * 5) / 5 * (0.0 if silent else 1.0)
    load = gapped(load, rare(0.015))
    load = np.where(dice.random(rows) < rare(0.005), dice.choice([np.inf, -1.0, 1e300], rows), load)
    seconds = dice.choice([5.0, 2.0, 1.25], rows, p=[0.6, 0.3, 0.1])
    seconds = np.where(dice.random(rows) < rare(0.01), dice.choice([40.0, np.nan, 0.0], rows), seconds)
    busy = np.clip(np.nan_to_num(usual) / (10.0 * np.maximum(pods, 1.0)), 0.0, 0.95)
    return Sighting.blank(
        rows,
        seconds=seconds,
        load=load,
        in_flight=gapped(dice.poisson(usual * 0.1) * (0 if silent else 1)),
        latency=gapped(50.0 / (1.0 - busy) * dice.uniform(0.9, 1.1, rows)),
        error_per_mille=gapped(dice.exponential(10.0, rows), 0.2),
        cpu=gapped(100 * busy),
        memory=gapped(dice.uniform(0, 100, rows)),
        ready=gapped(pods, 0.02),
        wanted=gapped(pods, 0.02),
        own=gapped(dice.normal(4.0, 3.0, rows))[:, None],
    )


def flown(rows: int = ROWS, ticks: int = TICKS) -> Iterator[tuple[Memory, Outcome]]:
    """Ticks of policies of every kind, the Pods following the decisions."""
    dice = np.random.default_rng(20261127)
    settings, memory, pods = asked(rows, dice), Memory.blank(rows), np.full(rows, 2.0)
    for number in range(ticks):
        memory, outcome = tick(memory, settings, seen(number, pods, dice))
        pods = np.where(np.isfinite(outcome.replicas), outcome.replicas, 2.0)
        yield memory, outcome


def weighed(rows: int = 24, looks: int = LOOKS) -> Iterator[tuple[Watch, Evidence]]:
    """Looks at revisions of which some become worse, some are not seen, and some give way to others."""
    dice = np.random.default_rng(7)
    watched, settings = known(rows, 20_000), accepted(rows)
    watched = replace(watched, marks=np.where(np.arange(rows) < 2, -1, watched.marks))
    half = np.arange(rows) % 2 == 0
    for number in range(looks):
        worse = {"failed": 4.0, "slow": 1.4} if number > looks * 0.7 else {}
        count = np.where(half, look(dice, rows, 8.0, **worse), look(dice, rows, 8.0))
        watched = watch.counted_in(watched, count, dice.random(rows) < 0.97)
        if number % 130 == 129:
            watched = watch.succeeded(watched, np.arange(rows) % 5 == 1)
        yield watched, evidence.weighed(watched, settings)


def columns() -> dict[str, np.ndarray]:
    """Outcomes, and all that is remembered in the end."""
    found: dict[str, np.ndarray] = {}
    flights = list(flown())
    for name, _ in leaves(flights[0][1]):
        chosen = flights if name in ALWAYS else flights[EVERY - 1 :: EVERY]
        found["outcome" + name] = np.stack([dict(leaves(outcome))[name] for _, outcome in chosen])
    remembered = {"memory" + name: array for name, array in leaves(flights[-1][0])}
    found |= {
        name: array for name, array in remembered.items() if ".peaks." not in name or name.endswith(LEARNT)
    }
    judged = list(weighed())
    for name, _ in leaves(judged[0][1]):
        found["evidence" + name] = np.stack(
            [dict(leaves(one))[name] for _, one in judged[WEIGHED - 1 :: WEIGHED]]
        )
    return found | {"watch" + name: array for name, array in _watched(judged[-1][0]).items()}


def _watched(state: Watch) -> dict[str, np.ndarray]:
    blocks = np.stack([block for level in state.ladder.levels for block in level])
    names = ("base", "spread", "spread_of", "histogram", "fresh", "marks")
    return {".looks": state.ladder.looks, ".blocks": blocks} | {f".{n}": getattr(state, n) for n in names}


if __name__ == "__main__":
    np.savez_compressed(FILE, allow_pickle=False, **columns())
    print(f"{FILE}: {FILE.stat().st_size // 1024} KiB; looks {LOOKS} of {LOOK} s")
