"""Kubernetes' quantities as numbers."""

from __future__ import annotations

from math import isnan, nan

import pytest

from cupel.control.quantities import quantity, total


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1.0), ("250m", 0.25), ("123456789n", 0.123456789), ("7u", 7e-6), ("64Mi", 64 * 2**20),
        ("1Gi", 2**30), ("1.5G", 1.5e9), ("2e3", 2000.0), ("1E", 1e18), ("1k", 1000.0), (".5", 0.5),
        ("", nan), ("Mi", nan), ("1Qi", nan), ("1 Mi", nan), ("NaN", nan), ("1e999", nan), ("9" * 99, nan),
    ],
)  # fmt: skip
def test_quantity(text: str, expected: float) -> None:
    assert quantity(text) == pytest.approx(expected, nan_ok=True)


def test_a_total_of_nothing_is_unknown_and_not_zero() -> None:
    assert total("250m+1") == 1.25
    assert isnan(total(""))
    assert isnan(total("250m+?"))
