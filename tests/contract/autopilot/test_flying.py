"""One autopilot under its own identity against a real API server; its Pods and its Prometheus are played."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from tests.contract.autopilot.stage import Stage
from tests.contract.crds.apiserver import Server, until

pytestmark = pytest.mark.apiserver
SWITCH = "/api/v1/namespaces/cupel-system/configmaps"
CARRIES = 10.0
"""What one Pod carries, as every policy here says."""


@pytest.fixture
def switched_off(server: Server) -> Iterator[Callable[[], None]]:
    """Turns the switch for all; on again afterwards."""

    def turn() -> None:
        body = {"metadata": {"name": "cupel-autopilot"}, "data": {"paused": "true"}}
        server.call("POST", SWITCH, body).good()

    yield turn
    server.call("DELETE", f"{SWITCH}/cupel-autopilot")


def looked(stage: Stage, name: str) -> str:
    """When the last belief was written; empty before the first."""
    return str((stage.status(name).get("believed") or {}).get("at", ""))


def looks(stage: Stage, name: str, count: int) -> None:
    """Return when so many looks, of other seconds, were written."""
    for _ in range(count):
        last = looked(stage, name)
        until(lambda last=last: looked(stage, name) > last, 90, f"{name} is looked at again")


def at(status: dict[str, Any], index: int) -> datetime:
    return datetime.fromisoformat(status["history"][index]["at"])


def test_it_scales_ahead_of_a_ramp(stage: Stage) -> None:
    """Every two seconds a Pod's worth more a second would be needed in four; none is ever short."""
    stage.load("web", 12.0)
    stage.deploy("web", 4)
    stage.fly("web")
    stage.start()
    looks(stage, "web", 10)
    settled = stage.replicas("web")
    short = []
    load, began = 12.0, time.monotonic()
    while load < 60:
        load = min(60.0, 12.0 + 2.0 * (time.monotonic() - began))
        stage.load("web", load)
        there = stage.replicas("web")
        if there * CARRIES < load:
            short.append((round(load, 1), there))
        time.sleep(0.2)
    status = stage.status("web")

    assert short == []
    assert stage.replicas("web") > settled
    assert status["history"][0]["action"] == "ScaleUp"
    assert "Pods carry" in status["history"][0]["message"]


def test_it_comes_down_in_steps_that_are_apart(stage: Stage) -> None:
    stage.load("web", 12.0)
    stage.deploy("web", 9)
    stage.fly("web")
    stage.start()
    counts = [9]

    def twice_fewer() -> bool:
        if (there := stage.replicas("web")) != counts[-1]:
            counts.append(there)
        return len(counts) == 3

    until(twice_fewer, 180, "Pods go, and go again")
    until(lambda: len(stage.status("web").get("history", ())) == 2, 90, "and it is noted")
    status = stage.status("web")

    assert [one["action"] for one in status["history"]] == ["ScaleDown", "ScaleDown"]
    assert (at(status, 0) - at(status, 1)).total_seconds() >= 29
    assert all(2 * after >= before > after for before, after in pairwise(counts))
    assert counts[-1] * CARRIES > 12.0


def test_recommend_says_what_it_would_do_and_does_nothing(stage: Stage) -> None:
    stage.load("web", 55.0)
    stage.deploy("web", 2)
    stage.fly("web", authority="Recommend")
    stage.start()
    until(lambda: stage.status("web").get("history"), 90, "it says something")
    looks(stage, "web", 3)
    status = stage.status("web")

    assert stage.replicas("web") == 2
    assert status["history"][-1]["authority"] == "Recommend"
    assert status["desiredReplicas"] > 2
    assert stage.condition("web", "Acting") == ("False", "NotAllowed")


@pytest.mark.parametrize("how", ["pause", "switch"])
def test_a_pause_and_the_switch_stop_it_within_one_period(
    stage: Stage, how: str, switched_off: Callable[[], None]
) -> None:
    stage.load("web", 12.0)
    stage.deploy("web", 4)
    stage.fly("web")
    autopilot = stage.start()
    looks(stage, "web", 3)
    if how == "pause":
        stage.change("web", paused=True)
    else:
        switched_off()
    reason = "Paused" if how == "pause" else "AllPaused"
    began = time.monotonic()
    until(lambda: stage.condition("web", "Acting") == ("False", reason), 10, "it says so")
    took = time.monotonic() - began
    there = stage.replicas("web")
    stage.load("web", 150.0)
    looks(stage, "web", 5)

    assert took < 2.5, "a period of one second, and the time to write and read it on a busy machine"
    assert stage.replicas("web") == there
    assert autopilot.figure("cupel_autopilot_paused") == float(how == "switch")


def test_killed_it_goes_on_from_what_it_believed(stage: Stage) -> None:
    """The second one never sees a sample: what it believes can only be what the first one wrote."""
    stage.load("web", 40.0)
    stage.deploy("web", 6)
    stage.fly("web", periodSeconds=2)
    first = stage.start()
    looks(stage, "web", 8)
    first.kill()
    before = stage.status("web")["believed"]
    stage.load("web", None)
    stage.start()
    until(lambda: looked(stage, "web") > before["at"], 90, "the second one looks")
    after = stage.status("web")["believed"]

    assert float(after["level"]) == pytest.approx(float(before["level"]), rel=0.2)
    assert float(before["levelDeviation"]) <= float(after["levelDeviation"]) < float(after["level"])
    assert stage.replicas("web") <= 8


def test_a_target_that_is_scaled_by_others_is_refused(stage: Stage, server: Server) -> None:
    stage.load("web", 90.0)
    stage.deploy("web", 2)
    scaler = {
        "metadata": {"name": "other"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "maxReplicas": 3,
        },
    }
    path = f"/apis/autoscaling/v2/namespaces/{stage.namespace}/horizontalpodautoscalers"
    server.call("POST", path, scaler).good()
    stage.fly("web")
    stage.start()
    until(lambda: stage.condition("web", "Ready") == ("False", "SharedWithAutoscaler"), 90, "it is refused")
    looks(stage, "web", 3)
    refused = stage.replicas("web")
    server.call("DELETE", f"{path}/other").good()
    until(lambda: stage.condition("web", "Ready") == ("True", "Flown"), 90, "it is flown now")
    until(lambda: stage.replicas("web") > 2, 90, "and scaled")

    assert refused == 2


def test_of_two_policies_the_older_one_flies(stage: Stage) -> None:
    stage.load("web", 12.0)
    stage.deploy("web", 4)
    stage.fly("web")
    stage.fly_also("web", "zweb")
    stage.start()
    until(lambda: stage.condition("zweb", "Ready") == ("False", "AlreadyFlown"), 90, "the younger is refused")

    assert until(lambda: stage.condition("web", "Ready") == ("True", "Flown"), 30)


def test_without_any_signal_it_holds_and_says_so(stage: Stage) -> None:
    stage.load("web", 35.0)
    stage.deploy("web", 6)
    stage.fly("web")
    autopilot = stage.start()
    looks(stage, "web", 5)
    stage.load("web", None)
    until(
        lambda: stage.condition("web", "Seeing") == ("False", "SignalsMissing"),
        30,
        "it says that it is blind",
    )
    there = stage.replicas("web")
    looks_before = autopilot.figure("cupel_autopilot_ticks_total")
    until(
        lambda: autopilot.figure("cupel_autopilot_ticks_total") > looks_before + 5, 30, "it goes on looking"
    )
    held, seen = stage.replicas("web"), stage.status("web")["seen"]
    stage.load("web", 35.0)
    until(lambda: stage.condition("web", "Seeing") == ("True", "SignalsUsable"), 90, "it sees again")

    assert held == there
    assert seen[0]["problem"] == "Prometheus has no such series now"
    assert seen[0]["value"] == "35", "the last usable figure stays"


def test_a_namespace_that_did_not_opt_in_is_only_watched(stage: Stage) -> None:
    stage.opt_out()
    stage.load("web", 90.0)
    stage.deploy("web", 2)
    stage.fly("web")
    stage.start()
    until(lambda: stage.condition("web", "Acting") == ("False", "NotOptedIn"), 90, "it says what is missing")
    looks(stage, "web", 3)

    assert stage.replicas("web") == 2
