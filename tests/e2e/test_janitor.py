"""The janitor as it is installed: its CronJob's image, identity, roles and walls, one round by hand."""

from __future__ import annotations

import json

import pytest

from .stage import Stage

pytestmark = pytest.mark.node
LOOSE = "sha256-" + "5" * 64
HOME = ("-n", "cupel-system")


def test_a_round_in_the_cluster_marks_what_nothing_refers_to(stage: Stage) -> None:
    stage.patch_ledger(
        {"decisions": {LOOSE: {"review": {"decision": "Approve", "by": "bob"}}}},
        *("--as", "bob", "--as-group", "cupel-approvers"),
    )
    stage.cluster.run("create", "job", "janitor-now", "--from=cronjob/cupel-janitor", *HOME)
    try:
        stage.wait("the round to end", lambda: _ended(stage), 90)
        log = stage.cluster.run("logs", "job/janitor-now", *HOME).stdout
        assert _ended(stage) == "Complete", log
        ledger = stage.cluster.run("get", "approvalledger", "ledger", "-n", stage.cluster.zone, "-o", "json")
        body = json.loads(ledger.stdout)
        assert LOOSE in body["spec"]["decisions"], "it went without its time of grace"
        assert LOOSE[7:23] in body["metadata"]["annotations"]["cupel.dev/unreferred"]
    finally:
        stage.cluster.run("delete", "job", "janitor-now", "--ignore-not-found", *HOME)
        revoke = ("--as", "rita", "--as-group", "cupel-revokers")
        stage.patch_ledger({"decisions": {LOOSE: None}}, *revoke)


def _ended(stage: Stage) -> str:
    """How the job ended; empty while it has not."""
    job = json.loads(stage.cluster.run("get", "job", "janitor-now", "-o", "json", *HOME).stdout)
    conditions = job.get("status", {}).get("conditions", [])
    return next(
        (c["type"] for c in conditions if c["status"] == "True" and c["type"] in ("Complete", "Failed")), ""
    )
