"""A CapabilityGap on a real API server: an operator process judges it, and follows what changes around it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.contract.crds.apiserver import MERGE, Server, until
from tests.contract.crds.good_objects import smallest_tool
from tests.contract.operator.conftest import IMAGE
from tests.support.running import Running

pytestmark = [pytest.mark.apiserver, pytest.mark.usefixtures("unguarded")]
API = "cupel.dev/v1alpha1"


@pytest.fixture(scope="module")
def running(
    server: Server, apiserver_kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    lease = f"op-{uuid.uuid4().hex[:8]}"
    one = Running.start(
        "cupel.controller", "gaps", apiserver_kubeconfig, tmp_path_factory.mktemp("operator"),
        CUPEL_LEASE_NAME=lease, CUPEL_SANDBOX_IMAGE=IMAGE, CUPEL_PROBE_TARGETS="10.96.0.1:443",
    )  # fmt: skip
    yield one
    one.end()
    server.call("DELETE", f"/apis/coordination.k8s.io/v1/namespaces/cupel-system/leases/{lease}")


class Zone:
    """A serving namespace with a policy that takes gaps."""

    def __init__(self, server: Server, namespace: str) -> None:
        self.server, self.namespace = server, namespace
        label = {"metadata": {"labels": {"cupel.dev/zone": "serving"}}}
        server.call("PATCH", f"/api/v1/namespaces/{namespace}", label, MERGE).good()
        self.make("ToolPolicy", "toolpolicies", "default", {})

    def path(self, plural: str, name: str = "") -> str:
        return f"/apis/{API}/namespaces/{self.namespace}/{plural}" + (f"/{name}" if name else "")

    def make(self, kind: str, plural: str, name: str, spec: Any, **meta: Any) -> None:
        body = {"apiVersion": API, "kind": kind, "metadata": {"name": name, **meta}, "spec": spec}
        self.server.call("POST", self.path(plural), body).good()

    def gap(self, name: str = "gap-1", **spec: Any) -> None:
        self.make(
            "CapabilityGap",
            "capabilitygaps",
            name,
            {"wish": "the median of a list of numbers", "requestedBy": "otto"} | spec,
        )

    def edit(self, plural: str, name: str, spec: Any) -> None:
        self.server.call("PATCH", self.path(plural, name), {"spec": spec}, MERGE).good()

    def ready(self, name: str = "gap-1") -> tuple[str, str]:
        """Status and reason of Ready, once they are about the gap as it is."""
        found = self.server.call("GET", self.path("capabilitygaps", name)).good()
        status = found["status"]
        if status["observedGeneration"] != found["metadata"]["generation"]:
            return "", ""
        return next((c["status"], c["reason"]) for c in status["conditions"] if c["type"] == "Ready")

    def becomes(self, status: str, reason: str, name: str = "gap-1") -> dict[str, Any]:
        """The gap's status, once its Ready says this."""
        until(lambda: self.ready(name) == (status, reason), 20, f"{name} is {reason}")
        found: dict[str, Any] = self.server.call("GET", self.path("capabilitygaps", name)).good()["status"]
        return found


@pytest.fixture
def zone(server: Server, namespace: str, running: Running) -> Zone:
    until(running.leads, 30, "the operator leads")
    return Zone(server, namespace)


def test_a_wish_gets_a_plan(zone: Zone) -> None:
    zone.gap()
    status = zone.becomes("Unknown", "AwaitingAuthor")
    plan = status["plan"]
    assert (plan["generator"], plan["template"], plan["toolName"]) == ("Template", "statistics", "gap-1")
    assert (status["recommendation"], status["callers"], status.get("tool")) == ("Build", 1, None)
    assert [c["type"] for c in status["conditions"]] == [
        "Accepted",
        "Planned",
        "Built",
        "Reconciling",
        "Ready",
    ]


def test_what_is_done_shows_in_events(zone: Zone) -> None:
    zone.gap()
    zone.becomes("Unknown", "AwaitingAuthor")
    where = f"/apis/events.k8s.io/v1/namespaces/{zone.namespace}/events"

    def told() -> set[str]:
        items = zone.server.call("GET", where).good()["items"]
        return {item["reason"] for item in items if item["regarding"]["kind"] == "CapabilityGap"}

    until(lambda: {"Accepted", "TemplateFits", "AwaitingAuthor"} <= told(), 20, "events")


def test_a_person_closes_it_and_opens_it_again(zone: Zone) -> None:
    zone.gap()
    zone.becomes("Unknown", "AwaitingAuthor")
    zone.edit("capabilitygaps", "gap-1", {"closed": {"because": "a spreadsheet does it"}})
    closed = zone.becomes("False", "Closed")
    assert closed["recommendation"] == "None"
    assert "a spreadsheet does it" in closed["conditions"][0]["message"]
    zone.edit("capabilitygaps", "gap-1", {"closed": None})
    zone.becomes("Unknown", "AwaitingAuthor")


def test_it_follows_its_policy(zone: Zone) -> None:
    zone.gap()
    zone.becomes("Unknown", "AwaitingAuthor")
    zone.edit("toolpolicies", "default", {"generation": {"gaps": "Forbidden"}})
    zone.becomes("False", "GapsForbidden")
    zone.edit("toolpolicies", "default", {"generation": {"gaps": "Allowed", "generators": []}})
    zone.becomes("False", "NothingFits")
    zone.server.call("DELETE", zone.path("toolpolicies", "default"))
    zone.becomes("False", "PolicyNotFound")


def test_it_follows_the_tool_made_for_it_and_needs_another_when_that_is_gone(zone: Zone) -> None:
    zone.gap()
    zone.becomes("Unknown", "AwaitingAuthor")
    spec = smallest_tool()["spec"] | {"requestedBy": "alice"}
    zone.make("GeneratedTool", "generatedtools", "gap-1", spec, labels={"cupel.dev/gap": "gap-1"})
    status = zone.becomes("False", "SandboxMissing")
    assert status["tool"] == "gap-1"
    assert [c["reason"] for c in status["conditions"][:3]] == ["Accepted", "TemplateFits", "ToolMade"]
    zone.server.call("DELETE", zone.path("generatedtools", "gap-1"))
    assert "tool" not in zone.becomes("Unknown", "AwaitingAuthor")


def test_no_more_are_open_than_the_policy_takes(zone: Zone) -> None:
    zone.edit("toolpolicies", "default", {"generation": {"maxOpenGaps": 1}})
    zone.gap("gap-1")
    zone.becomes("Unknown", "AwaitingAuthor")
    zone.gap("gap-2")
    zone.becomes("Unknown", "TooManyGaps", "gap-2")
    zone.edit("capabilitygaps", "gap-1", {"closed": {"because": "no"}})
    zone.becomes("Unknown", "AwaitingAuthor", "gap-2")


def test_a_bad_gap_says_what_is_wrong(zone: Zone) -> None:
    zone.gap(template={"name": "statistics", "parameters": {"colour": "red"}})
    status = zone.becomes("False", "TemplateInvalid")
    assert "`spec.template.parameters.colour`" in status["conditions"][1]["message"]


def test_a_steady_gap_is_not_written_again(zone: Zone) -> None:
    zone.gap()
    zone.becomes("Unknown", "AwaitingAuthor")
    where = zone.path("capabilitygaps", "gap-1")
    version = zone.server.call("GET", where).good()["metadata"]["resourceVersion"]
    zone.edit("toolpolicies", "default", {"maxReplicas": 4})
    policy = zone.path("toolpolicies", "default")
    until(
        lambda: zone.server.call("GET", policy).good()["status"]["observedGeneration"] == 2,
        20,
        "the policy was seen",
    )
    zone.gap("gap-2", wish="the mean of a list of numbers")
    zone.becomes("Unknown", "AwaitingAuthor", "gap-2")
    assert zone.server.call("GET", where).good()["metadata"]["resourceVersion"] == version


def test_who_asks_in_other_words_waits_for_the_same_tool_and_is_known_to_its_gap(zone: Zone) -> None:
    zone.gap()
    zone.becomes("Unknown", "AwaitingAuthor")
    zone.gap("gap-2", wish="compute the median for numbers in a list", requestedBy="bob")
    assert zone.becomes("Unknown", "SamePlan", "gap-2")["sameAs"] == "gap-1"

    def told() -> list[str]:
        found = zone.server.call("GET", zone.path("capabilitygaps", "gap-1")).good()
        asked: list[str] = found["status"].get("alsoAskedBy", [])
        return asked

    until(lambda: told() == ["bob"], 20, "gap-1 knows who asked in other words")
