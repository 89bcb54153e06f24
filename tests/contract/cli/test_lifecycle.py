"""retire, unretire, archive and unarchive on a real API server, with the operator played by the test."""

from __future__ import annotations

import pytest

from .stage import Stage, condition, until
from .test_watching import Background, served

pytestmark = pytest.mark.apiserver


def test_who_may_change_a_tool_retires_it_and_brings_it_back(stage: Stage) -> None:
    _, digest = served(stage, "old")
    served(stage, "heir")
    refused = stage.cupel("retire", "old", "--successor", "old", person="alice")
    assert refused.exit_code == 2 and "another tool" in refused.stderr
    refused = stage.cupel("retire", "old", "--successor", "nobody", person="alice")
    assert refused.exit_code == 1 and "there is no GeneratedTool nobody" in refused.stderr
    assert stage.cupel("retire", "old", "--timeout", "0", person="bob").exit_code == 1, "an approver may not"

    before = stage.read("GeneratedTool", "old")["spec"]
    command = Background(
        lambda: stage.cupel("retire", "old", "--successor", "heir", "--timeout", "60", person="alice")
    )
    until(lambda: stage.read("GeneratedTool", "old")["spec"]["lifecycle"] == "Retired")
    stage.status("old", condition("Ready", "False", "Retired"))
    result = command.end()
    assert result.exit_code == 0 and "calls are told to use heir" in result.stdout, result.output
    after = stage.read("GeneratedTool", "old")["spec"]
    assert after == before | {"lifecycle": "Retired", "successor": "heir"}, "nobody asked for new content"

    stage.cupel("unretire", "old", "--timeout", "0", person="alice")
    assert stage.read("GeneratedTool", "old")["spec"] == before | {"lifecycle": "Active"}, "and no heir"
    assert digest in stage.ledger["spec"]["decisions"]


def test_who_may_change_a_tool_archives_it_and_brings_it_back(stage: Stage) -> None:
    served(stage, "idle")
    assert stage.cupel("archive", "idle", "--timeout", "0", person="bob").exit_code == 1, (
        "an approver may not"
    )
    late = stage.cupel("archive", "idle", "--timeout", "0", person="alice")
    assert late.exit_code == 3 and "minReplicas" in late.stderr, "nobody archived it here"
    assert stage.read("GeneratedTool", "idle")["metadata"]["annotations"]["cupel.dev/archive"].startswith(
        "20"
    )
    stage.cupel("unarchive", "idle", "--timeout", "0", person="alice")
    assert stage.read("GeneratedTool", "idle")["metadata"]["annotations"]["cupel.dev/used"].startswith("20")

    stage.cupel("retire", "idle", "--timeout", "0", person="alice")
    for command, told in (("archive", "is retired: no Pod"), ("unarchive", "kubectl cupel unretire idle")):
        refused = stage.cupel(command, "idle", "--timeout", "0", person="alice")
        assert refused.exit_code == 1 and told in refused.stderr, refused.output


def test_a_rollback_of_a_retired_tool_waits_for_no_heir(stage: Stage) -> None:
    _, digest = served(stage, "gone")
    stage.cupel("retire", "gone", "--timeout", "0", person="alice")
    command = Background(lambda: stage.cupel("rollback", "gone", "--timeout", "60", person="alice"))
    assert stage.obey("gone") == digest
    result = command.end()

    assert result.exit_code == 0 and "the tool is retired, so nothing runs" in result.stdout, result.output
