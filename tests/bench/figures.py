"""How benchmarks say what they measured."""

from __future__ import annotations

import statistics


def told(milliseconds: list[float]) -> dict[str, float]:
    """Median and tail, in milliseconds."""
    ordered = sorted(milliseconds)
    tail = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return {"p50": round(statistics.median(ordered), 2), "p99": round(tail, 2), "least": round(ordered[0], 2)}
