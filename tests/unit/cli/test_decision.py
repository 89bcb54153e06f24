"""`approve`: what the machine found against a revision is said before anybody says yes."""

from __future__ import annotations

import pytest

from cupel.api.tool_revision import ToolRevision
from cupel.cli.decision import refused_by

from .scenes import condition, revision, tool


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        pytest.param([], "", id="no gate was asked yet"),
        pytest.param([condition("Analyzed", "True", "CodeAccepted")], "", id="a gate passed"),
        pytest.param([condition("Validated", "Unknown", "TrialRunning")], "", id="a trial runs"),
        pytest.param(
            [condition("Analyzed", "False", "CodeRefused")], "at Analyzed (CodeRefused)", id="its code"
        ),
        pytest.param(
            [condition("Analyzed", "True", "CodeAccepted"), condition("Validated", "False", "TrialsFailed")],
            "at Validated (TrialsFailed)",
            id="its trials",
        ),
        pytest.param([condition("Approved", "False", "ApprovalExpired")], "", id="people were late"),
    ],
)
def test_what_stands_against_it(conditions, says) -> None:
    found = refused_by(ToolRevision.parse(revision(tool(), *conditions)))
    assert says in found and bool(says) == bool(found)
