"""What is read of Kubernetes' objects, and what stands in the way of a policy."""

from __future__ import annotations

from typing import Any

import pytest

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.autopilot.seen import Selector, deployment, paused, pod, scaler, selector
from cupel.autopilot.sights import Sights

from .flown import policy


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def deployed(name: str = "web", **labels: str) -> dict[str, Any]:
    spec = {"replicas": 3, "selector": {"matchLabels": {"app": name}}}
    return {
        "metadata": {"namespace": "shop", "name": name, "uid": "u", "resourceVersion": "7", "labels": labels},
        "spec": spec,
        "status": {"readyReplicas": 2},
    }


def running(name: str, ready: bool = True, **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "shop", "name": name, "labels": {"app": "web"}},
        "spec": {"containers": [{"resources": {"limits": {"cpu": "500m"}}}], **more},
        "status": {"podIP": "10.0.0.7", "conditions": [{"type": "Ready", "status": str(ready)}]},
    }


SELECTORS = {
    "equal labels": (Selector({"app": "web"}), {"app": "web", "x": "y"}, True),
    "another label": (Selector({"app": "web"}), {"app": "db"}, False),
    "nothing selects nothing": (Selector({}), {"app": "web"}, False),
    "one of": (selector({"matchExpressions": [{"key": "a", "operator": "In", "values": ["1"]}]}), {"a": "1"}, True),
    "none of": (selector({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["1"]}]}), {"a": "1"}, False),
    "there": (selector({"matchExpressions": [{"key": "a", "operator": "Exists"}]}), {"a": ""}, True),
    "not there": (selector({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}), {"a": ""}, False),
    "an operator of the future selects nothing": (
        selector({"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1"]}]}), {"a": "2"}, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "labels", "expected"), SELECTORS.values(), ids=list(SELECTORS))
def test_selectors(given: Selector, labels: dict[str, str], expected: bool) -> None:
    assert given.matches(labels) is expected


def test_a_deployment() -> None:
    found = deployment(deployed())

    assert (found.replicas, found.ready, found.version) == (3, 2, "7")


PODS = {
    "ready": (running("a"), (True, "10.0.0.7")),
    "not ready": (running("a", ready=False), (False, "10.0.0.7")),
    "on its node's network it has no address of its own": (running("a", hostNetwork=True), (True, "")),
}


@pytest.mark.parametrize(("body", "expected"), PODS.values(), ids=list(PODS))
def test_pods(body: dict[str, Any], expected: tuple[bool, str]) -> None:
    found = pod(body)

    assert (found.ready, found.host) == expected


def test_what_a_pod_may_use_is_known_only_if_every_container_says_so() -> None:
    both = running(
        "a", containers=[{"resources": {"limits": {"cpu": "1"}}}, {"resources": {"requests": {"cpu": "2"}}}]
    )
    one = running("a", containers=[{"resources": {"limits": {"cpu": "1"}}}, {}])

    assert pod(both).cpu == "1+2"
    assert pod(one).cpu == ""


SWITCHES = {
    "on": ({"data": {"paused": "false"}}, False),
    "off": ({"data": {"paused": "true"}}, True),
    "empty": ({}, False),
    "a slip of the pen holds all still": ({"data": {"paused": "ture"}}, True),
}


@pytest.mark.parametrize(("body", "expected"), SWITCHES.values(), ids=list(SWITCHES))
def test_the_switch(body: dict[str, Any], expected: bool) -> None:
    assert paused(body) is expected


def sights(clock: Clock) -> Sights:
    found = Sights("cupel-system", clock)
    found.deployments.replace([deployed()])
    found.policies.replace([])
    return found


def test_a_pod_is_ready_since_it_was_first_seen_so() -> None:
    clock = Clock()
    here = sights(clock)
    here.pods.replace([running("old")])
    clock.seconds = 105.0
    here.pods.changed(running("new"))
    clock.seconds = 110.0
    here.pods.changed(running("new"))
    target = here.target(policy()).deployment
    assert target is not None
    since = {one.name: one.since for one in here.addresses(here.ready_pods(target))}

    assert since == {"old": float("-inf"), "new": 105.0}


def test_a_pod_that_was_unready_is_new_again() -> None:
    clock = Clock()
    here = sights(clock)
    here.pods.replace([running("a")])
    here.pods.changed(running("a", ready=False))
    target = here.target(policy()).deployment
    assert target is not None
    assert here.ready_pods(target) == ()
    clock.seconds = 120.0
    here.pods.changed(running("a"))

    assert here.addresses(here.ready_pods(target))[0].since == 120.0


def stored(version: int, said: int = 0) -> dict[str, Any]:
    """The policy as the API server has it at one moment."""
    body = policy().model_dump(mode="json", by_alias=True, exclude_none=True)
    body["metadata"]["resourceVersion"] = str(version)
    return body | {"status": {"replicas": said}}


EVENTS = {
    # versions that come from the watch after our write left version 7: what is known then
    "nothing yet": ((), 7),
    "our own write": ((7,), 7),
    "what was before it, late": ((6,), 7),
    "somebody else's": ((7, 9), 9),
}


@pytest.mark.parametrize(("versions", "known"), EVENTS.values(), ids=list(EVENTS))
def test_what_we_wrote_is_known_until_there_is_something_newer(versions: tuple[int, ...], known: int) -> None:
    here = sights(Clock())
    here.policies.changed(stored(5))
    here.written(AutonomyPolicy.parse(stored(7, said=7)))
    ours = here.policies.get("shop", "web")
    for version in versions:
        here.policies.changed(stored(version, said=version))
    found = here.policies.get("shop", "web")

    assert found is not None and found.status.replicas == known
    assert (found is ours) is (known == 7), "it is not parsed again"


def test_a_write_of_ours_goes_not_before_what_was_newer() -> None:
    here = sights(Clock())
    here.policies.changed(stored(9, said=9))
    here.written(AutonomyPolicy.parse(stored(7, said=7)))
    found = here.policies.get("shop", "web")

    assert found is not None and found.status.replicas == 9


def test_a_list_that_is_older_counts() -> None:
    """After a restore from a backup, versions begin lower than those that were known."""
    here = sights(Clock())
    here.policies.changed(stored(9, said=9))
    here.policies.replace([stored(3, said=3)])
    found = here.policies.get("shop", "web")

    assert found is not None and found.status.replicas == 3


def test_what_stands_in_the_way() -> None:
    here = sights(Clock())
    body = {
        "metadata": {"namespace": "shop", "name": "hpa"},
        "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}},
    }
    assert here.target(policy()).scaler == ""
    here.scalers.replace([body])

    assert here.target(policy()).scaler == "hpa"
    assert scaler(body).target == "web"


def test_the_switch_that_cannot_be_read_holds_all_still() -> None:
    here = sights(Clock())
    place = {"namespace": "cupel-system", "name": "cupel-autopilot"}
    assert not here.all_paused
    here.switch.replace([{"metadata": place, "data": {"paused": "false"}}])
    assert not here.all_paused
    here.switch.changed({"metadata": place, "data": "nonsense"})

    assert here.all_paused
