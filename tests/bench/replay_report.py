"""What is made of the rows: sorted JSON, and a table with the two comparisons that matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from tests.bench.replay_traces import Flown

Row = dict[str, object]
SAME = 0.0005
"""Costs that differ by so much of them are the same."""


def sorted_rows(rows: Sequence[Row], how: Row) -> list[Row]:
    ordered = sorted(rows, key=lambda row: (str(row["trace"]), str(row["family"]), str(row["parameter"])))
    return [{**row, **how} for row in ordered]


def number(row: Row, name: str) -> float:
    value = row[name]
    assert isinstance(value, int | float)
    return float(value)


def shown(rows: Sequence[Row], flown: Sequence[Flown]) -> str:
    """Every family's standard parameter per trace; then Cupel against HPA at 70 %."""
    lines = []
    for trace in flown:
        here = [row for row in rows if row["trace"] == trace.name]
        lines.append(
            f"\n{trace.name}: {trace.total:.0f} requests in {trace.seconds / 3600:.1f} h, one Pod carries {trace.capacity:g} a second"
        )
        lines += [_line(row) for row in here if row["default"]]
        lines += compared(here)
    return "\n".join([*lines, *judged(rows)])


def _line(row: Row) -> str:
    return (
        f"  {row['family']!s:14s} {row['parameter']!s:24s} {number(row, 'violation_percent'):9.4f} % missed at {number(row, 'cost_ratio'):.3f} x,"
        f" {number(row, 'actions_per_hour'):5.1f} actions and {number(row, 'reversals_per_hour'):4.1f} reversals an hour"
    )


def compared(rows: Sequence[Row]) -> list[str]:
    """Cupel's curve at the cost, and at the violations, of HPA at 70 %."""
    standard = [row for row in rows if row["family"] == "hpa" and row["default"]]
    ours = [row for row in rows if row["family"] == "cupel"]
    if not standard or not ours:
        return []
    missed, cost = number(standard[0], "violation_percent"), number(standard[0], "cost_ratio")
    at_cost, at_missed = on_curve(ours, cost, missed)
    return [
        f"  at the HPA's cost ({cost:.3f} x): {at_cost:.4f} % missed, the HPA {missed:.4f} %"
        f"; at its violations: {at_missed:.3f} x, {100 * at_missed / cost:.0f} % of its cost"
    ]


def judged(rows: Sequence[Row]) -> list[str]:
    """Where Cupel's default is worse than the HPA at 70 %, or beyond what it promises, trace by trace."""
    sides = {
        name: {str(row["trace"]): row for row in rows if row["family"] == name and row["default"]}
        for name in ("cupel", "hpa")
    }
    pairs = [(ours, sides["hpa"][trace]) for trace, ours in sides["cupel"].items() if trace in sides["hpa"]]
    if not pairs:
        return []
    lines = [f"\ncupel's default against the HPA at 70 %, on {len(pairs)} traces:"]
    for what, holds in WORSE:
        found = [str(ours["trace"]) for ours, theirs in pairs if holds(ours, theirs)]
        lines.append(f"  {what}: {len(found)}" + (f" ({', '.join(found)})" if found else ""))
    return lines


def _later(ours: Row, theirs: Row) -> bool:
    return number(ours, "missed") > number(theirs, "missed") + 1e-9


def _dearer(ours: Row, theirs: Row) -> bool:
    return number(ours, "cost_ratio") > number(theirs, "cost_ratio") * (1 + SAME)


WORSE: tuple[tuple[str, Callable[[Row, Row], bool]], ...] = (
    ("later", _later),
    ("dearer, and no less late", lambda a, b: _dearer(a, b) and number(a, "missed") >= number(b, "missed")),
    ("dearer, and less late", lambda a, b: _dearer(a, b) and number(a, "missed") < number(b, "missed")),
    (
        "more than twice its reversals, and more than one an hour",
        lambda a, b: number(a, "reversals") > max(2 * number(b, "reversals"), number(a, "hours")),
    ),
    ("above 60 actions an hour", lambda a, _: number(a, "actions_per_hour") > 60 and number(a, "hours") >= 1),
)


def on_curve(rows: Sequence[Row], cost: float, missed: float) -> tuple[float, float]:
    """Violations at this cost, and cost at these violations, of the best points: the nearest that is no dearer, and no worse."""
    points = np.array([(number(row, "cost_ratio"), number(row, "violation_percent")) for row in rows])
    cheap = points[points[:, 0] <= cost + 1e-9]
    good = points[points[:, 1] <= missed + 1e-9]
    return (
        float(cheap[:, 1].min()) if len(cheap) else float("nan"),
        float(good[:, 0].min()) if len(good) else float("nan"),
    )
