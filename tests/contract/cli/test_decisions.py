"""approve, reject, revoke on a real API server, by people with the shipped roles."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tests.contract.admission.server import OPERATOR, eventually

from cupel.api.bundle import bundle_of
from cupel.api.generated_tool import GeneratedTool
from cupel.decide import desired

from .stage import Stage, condition

pytestmark = pytest.mark.apiserver
CODE = "def run(text: str) -> dict:\n    return {'words': len(text.split())}  # %s\n"


def asked(stage: Stage, name: str, person: str = "alice") -> str:
    """A tool and its revision; answers the digest."""
    stage.tool(name, CODE % name, person)
    return stage.revise(name)


def test_an_approver_approves_in_their_own_name(stage: Stage) -> None:
    digest = asked(stage, "one")
    result = stage.cupel("approve", "one", "--yes", person="bob")
    assert result.exit_code == 0, result.output
    review = stage.decisions[digest]["review"]
    assert (review["decision"], review["by"]) == ("Approve", "bob")
    assert review["at"].endswith("Z") or "+00:00" in review["at"]
    assert f"approved {digest} as bob" in result.stdout


def test_approving_again_changes_nothing(stage: Stage) -> None:
    before = stage.ledger["metadata"]["resourceVersion"]
    result = stage.cupel("approve", "one", "--yes", person="bob")
    assert result.exit_code == 0
    assert "already" in result.stdout
    assert stage.ledger["metadata"]["resourceVersion"] == before


def test_what_a_gate_refused_is_approved_only_by_who_says_so(stage: Stage) -> None:
    digest = asked(stage, "wrong")
    revision = next(name for name, each in stage.made.items() if each == digest)
    stage.evidence(
        revision, conditions=[condition("Validated", "False", "TrialsFailed", "1 of 1 trials failed")]
    )
    refused = stage.cupel("approve", "wrong", "--yes", person="bob")
    assert refused.exit_code == 1, refused.output
    assert (
        "was refused at Validated (TrialsFailed)" in refused.stderr and "--although-refused" in refused.stderr
    )
    assert digest not in stage.decisions
    unsure = stage.cupel("approve", "wrong", person="bob")
    assert "refused at Validated" in unsure.stderr and unsure.exit_code == 2
    meant = stage.cupel("approve", "wrong", "--yes", "--although-refused", person="bob")
    assert meant.exit_code == 0 and digest in stage.decisions


def test_it_shows_code_and_asker_before_it_asks(stage: Stage) -> None:
    asked(stage, "shown")
    result = stage.cupel("approve", "shown", person="bob")
    assert result.exit_code == 2
    assert "asked for by  alice" in result.stdout
    assert "return {'words': len(text.split())}" in result.stdout
    assert "give --yes" in result.stderr


def test_a_requester_with_the_role_is_refused_by_the_api_server(stage: Stage) -> None:
    digest = asked(stage, "own", "dana")
    result = stage.cupel("approve", "own", "--yes", person="dana")
    assert result.exit_code == 1
    assert (
        "nobody decides about their own request, and dana asked for this. Who may: somebody" in result.stderr
    )
    assert result.stderr.rstrip().endswith(f"How: kubectl cupel approve own -n {stage.namespace}")
    assert result.stderr.count("\n") == 1
    assert digest not in stage.decisions


def test_a_requester_without_the_role_is_told_so(stage: Stage) -> None:
    asked(stage, "mine")
    result = stage.cupel("approve", "mine", "--yes", person="alice")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: nobody decides about their own request, and alice asked for this")


def test_a_rejection_tells_why(stage: Stage) -> None:
    digest = asked(stage, "why")

    done = stage.cupel("reject", "why", "--yes", "--reason", "it counts bytes", person="bob")

    assert done.exit_code == 0, done.output
    assert stage.decisions[digest]["review"]["reason"] == "it counts bytes"


@pytest.mark.parametrize("flags", [["--code", "123456"], []], ids=["beside a code", "too long"])
def test_a_reason_that_cannot_be_kept(stage: Stage, flags: list[str]) -> None:
    asked(stage, f"kept-{len(flags)}")

    done = stage.cupel("reject", f"kept-{len(flags)}", "--yes", "--reason", "x" * 65, *flags, person="bob")

    assert done.exit_code == 2 and "--reason" in done.stderr


def test_a_rejection_stands_until_it_is_revoked(stage: Stage) -> None:
    digest = asked(stage, "no")
    assert stage.cupel("reject", "no", "--yes", person="bob").exit_code == 0
    assert stage.decisions[digest]["review"]["decision"] == "Reject"
    other = stage.cupel("approve", "no", "--yes", person="carol")
    assert other.exit_code == 1
    assert "bob rejected this digest" in other.stderr and "kubectl cupel revoke no" in other.stderr


def test_only_a_revoker_takes_back(stage: Stage) -> None:
    digest = asked(stage, "back")
    assert stage.cupel("reject", "back", "--yes", person="bob").exit_code == 0
    refused = stage.cupel("revoke", "back", "--yes", person="bob")
    assert refused.exit_code == 1
    assert "removing a decision needs the verb revoke" in refused.stderr
    assert digest in stage.decisions
    assert stage.cupel("revoke", "back", "--yes", person="ruth").exit_code == 0
    assert digest not in stage.decisions
    assert stage.cupel("revoke", "back", "--yes", person="ruth").exit_code == 1


def test_the_other_channel_stays(stage: Stage) -> None:
    digest = asked(stage, "both")
    stage.code_channel(digest, "carol")
    assert stage.cupel("approve", "both", "--yes", person="bob").exit_code == 0
    entry = stage.decisions[digest]
    assert entry["code"]["by"] == "carol" and entry["review"]["by"] == "bob"


def test_one_person_is_not_two(stage: Stage) -> None:
    digest = asked(stage, "alone")
    stage.code_channel(digest, "bob")
    result = stage.cupel("approve", "alone", "--yes", person="bob")
    assert result.exit_code == 1
    assert "two different people" in result.stderr


def test_a_revision_that_is_not_its_digest_is_not_decided(stage: Stage) -> None:
    stage.tool("forged", CODE % "forged")
    tool = GeneratedTool.parse(stage.read("GeneratedTool", "forged"))
    body = desired.revision(tool, bundle_of(tool), "1.0.0")
    body["spec"]["bundle"]["code"] = "def run(text: str) -> dict:\n    return {'words': 2}\n"
    eventually(lambda: stage.server.create(body, OPERATOR), allowed=True).allowed()
    result = stage.cupel("approve", "forged", "--yes", person="bob")
    assert result.exit_code == 1
    assert "is not what it says" in result.stderr
    assert body["spec"]["digest"] not in stage.decisions


def test_a_kubeconfig_that_acts_as_somebody_is_obeyed(stage: Stage, tmp_path: Path) -> None:
    digest = asked(stage, "acting")
    config = yaml.safe_load(stage.server.kubeconfig.read_text("utf-8"))
    config["users"][0]["user"] |= {"as": "bob", "as-groups": ["cupel-approvers", "system:authenticated"]}
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(config))
    result = stage.cupel("approve", "acting", "--yes", "--kubeconfig", str(path))
    assert result.exit_code == 0, result.output
    assert stage.decisions[digest]["review"]["by"] == "bob"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        pytest.param(("approve", "nothing"), "there is no GeneratedTool nothing", id="no such tool"),
        pytest.param(
            ("approve", "one", "--digest", "abcd"), "does not name one revision", id="digest too short"
        ),
        pytest.param(
            ("approve", "one", "--digest", "f" * 64), "does not name one revision", id="digest of nothing"
        ),
        pytest.param(("revoke", "own"), "nothing was decided", id="nothing to revoke"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_line(stage: Stage, args: tuple[str, ...], sentence: str) -> None:
    result = stage.cupel(*args, "--yes", person="bob")
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
