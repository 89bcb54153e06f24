"""What was needed in the last minutes is remembered for as long as it says, and no longer than a stretch more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from cupel.control.lately import BLOCKS, KEPT, Lately, after, most


def remembered(looks: Sequence[tuple[float, float]]) -> float:
    """The largest load after looks of (seconds, what is needed)."""
    lately = Lately.blank(1)
    for seconds, needed in looks:
        lately = after(lately, np.array([needed]), np.array([seconds]))
    return float(most(lately)[0])


@pytest.mark.parametrize(
    ("what", "looks", "most_of_them"),
    [
        ("nothing was seen", [], 0.0),
        ("one look", [(2.0, 40.0)], 40.0),
        ("the largest of several", [(2.0, 40.0), (2.0, 70.0), (2.0, 10.0)], 70.0),
        ("a peak of just less than that ago", [(2.0, 70.0)] + [(2.0, 10.0)] * int(KEPT / 2 - 1), 70.0),
        ("a peak of a stretch more ago", [(2.0, 70.0)] + [(2.0, 10.0)] * int(KEPT * (1 + 1 / BLOCKS) / 2 + 1), 10.0),
        ("looks far apart", [(2.0, 70.0), (KEPT, 20.0), (KEPT, 20.0)], 70.0),
        ("a look that says nothing", [(2.0, 70.0), (2.0, np.nan)], 70.0),
        ("less than nothing", [(2.0, -5.0)], 0.0),
    ],
)  # fmt: skip
def test_the_largest_of_late_is_remembered(
    what: str, looks: list[tuple[float, float]], most_of_them: float
) -> None:
    assert remembered(looks) == most_of_them, what


def test_every_row_is_remembered_by_itself() -> None:
    lately, seconds = Lately.blank(2), np.array([KEPT / BLOCKS, 2.0])
    for _ in range(BLOCKS + 1):
        lately = after(lately, np.array([5.0, 6.0]), seconds)
    lately = after(lately, np.array([1.0, 1.0]), seconds)

    assert lately.since.tolist() == [0.0, 2.0 * (BLOCKS + 2)]
    assert most(lately).tolist() == [5.0, 6.0]
