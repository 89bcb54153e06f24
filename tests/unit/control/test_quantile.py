"""A quantile of a histogram, against sums done by hand."""

from __future__ import annotations

from math import inf, isnan, nan

import pytest

from cupel.control.quantile import quantile

BOUNDS = (0.1, 0.2, 0.5, inf)
ROWS = {
    "half-way through the first bucket": (BOUNDS, (10.0, 10.0, 10.0, 10.0), 0.5, 0.05),
    "half of the calls end in the first bucket": (BOUNDS, (5.0, 10.0, 10.0, 10.0), 0.5, 0.1),
    "inside the second bucket": (BOUNDS, (5.0, 10.0, 10.0, 10.0), 0.75, 0.15),
    "an empty bucket is passed over": (BOUNDS, (5.0, 5.0, 10.0, 10.0), 0.95, 0.2 + 0.3 * 0.9),
    "beyond the last finite bound it is that bound": (BOUNDS, (0.0, 0.0, 0.0, 10.0), 0.5, 0.5),
    "nothing was observed": (BOUNDS, (0.0, 0.0, 0.0, 0.0), 0.5, nan),
    "counts that fall are no histogram": (BOUNDS, (5.0, 4.0, 10.0, 10.0), 0.5, nan),
    "counts that are no numbers are no histogram": (BOUNDS, (1.0, 1.0, 1.0, nan), 0.5, nan),
    "one bucket tells nothing": ((inf,), (10.0,), 0.5, nan),
    "without an infinite bucket it is no histogram": ((0.1, 0.2), (1.0, 2.0), 0.5, nan),
    "fewer counts than bounds are no histogram": (BOUNDS, (1.0, 2.0), 0.5, nan),
}


@pytest.mark.parametrize(("bounds", "counts", "share", "expected"), ROWS.values(), ids=list(ROWS))
def test_quantile(
    bounds: tuple[float, ...], counts: tuple[float, ...], share: float, expected: float
) -> None:
    found = quantile(bounds, counts, share)

    assert isnan(found) if isnan(expected) else found == pytest.approx(expected)
