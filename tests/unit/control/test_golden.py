"""Made faster, it answers what it answered: `golden.py` says how its answers were recorded."""

from __future__ import annotations

import numpy as np
from tests.unit.control import golden


def test_every_figure_is_what_it_was() -> None:
    then, now = dict(np.load(golden.FILE)), golden.columns()

    assert then.keys() == now.keys()
    for name, figures in then.items():
        assert now[name].dtype == figures.dtype, name
        np.testing.assert_allclose(now[name], figures, rtol=1e-9, atol=1e-12, err_msg=name)


def test_what_was_recorded_tells_the_cases_apart() -> None:
    """A golden file that never scales, retunes, learns or alarms would hold nothing."""
    then = np.load(golden.FILE)

    assert {0, 1, 2, 4} <= set(np.unique(then["outcome.action"]))
    assert len(np.unique(then["outcome.reason"])) >= 10
    assert len(np.unique(then["memory.peaks.law"], axis=0)) > 10
    assert np.isfinite(then["memory.resilience.beta"]).any() and np.isfinite(then["outcome.omega"]).any()
    assert then["evidence.alarm"].any() and not then["evidence.alarm"].all()
