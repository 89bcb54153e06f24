"""Rollback where several call: how soon a worse revision is seen, and whether one caller condemns a good one.

    python -m tests.bench.rollback_callers [--canaries 200] [--json OUT]

Simulated canaries of ten minutes, looked at every 2 s; 1 % of calls fail before. Each is judged twice on the same
counts: as if nobody knew who calls, and with the gateway's own table of callers. The evidence, the table and the
decision are the shipped code. Families: all callers fail alike; one alone fails; one alone, and after two minutes all.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tests.bench.rollback import SHARE, counts, known, settings

from cupel.control import evidence, watch
from cupel.control.one_caller import Alone, Heard, alone
from cupel.gateway.heaviest import FAILED as BAD
from cupel.gateway.heaviest import OK, Heaviest

LOOK = 2.0
LOOKS = int(600 / LOOK)
FIRST = int(120 / LOOK)
"""After so many looks a revision of the last family is worse for all."""
HOLDS = int(60 / LOOK)
"""Looks for which an excuse holds once nobody can tell."""


@dataclass(frozen=True)
class Family:
    """Calls a second of each caller, and which share of them fails. The first one may be the only one that fails."""

    name: str
    rates: tuple[float, ...]
    first: float
    others: float = SHARE
    later: float = SHARE
    """Share of the others' after FIRST looks."""


ALIKE = [
    Family(f"{who}, {ratio} times worse for all", rates, SHARE * ratio, SHARE * ratio, SHARE * ratio)
    for who, rates in (
        ("one caller", (5.0,)),
        ("two callers", (2.5, 2.5)),
        ("one of 90 % and two", (4.5, 0.25, 0.25)),
        ("five callers", (1.0,) * 5),
        ("twenty callers", (0.25,) * 20),
    )
    for ratio in (3, 20)
]
ONE = [
    Family("one of two, all its calls", (2.5, 2.5), 1.0),
    Family("one of five, all its calls", (1.0,) * 5, 1.0),
    Family("one of five, a tenth of its calls", (1.0,) * 5, 0.1),
    Family("one of twenty, all its calls", (0.25,) * 20, 1.0),
    Family("one of twenty, that calls as often as all", (5.0, *(0.25,) * 19), 1.0),
    Family("one of five, that floods: 50/s", (50.0, *(1.0,) * 4), 1.0),
    Family("one beside a single slow one: 5/s, 0.2/s", (5.0, 0.2), 1.0),
    Family("one beside a single slow one, that floods: 50/s, 0.2/s", (50.0, 0.2), 1.0),
]
BOTH = [
    Family("one of five, then 5 times worse for all", (1.0,) * 5, 1.0, SHARE, 5 * SHARE),
    Family("one of five, then 20 times worse for all", (1.0,) * 5, 1.0, SHARE, 20 * SHARE),
]


@dataclass(frozen=True)
class Found:
    """Of one canary, the look that condemned it, or -1: nobody knowing who calls, and with the table."""

    before: int
    now: int


def canary(family: Family, dice: np.random.Generator, looks: int = LOOKS) -> Found:
    """Ten minutes of one."""
    table, state, accepted = Heaviest(), known(dice, 5.0, 1, 86_400), settings(1, LOOK)
    everyone, before, excused = np.ones(1, dtype=np.bool_), -1, -HOLDS
    for look in range(looks):
        share = family.others if look < FIRST else family.later
        calls = dice.poisson(np.array(family.rates) * LOOK)
        failed = dice.binomial(calls, np.array([family.first, *[share] * (len(family.rates) - 1)]))
        at = 1e6 + LOOK * look + 1
        for caller, (many, bad) in enumerate(zip(calls, failed, strict=True)):
            for number in range(many):
                table.ran(f"caller-{caller}", BAD if number < bad else OK, 8, at)
        count = counts(np.array([calls.sum()], float), np.array([failed.sum()], float), dice, LOOK)
        state = watch.counted_in(state, count, everyone)
        found = evidence.weighed(state, accepted)
        if not found.alarm[0]:
            continue
        before = look if before < 0 else before
        said = alone(state, found, 0, heard(table, float(found.since[0]), at + 1))
        excused = look if isinstance(said, Alone) else -HOLDS if said == "Others" else excused
        if look - excused >= HOLDS:
            return Found(before, look)
    return Found(before, -1)


def heard(table: Heaviest, seconds: float, now: float) -> Heard:
    """What the only gateway says."""
    found = table.of_the_last(seconds, now)
    callers = {name: tuple(runs) for name, runs in found.callers.items()}
    return Heard(callers, tuple(found.rest))


def row(family: Family, canaries: int, seed: int, looks: int = LOOKS) -> dict[str, Any]:
    """One family's figures."""
    dice = np.random.default_rng(seed)
    found = [canary(family, dice, looks) for _ in range(canaries)]
    return {
        "family": family.name,
        "condemned_before_percent": 100 * np.mean([one.before >= 0 for one in found]),
        "condemned_percent": 100 * np.mean([one.now >= 0 for one in found]),
        "median_before_seconds": _quantile([one.before for one in found], 0.5),
        "median_seconds": _quantile([one.now for one in found], 0.5),
        "p95_before_seconds": _quantile([one.before for one in found], 0.95),
        "p95_seconds": _quantile([one.now for one in found], 0.95),
        "canaries": canaries,
    }


def _quantile(looks: list[int], part: float) -> float | None:
    seen = sorted(look if look >= 0 else LOOKS for look in looks)[min(int(part * len(looks)), len(looks) - 1)]
    return None if seen == LOOKS else (seen + 1) * LOOK


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--canaries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    print("| family | condemned %, before | now | median s, before | now | p95 s, before | now |")
    print("| --- " * 7 + "|")
    found = []
    for family in (*ALIKE, *ONE, *BOTH):
        one = row(family, given.canaries, given.seed)
        found.append(one)
        cells = ["" if value is None else f"{value:.0f}" for value in list(one.values())[1:-1]]
        print("| " + " | ".join((one["family"], *cells)) + " |", flush=True)
    if given.json:
        given.json.write_text(json.dumps({"seed": given.seed, "families": found}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
