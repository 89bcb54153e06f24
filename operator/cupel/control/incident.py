"""Whether others became worse at the same time: then it is the cluster, or what all of them call, and no
revision.

Asked only of the few rows with an alarm. Others are those of the same group (what shares a cluster or a
gateway); another revision of the same tool that still serves is asked first, and its word is enough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .counts import CALLS, FAILED, SECONDS, bad, counted
from .evidence import Evidence
from .ladder import Ladder
from .sequential import baseline
from .watch import Watch

Array = NDArray[np.float64]

FEWEST = 2
"""Others who can tell, to call an incident shared."""
FEWEST_FAILED = 3.0
MOST_OF = 0.5
WORSE_BY = 1.5
DEVIATIONS = 2.0


def shared(
    watch: Watch, found: Evidence, group: NDArray[np.int64], kin: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Rows whose alarm is no regression, since others became worse with them. group, kin, result: (N,).

    Of the same group at least two others can tell (they expected a bad call in that time) and half of them
    are clearly worse than their own baseline, in the metric of the alarm; or a row of the same kin is.
    """
    result = np.zeros(group.size, dtype=np.bool_)
    for row in np.flatnonzero(found.alarm):
        tell, worse = _testimony(watch, int(found.metric[row]), float(found.since[row]))
        tell[row] = False
        sibling = (kin == kin[row]) & tell & worse
        others = (group == group[row]) & (kin != kin[row]) & tell
        many = others.sum() >= FEWEST and (others & worse).sum() >= MOST_OF * others.sum()
        result[row] = bool(sibling.any() or many)
    return result


def excused(watch: Watch, row: int, calls: float, failed: float) -> bool:
    """Whether a predecessor that serves beside this row's revision fails clearly more than it did before, so
    that it is not the revision. `calls` and `failed`: the predecessor's, since the revision took over.
    """
    base = watch.base[:, row]
    return clearly_worse(failed, calls, float(base[FAILED]), float(base[CALLS]))


def clearly_worse(bad: float, calls: float, before_bad: float, before_calls: float) -> bool:
    """Whether `bad` of so many calls are clearly more than before; never, where nothing was before."""
    expected = calls * (before_bad + 1.0) / max(before_calls, 1.0)
    clearly = bad >= WORSE_BY * expected and bad - expected >= DEVIATIONS * expected**0.5
    return bool(before_calls > 0 and bad >= FEWEST_FAILED and clearly)


def _testimony(watch: Watch, metric: int, since: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Of every row: whether it can tell how this metric did in the last `since` seconds, and whether
    worse."""
    now = recent(watch.ladder, since)
    before = watch.everything() - now
    share = baseline(bad(before), counted(before)) / np.maximum(counted(before), 1.0)
    expected = (share * counted(now))[metric]
    seen = bad(now)[metric]
    deviation = np.sqrt(np.maximum(expected, 1e-9) * watch.dispersion()[metric])
    known = (counted(before)[metric] > 0) & (counted(now)[metric] > 0)
    tell = known & ((expected >= 1.0) | (seen >= 3.0))
    return tell, (seen >= WORSE_BY * expected) & (seen - expected >= DEVIATIONS * deviation)


def recent(ladder: Ladder, since: float) -> Array:
    """Counts of about the last `since` seconds: whole blocks, as few as cover it. (COLUMNS, N)"""
    total = np.zeros_like(ladder.levels[0][0])
    for level in ladder.reached():
        for block in level:
            wanted = total[SECONDS] + 0.5 * block[SECONDS] <= since
            total = np.where(wanted, total + block, total)
    return total
