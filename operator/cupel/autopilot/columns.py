"""Policies and what was counted, as the columns that evidence is weighed in. One row a policy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.control.counting import Growth
from cupel.control.counts import BUCKETS, Tick
from cupel.control.evidence import Settings
from cupel.signals.revision_runs import FAILED, INVALID, TIMED


def weights(policies: Sequence[AutonomyPolicy]) -> Settings:
    rules = [policy.spec.rollback for policy in policies]
    return Settings(
        per_year=np.array([one.false_alarms_per_thousand_years / 1000 for one in rules], float),
        period=np.array([policy.spec.period_seconds for policy in policies], float),
        margin=np.array([one.degradation_percent / 100 for one in rules], float),
    )


def tick(grown: Sequence[Growth | None]) -> Tick:
    """Columns of counts; NaN where nothing is known."""
    nothing = (np.nan,) * (TIMED + BUCKETS)
    amounts = [_whole(one.amounts) if one else nothing for one in grown]
    columns = np.array(amounts, float).reshape(len(grown), TIMED + BUCKETS).T
    return Tick(
        seconds=np.array([one.seconds if one else np.nan for one in grown], float),
        calls=columns[:TIMED].sum(axis=0),
        failed=columns[FAILED],
        invalid=columns[INVALID],
        timed=columns[TIMED:],
    )


def _whole(amounts: Sequence[float]) -> tuple[float, ...]:
    """A Pod that never heard of the revision has no counts at all: they are zeros."""
    return (*amounts, *(0.0,) * (TIMED + BUCKETS - len(amounts)))
