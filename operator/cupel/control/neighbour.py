"""What serves beside a canary: of the same callers and the same hour, so as good a baseline as any past.

Nothing else is needed where there is no past. Where there is, the two are told apart, so that what befalls
both revisions at once can still be seen. Pure.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .counts import Tick, bad, counted
from .evidence import Evidence
from .incident import clearly_worse, recent
from .ladder import Ladder
from .marks import marked
from .sequential import averaged, baseline, log_evidence
from .watch import Watch, count_of

Array = NDArray[np.float64]


def beside(watch: Watch, tick: Tick) -> tuple[Watch, Array]:
    """Take in one look at what serves beside these rows' canaries; NaN where there is none.

    Also what was taken in, (COLUMNS, N).
    """
    rows = tick.usable()
    timed = np.where(rows, tick.timed, 0.0)
    count = np.where(rows, count_of(tick, timed, watch.marks), 0.0)
    new = replace(
        watch,
        beside=watch.beside + count,
        histogram=watch.histogram + timed,
        marks=marked(watch.marks, watch.histogram + timed, watch.fresh),
    )
    return new, count


def forgotten(watch: Watch, rows: NDArray[np.bool_]) -> Watch:
    """What served beside these rows' (N,) canaries is no baseline, as it turned out."""
    return replace(watch, beside=np.where(rows, 0.0, watch.beside)) if rows.any() else watch


def shares_it(watch: Watch, found: Evidence, row: int, theirs: Ladder) -> bool:
    """Whether what serves beside this row's canary, whose past is `theirs` (of one row), became worse with
    it, in the metric of the alarm; unless the canary is proven to be worse still.
    """
    one, metric, since = watch.take(np.array([row])), int(found.metric[row]), float(found.since[row])
    now = recent(theirs, since)
    before = one.base + one.beside - now
    seen, past = (_share(counts, metric) for counts in (now, before))
    proof = _against(recent(one.ladder, since), now, one.dispersion())
    return clearly_worse(*seen, *past) and proof < found.log_needed[row]


def _share(count: Array, metric: int) -> tuple[float, float]:
    """Bad calls, and the calls they are of. (COLUMNS, 1)"""
    return float(bad(count)[metric, 0]), float(counted(count)[metric, 0])


def _against(count: Array, other: Array, spread: Array) -> float:
    """The log e-value of one revision's counts (COLUMNS, 1) against another's of the same time."""
    n0 = counted(other) / spread
    k0 = baseline(bad(other) / spread, n0)
    return float(averaged(log_evidence(bad(count) / spread, counted(count) / spread, k0, n0))[0])
