"""backup, restore and diff on a real API server: a zone loses its ledger, and one person brings it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.contract.admission.server import CODES, Answer, eventually

from cupel.cli.backup import parse

from .stage import RBAC, Stage, said

pytestmark = pytest.mark.apiserver
CODE = "def run(text: str) -> dict:\n    return {'words': len(text.split())}  # %s\n"
KEY = "cupel.dev/restored-by"


@pytest.fixture(scope="module")
def decided(stage: Stage) -> dict[str, str]:
    """Digests by tool: approved by bob, approved on both channels, rejected, approved and condemned."""
    found = {}
    for name in ("plain", "both", "no", "bad"):
        stage.tool(name, CODE % name)
        found[name] = stage.revise(name)
    for name in ("plain", "both", "bad"):
        assert stage.cupel("approve", name, "--yes", person="bob").exit_code == 0
    assert stage.cupel("reject", "no", "--yes", person="carol").exit_code == 0
    stage.code_channel(found["both"], "carol")
    stage.condemn(found["bad"], "it lied")
    return found


@pytest.fixture(scope="module")
def kept(stage: Stage, decided: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "ledger.json"
    result = stage.cupel("ledger", "backup", str(file), person="zoe")
    assert result.exit_code == 0, result.output
    assert "4 decisions, 1 condemned, content " in result.stderr
    return file


def test_a_backup_holds_everything_and_is_not_overwritten(
    stage: Stage, decided: dict[str, str], kept: Path
) -> None:
    found = json.loads(kept.read_text())
    assert (found["namespace"], found["takenBy"]) == (stage.namespace, "zoe")
    assert found["spec"] == stage.ledger["spec"]
    assert found["condemned"] == {decided["bad"]: "it lied"}
    again = stage.cupel("ledger", "backup", str(kept), person="zoe")
    assert again.exit_code == 2 and "is never overwritten" in again.stderr


def test_who_may_not_read_the_ledger_gets_no_file(
    stage: Stage, decided: dict[str, str], tmp_path: Path
) -> None:
    result = stage.cupel("ledger", "backup", str(tmp_path / "f"), person="erin")
    assert result.exit_code == 1 and "erin may not get approvalledgers" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_ledger_that_lives_is_left_alone(stage: Stage, decided: dict[str, str], kept: Path) -> None:
    before = stage.ledger["metadata"]["resourceVersion"]
    same = stage.cupel("ledger", "restore", str(kept), "--yes")
    assert same.exit_code == 0 and "nothing to do" in same.stdout
    stage.tool("later", CODE % "later")
    stage.revise("later")
    assert stage.cupel("approve", "later", "--yes", person="bob").exit_code == 0
    result = stage.cupel("ledger", "restore", str(kept), "--yes")
    assert result.exit_code == 1 and "is in use (5 decisions, 1 condemned" in result.stderr
    assert stage.ledger["metadata"]["resourceVersion"] != before  # bob's
    assert len(stage.decisions) == 5 and KEY not in stage.ledger["metadata"].get("annotations", {})


def test_a_backup_of_another_namespace_is_refused(stage: Stage, kept: Path, tmp_path: Path) -> None:
    elsewhere = Stage(stage.server, "default")
    result = elsewhere.cupel("ledger", "restore", str(kept), "--yes")
    assert result.exit_code == 1
    assert f"the backup is of namespace {stage.namespace}, not default" in result.stderr


def lose(stage: Stage) -> None:
    stage.server.delete(stage.path("ApprovalLedger", "ledger")).allowed()


def role(stage: Stage, person: str) -> None:
    """The act of the cluster administrator: one person, one namespace."""
    ref = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "cupel-ledger-restorer"}
    subject = {"apiGroup": RBAC, "kind": "User", "name": person}
    body = {"metadata": {"name": "restore"}, "roleRef": ref, "subjects": [subject]}
    stage.server.call("POST", f"/apis/{RBAC}/v1/namespaces/{stage.namespace}/rolebindings", body).allowed()


def test_a_dry_run_shows_everything_and_writes_nothing(
    stage: Stage, decided: dict[str, str], kept: Path
) -> None:
    lose(stage)
    result = stage.cupel("ledger", "restore", str(kept), "--dry-run")
    assert result.exit_code == 0, result.output
    assert f"{decided['plain']}  Approve by bob (review)" in result.stdout
    assert f"{decided['both']}  Approve by bob (review), Approve by carol (code)" in result.stdout
    assert f"{decided['no']}  Reject by carol (review)" in result.stdout
    assert f"{decided['bad']}  condemned: it lied" in result.stdout
    assert "there is no ledger; it is made with those of the backup" in result.stdout
    assert "floor without egress: made with" in result.stdout and "separation: made with" in result.stdout
    assert stage.server.call("GET", stage.path("ApprovalLedger", "ledger")).code == 404


def test_without_the_verb_it_is_refused_by_the_api_server(stage: Stage, kept: Path) -> None:
    """zoe administers the zone: she makes the ledger, and gets no further."""
    result = stage.cupel("ledger", "restore", str(kept), "--yes", person="zoe")
    assert result.exit_code == 1 and "is signed once" in result.stderr
    assert "cupel-ledger-restorer" in result.stderr
    assert not stage.decisions and "status" not in stage.ledger


def test_with_the_verb_it_comes_back_whole_signed_and_condemned(
    stage: Stage, decided: dict[str, str], kept: Path
) -> None:
    role(stage, "rosa")
    tried = eventually_cupel(stage, kept, "--dry-run")
    assert "tried, and nothing was written" in tried.stdout and not stage.decisions
    asked = stage.cupel("ledger", "restore", str(kept), person="rosa")
    assert asked.exit_code == 2 and "as rosa?" in asked.stderr and not stage.decisions
    done = stage.cupel("ledger", "restore", str(kept), "--yes", person="rosa")
    assert done.exit_code == 0, done.output
    before = json.loads(kept.read_text())
    assert f"restored 4 decisions and 1 condemned; content {parse(before).content}" in done.stdout
    assert stage.decisions == before["spec"]["decisions"]
    assert stage.ledger["status"]["condemned"] == before["condemned"]
    assert stage.ledger["metadata"]["annotations"][KEY] == "rosa"
    assert stage.decisions[decided["both"]]["code"]["vouchedBy"] == CODES
    again = stage.cupel("ledger", "restore", str(kept), "--yes", person="rosa")
    assert again.exit_code == 0 and "nothing to do" in again.stdout


def eventually_cupel(stage: Stage, kept: Path, *flags: str) -> Any:
    """RBAC answers with a moment's lag."""
    found: list[Any] = []

    def ask() -> Any:
        found.append(stage.cupel("ledger", "restore", str(kept), *flags, person="rosa"))
        return stage.server.call("GET", "/healthz") if found[-1].exit_code == 0 else Answer(503, "")

    eventually(ask, allowed=True)
    assert found[-1].exit_code == 0, found[-1].output
    return found[-1]


def test_one_cut_short_is_finished_by_running_it_again(
    stage: Stage, decided: dict[str, str], kept: Path
) -> None:
    lose(stage)
    assert stage.cupel("ledger", "restore", str(kept), "--yes", person="zoe").exit_code == 1  # makes it
    body = json.loads(kept.read_text())
    path = stage.path("ApprovalLedger", "ledger") + "/status"
    condemned = {"status": {"condemned": body["condemned"]}}
    stage.server.patch(path, condemned, "rosa").refused("restored-by")
    signed = {"metadata": {"annotations": {KEY: "rosa"}}}
    stage.server.patch(path.removesuffix("/status"), signed, "rosa").allowed()
    tried = stage.cupel("ledger", "restore", str(kept), "--dry-run", person="rosa")
    assert tried.stdout.rstrip().endswith("tried, and nothing was written"), tried.output
    stage.server.patch(path, condemned, "rosa").allowed()
    done = stage.cupel("ledger", "restore", str(kept), "--yes", person="rosa")
    assert done.exit_code == 0, done.output
    assert len(stage.decisions) == 4


def test_diff_compares_what_serves_with_what_waits(stage: Stage, decided: dict[str, str]) -> None:
    stage.tool("plain", CODE % "changed")
    stage.revise("plain")
    stage.status("plain", serving=stage.serving(decided["plain"]))
    result = stage.cupel("diff", "plain", person="bob")
    assert result.exit_code == 0, result.output
    assert "-     return {'words': len(text.split())}  # plain" in result.stdout
    assert "+     return {'words': len(text.split())}  # changed" in result.stdout
    assert "unchanged: description, permissions, interface, examples, tests, all else" in result.stdout
    found = said(stage.cupel("diff", "plain", "-o", "json", person="bob"))
    assert found["format"] == "cupel.dev/diff/v1" and found["differs"]
    assert found["from"]["digest"] == decided["plain"]
    swapped = said(
        stage.cupel("diff", "plain", found["to"]["revision"], decided["plain"], "-o", "json", person="bob")
    )
    assert swapped["from"] == found["to"] and swapped["to"] == found["from"]


def test_diff_of_what_is_not_there_says_what_is(stage: Stage, decided: dict[str, str]) -> None:
    missing = stage.cupel("diff", "nothing", person="bob")
    assert missing.exit_code == 1 and "there is no GeneratedTool nothing" in missing.stderr
    alone = stage.cupel("diff", "no", person="bob")
    assert alone.exit_code == 1 and "nothing of no serves and nothing was approved" in alone.stderr
