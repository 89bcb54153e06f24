"""What the API server refuses, and that its message names the field."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.crds.apiserver import Server
from tests.contract.crds.bad_objects import (
    approval_ledger,
    autonomy_policy,
    capability_gap,
    code_enrollment,
    generated_tool,
    tool_policy,
    tool_revision,
)
from tests.contract.crds.edits import Bad, changed
from tests.contract.crds.objects import GOOD, STATUS, create, path, refusal, stored

pytestmark = pytest.mark.apiserver

TABLES = {
    "GeneratedTool": generated_tool,
    "ToolRevision": tool_revision,
    "ApprovalLedger": approval_ledger,
    "ToolPolicy": tool_policy,
    "CodeEnrollment": code_enrollment,
    "AutonomyPolicy": autonomy_policy,
    "CapabilityGap": capability_gap,
}


def rows(table: str) -> list[Any]:
    """Every row of the tables of this name, with the kind it is of."""
    return [
        pytest.param(kind, bad, id=f"{kind}: {bad.id}")
        for kind, module in TABLES.items()
        for bad in getattr(module, table, ())
    ]


@pytest.mark.parametrize(("kind", "bad"), rows("BAD"))
def test_a_bad_object_is_refused_with_a_message_that_names_the_field(
    kind: str, bad: Bad, server: Server, namespace: str
) -> None:
    answer = create(server, namespace, changed(GOOD[kind](), bad.edits), "&dryRun=All")
    assert bad.expected in refusal(answer)


@pytest.mark.parametrize(("kind", "bad"), rows("BAD_STATUS"))
def test_a_bad_status_is_refused_with_a_message_that_names_the_field(
    kind: str, bad: Bad, server: Server, namespace: str
) -> None:
    body = changed({**stored(server, namespace, GOOD[kind]()), "status": STATUS[kind]()}, bad.edits)
    where = path(namespace, kind, body["metadata"]["name"]) + "/status?fieldValidation=Strict&dryRun=All"
    assert bad.expected in refusal(server.call("PUT", where, body))


@pytest.mark.parametrize(("kind", "bad"), rows("CHANGED"))
def test_what_is_immutable_cannot_be_changed(kind: str, bad: Bad, server: Server, namespace: str) -> None:
    body = changed(stored(server, namespace, GOOD[kind]()), bad.edits)
    where = path(namespace, kind, body["metadata"]["name"], "dryRun=All")
    assert bad.expected in refusal(server.call("PUT", where, body))


def test_at_least_a_hundred_bad_objects_are_tried() -> None:
    assert sum(len(rows(table)) for table in ("BAD", "BAD_STATUS", "CHANGED")) >= 100


def test_no_two_rows_are_the_same() -> None:
    for table in ("BAD", "BAD_STATUS", "CHANGED"):
        ids = [row.id for row in rows(table)]
        assert len(ids) == len(set(ids))
