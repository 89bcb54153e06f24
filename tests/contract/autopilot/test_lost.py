"""A write whose answer is lost was done, or not: either way nothing is done twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.contract.autopilot.losing import Losing
from tests.contract.autopilot.stage import Stage
from tests.contract.crds.apiserver import until

pytestmark = pytest.mark.apiserver


def through(kubeconfig: Path, proxy: Losing, folder: Path) -> Path:
    """The same kubeconfig, with the proxy in the API server's place."""
    config = yaml.safe_load(kubeconfig.read_text())
    config["clusters"][0]["cluster"] = {"server": proxy.url}
    found = folder / "through"
    found.write_text(yaml.safe_dump(config))
    return found


def test_a_scaling_whose_answer_was_lost_is_not_done_twice(stage: Stage, tmp_path: Path) -> None:
    """Two Pods are added by a step: done twice, there would be four more."""
    stage.load("web", 33.0)
    stage.deploy("web", 2)
    with Losing(stage.kubeconfig) as proxy:
        proxy.lose = 1
        stage.fly("web", scaling={"stepUp": 2, "maxReplicas": 4})
        autopilot = stage.start(KUBECONFIG=str(through(stage.kubeconfig, proxy, tmp_path)))
        until(lambda: proxy.writes, 90, "it scales")
        until(lambda: stage.status("web").get("history"), 90, "it notes what it did")
        looked = autopilot.figure("cupel_autopilot_ticks_total")
        until(lambda: autopilot.figure("cupel_autopilot_ticks_total") > looked + 4, 90, "it goes on looking")

        assert stage.replicas("web") == 4
        assert len(proxy.writes) == 1, "what was wanted stands there: nothing is left to do"
        assert autopilot.figure("cupel_autopilot_failures_total") == 0
        autopilot.end()
