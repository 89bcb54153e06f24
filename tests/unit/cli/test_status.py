"""`status`: what there is to say for good, and what must be waited for."""

from __future__ import annotations

import pytest

from cupel.cli.output import Exit
from cupel.cli.seen import assembled
from cupel.cli.status import verdict

from .scenes import CODE, Body, condition, tool

READY = condition("Ready", "True", "Serving")


@pytest.mark.parametrize(
    ("conditions", "observed", "says"),
    [
        pytest.param([], 0, None, id="never looked at: wait"),
        pytest.param([READY], 2, Exit.OK, id="ready"),
        pytest.param([READY], 1, None, id="ready, but for an older spec: wait"),
        pytest.param(
            [condition("Reconciling", "True", "Analyzing"), condition("Ready", "Unknown", "Analyzing")],
            2,
            None,
            id="goes on by itself: wait",
        ),
        pytest.param(
            [condition("Stalled", "True", "CodeRefused"), condition("Ready", "False", "CodeRefused")],
            2,
            Exit.REFUSED,
            id="refused",
        ),
        pytest.param(
            [
                condition("Suspended", "True", "AwaitingApproval"),
                condition("Ready", "False", "AwaitingApproval"),
            ],
            2,
            Exit.UNUSABLE,
            id="waits for a person",
        ),
        pytest.param([condition("Ready", "False", "Paused")], 2, Exit.UNUSABLE, id="paused by a person"),
    ],
)
def test_a_verdict_is_final_or_none(conditions: list[Body], observed: int, says: Exit | None) -> None:
    body = tool(CODE, *conditions, status={"observedGeneration": observed})
    assert verdict(assembled(body, [], None)) == says
