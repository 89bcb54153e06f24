"""The clock of the day is set while the autopilot flies: time goes on as it did, and nothing is scaled for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.autopilot.stage import Stage
from tests.contract.crds.apiserver import until

pytestmark = pytest.mark.apiserver
STEPS = "cupel_autopilot_clock_steps_total"


@pytest.mark.parametrize("seconds", [3600.0, -3600.0], ids=["an hour on", "an hour back"])
def test_a_clock_that_is_set_moves_no_belief_and_no_pod(stage: Stage, tmp_path: Path, seconds: float) -> None:
    off = tmp_path / "off"
    off.write_text("0")
    stage.load("web", 12.0)
    stage.deploy("web", 3)
    stage.fly("web")
    autopilot = stage.start(str(off), module="tests.contract.autopilot.stepped")
    until(lambda: believed(stage) == pytest.approx(12.0, rel=0.05), 90, "it believes the load")
    pods, before = stage.replicas("web"), stage.status("web")["believed"]["at"]

    def written_after() -> bool:
        at = str(stage.status("web")["believed"]["at"])
        return at[:13] != before[:13] and believed(stage) > 0

    set_by(stage, off, seconds)
    until(lambda: autopilot.figure(STEPS) == 1, 60, "the step is counted")
    until(written_after, 60, "it goes on writing, by the new clock")

    assert believed(stage) == pytest.approx(12.0, rel=0.05)
    assert stage.replicas("web") == pods
    assert stage.condition("web", "Seeing")[0] == "True"
    assert autopilot.leads()


def set_by(stage: Stage, off: Path, seconds: float) -> None:
    """One clock for this machine: Prometheus is on it as well. A file that is read meanwhile is never half written."""
    fresh = off.with_suffix(".new")
    fresh.write_text(str(seconds))
    fresh.replace(off)
    stage.prometheus.ahead = seconds


def believed(stage: Stage) -> float:
    return float((stage.status("web").get("believed") or {}).get("level", 0.0))
