"""Kubernetes' quantities as numbers: `250m` is 0.25, `64Mi` is 67108864."""

from __future__ import annotations

import re
from math import nan

SHAPE = re.compile(
    r"^([+-]?[0-9]{1,24}(?:\.[0-9]{0,24})?|\.[0-9]{1,24})(?:[eE]([+-]?[0-9]{1,2})|([A-Za-z]{1,2}))?$"
)
FACTORS = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60,
}  # fmt: skip


def quantity(text: str) -> float:
    """The number a quantity stands for; NaN for what is none.

    Source: Kubernetes, `apimachinery/pkg/api/resource`, the grammar in the comment of Quantity.
    """
    found = SHAPE.match(text.strip())
    if not found:
        return nan
    number, exponent, unit = found.groups()
    factor = 10.0 ** int(exponent) if exponent else FACTORS.get(unit or "", nan if unit else 1.0)
    return float(number) * factor


def total(text: str) -> float:
    """The sum of quantities joined by `+`; NaN when there is none, or one is no quantity."""
    return sum(map(quantity, text.split("+"))) if text else nan
