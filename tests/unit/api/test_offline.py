"""The models without a cluster: what the API server refuses for its shape, they refuse too (`cupel check` relies on it)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError
from tests.contract.crds import good_gaps
from tests.contract.crds import good_objects as good
from tests.contract.crds.bad_objects import (
    approval_ledger,
    autonomy_policy,
    capability_gap,
    generated_tool,
    tool_policy,
    tool_revision,
)
from tests.contract.crds.edits import Bad, Object, changed

from cupel.api.approval_ledger import ApprovalLedger
from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import Resource
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import ToolRevision

TABLES: list[tuple[type[Resource], Callable[[], Object], Callable[[], Object], Any]] = [
    (GeneratedTool, good.generated_tool, good.tool_status, generated_tool),
    (ToolRevision, good.tool_revision, good.revision_status, tool_revision),
    (ApprovalLedger, good.approval_ledger, good.ledger_status, approval_ledger),
    (ToolPolicy, good.tool_policy, good.policy_status, tool_policy),
    (AutonomyPolicy, good.autonomy_policy, good.autonomy_status, autonomy_policy),
    (CapabilityGap, good_gaps.capability_gap, good_gaps.gap_status, capability_gap),
]
ROWS = [
    pytest.param(model, {**make(), "status": status()}, bad, id=f"{model.__name__}: {bad.id}")
    for model, make, status, table in TABLES
    for bad in (*table.BAD, *table.BAD_STATUS)
]


def refuses(model: type[Resource], body: Object) -> bool:
    try:
        model.parse(body)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(("model", "body", "bad"), ROWS)
def test_the_models_refuse_what_the_table_says_they_do(model: type[Resource], body: Object, bad: Bad) -> None:
    assert refuses(model, changed(body, bad.edits)) == bad.offline


@pytest.mark.parametrize(
    ("model", "make", "status"), [row[:3] for row in TABLES], ids=[r[0].__name__ for r in TABLES]
)
def test_good_objects_parse_and_are_written_back_as_they_were(
    model: type[Resource], make: Callable[[], Object], status: Callable[[], Object]
) -> None:
    body = {**make(), "status": status()}
    parsed = model.parse(body)
    written = {"spec": parsed.spec.wire(), "status": parsed.status.wire()}
    again = model.parse({**body, **json.loads(json.dumps(written))})
    assert (again.spec, again.status) == (parsed.spec, parsed.status)


def test_fields_that_kubernetes_adds_to_metadata_break_nothing() -> None:
    body = good.generated_tool()
    body["metadata"] |= {"uid": "u", "futureField": {"a": 1}, "managedFields": [], "ownerReferences": []}
    assert GeneratedTool.parse(body).metadata.uid == "u"


def test_free_json_is_kept_as_it_is() -> None:
    free = {"null": None, "list": [None, {"x": None}], "snake_case": 1, "": 0, "camelCase": True}
    body = good.generated_tool()
    body["spec"]["examples"][0]["arguments"] = free
    assert GeneratedTool.parse(body).spec.wire()["examples"][0]["arguments"] == free


@pytest.mark.parametrize(
    ("body", "watched"),
    [
        (good.smallest_autonomy_policy(), "throughputPerSecond inFlight latencyMilliseconds errorPerMille"),
        (
            good.autonomy_policy(),
            "latencyMilliseconds queueLength cpuPercent backlog throughputPerSecond errorPerMille",
        ),
        (good.deployment_policy(), "queueLength"),
    ],
    ids=["a tool with nothing listed", "a tool with some listed", "a Deployment"],
)
def test_a_policy_watches_what_it_lists_and_what_need_not_be_listed(body: Object, watched: str) -> None:
    spec = AutonomyPolicy.parse(body).spec
    assert " ".join(signal.name for signal in spec.watched) == watched
