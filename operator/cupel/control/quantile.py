"""A quantile of a histogram in Prometheus' shape, by the rule of its `histogram_quantile`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf, isnan, nan


def quantile(bounds: Sequence[float], counts: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of what was observed lies; NaN when there is none.

    `bounds` are the buckets' upper ends, rising, the last of them infinity; `counts` are cumulative, in the
    same order. Inside a bucket values are taken as spread evenly; beyond the last finite bound the answer is
    that bound. Source: Prometheus, `promql/quantile.go`, bucketQuantile.
    """
    if len(bounds) < 2 or len(counts) != len(bounds) or bounds[-1] != inf:
        return nan
    total = counts[-1]
    if isnan(total) or total <= 0 or any(late < early for early, late in pairwise(counts)):
        return nan
    rank = share * total
    place = next(i for i, count in enumerate(counts) if count >= rank)
    if bounds[place] == inf:
        return bounds[-2]
    start = bounds[place - 1] if place else 0.0
    before = counts[place - 1] if place else 0.0
    inside = counts[place] - before
    return start + (bounds[place] - start) * ((rank - before) / inside if inside > 0 else 1.0)
