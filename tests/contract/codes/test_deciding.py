"""Deciding by code, from the command line through the API server to the ledger."""

from __future__ import annotations

import pytest
from tests.contract.admission.server import CODES, HOME, PATHS, Server
from tests.contract.cli.stage import Stage
from tests.contract.codes.conftest import NewPerson
from tests.contract.codes.people import Person
from tests.contract.codes.process import CodeService
from typer.testing import Result

pytestmark = pytest.mark.apiserver
CODE = "def run(text: str) -> dict:\n    return {'words': len(text.split())}  # %s\n"


def asked(stage: Stage, name: str, requester: str = "alice") -> str:
    """A tool and its revision; answers the digest."""
    stage.tool(name, CODE % name, requester)
    return stage.revise(name)


def approve(stage: Stage, who: Person, tool: str, digest: str, code: str, verb: str = "approve") -> Result:
    prefix = digest.removeprefix("sha256-")[:16]
    return who.cupel(verb, tool, "-n", stage.namespace, "--code", code, "--digest-prefix", prefix)


def test_enroll_approve_ledger(stage: Stage, person: NewPerson, codes: CodeService) -> None:
    bob, digest = person(), asked(stage, "one")

    result = approve(stage, bob, "one", digest, bob.code())

    assert result.exit_code == 0, result.output
    entry = stage.decisions[digest]
    assert entry["egress"] == [] and "review" not in entry
    said = entry["code"]
    assert (said["decision"], said["by"], said["vouchedBy"]) == ("Approve", bob.name, CODES)
    assert f"approved {digest} by code of {bob.name}" in result.stdout


def test_the_dossier_comes_first_and_keeps_the_digest_for_the_other_channel(
    stage: Stage, person: NewPerson
) -> None:
    bob, digest = person(), asked(stage, "shown")

    result = bob.cupel("approve", "shown", "-n", stage.namespace, "--code", "-", text="zz\n")

    assert result.exit_code == 2
    assert "return {'words': len(text.split())}" in result.stdout and "asked for by  alice" in result.stdout
    assert digest[7:15] not in result.output
    assert "16 digits are 0-9 and a-f" in result.stderr


def test_rejecting(stage: Stage, person: NewPerson) -> None:
    bob, digest = person(), asked(stage, "no")

    assert approve(stage, bob, "no", digest, bob.code(), "reject").exit_code == 0
    assert stage.decisions[digest]["code"]["decision"] == "Reject"


def test_a_code_counts_once(stage: Stage, person: NewPerson) -> None:
    bob, first, second = person(), asked(stage, "first"), asked(stage, "second")
    code = bob.code()

    assert approve(stage, bob, "first", first, code).exit_code == 0
    again = approve(stage, bob, "second", second, code)
    assert again.exit_code == 1 and "was used before" in again.stderr
    assert second not in stage.decisions


def test_deciding_the_same_again_is_no_error_and_the_opposite_is(stage: Stage, person: NewPerson) -> None:
    bob, digest = person(), asked(stage, "twice")
    assert approve(stage, bob, "twice", digest, bob.code()).exit_code == 0
    carol = person()

    again = approve(stage, bob, "twice", digest, bob.code(1))
    assert again.exit_code == 0 and "already" in again.stdout, again.output
    other = approve(stage, carol, "twice", digest, carol.code(), "reject")
    assert other.exit_code == 1 and f"{bob.name} approved this digest on this channel" in other.stderr


def test_other_digits_than_the_digest_s_use_nothing_up(stage: Stage, person: NewPerson) -> None:
    bob, digest = person(), asked(stage, "prefix")
    code = bob.code()

    wrong = approve(stage, bob, "prefix", "sha256-" + "0" * 64, code)
    assert wrong.exit_code == 1 and "compare both channels" in wrong.stderr
    assert digest not in stage.decisions
    assert approve(stage, bob, "prefix", digest, code).exit_code == 0


def test_five_wrong_codes_lock(stage: Stage, person: NewPerson, codes: CodeService) -> None:
    bob, digest = person(), asked(stage, "lock")
    near = {bob.code(ahead) for ahead in range(-25, 26)}
    wrong = next(f"{n:06}" for n in range(1000) if f"{n:06}" not in near)

    for _ in range(5):
        assert "the code is not right" in approve(stage, bob, "lock", digest, wrong).stderr
    locked = approve(stage, bob, "lock", digest, bob.code())
    assert locked.exit_code == 1 and "wait 15 minutes" in locked.stderr
    assert digest not in stage.decisions


def test_who_may_not_approve_is_told_so(stage: Stage, server: Server, person: NewPerson) -> None:
    """They may enroll and reach the service, and still not approve in this namespace."""
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "cupel-tests-guests"}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "cupel-code-user"}
    server.call(
        "POST",
        "/apis/rbac.authorization.k8s.io/v1/namespaces/cupel-system/rolebindings",
        {"metadata": {"name": "cupel-tests-guests"}, "roleRef": role, "subjects": [subject]},
    )
    guest, digest = person(groups=("cupel-tests-guests", "cupel-requesters")), asked(stage, "guest")

    result = approve(stage, guest, "guest", digest, guest.code())

    assert result.exit_code == 1 and "may not approve in namespace" in result.stderr, result.output
    assert digest not in stage.decisions


def test_a_requester_does_not_approve_their_own(stage: Stage, person: NewPerson, server: Server) -> None:
    dana = person(groups=("cupel-approvers", "cupel-requesters"))
    body = {"spec": {"source": {"type": "Inline", "inline": {"code": CODE % "dana"}}}}
    stage.tool("own", CODE % "own", "alice")
    path = stage.path("GeneratedTool", "own")
    groups = [("Impersonate-User", dana.name), *(("Impersonate-Group", each) for each in dana.groups)]
    headers = {"Content-Type": "application/merge-patch+json"}
    changed = _as(server, path, body, groups, headers)
    assert changed == 200
    digest = stage.revise("own")

    result = approve(stage, dana, "own", digest, dana.code())

    assert result.exit_code == 1
    assert "nobody decides about their own request" in result.stderr, result.output
    assert digest not in stage.decisions


def _as(server: Server, path: str, body: object, who: list[tuple[str, str]], headers: dict[str, str]) -> int:
    import json

    import urllib3

    sent = urllib3.HTTPHeaderDict(headers)
    for name, value in who:
        sent.add(name, value)
    return server.pool.request("PATCH", server.host + path, body=json.dumps(body), headers=sent).status


def test_one_person_is_not_two(stage: Stage, person: NewPerson) -> None:
    bob, digest = person(), asked(stage, "alone")
    review = bob.cupel("approve", "alone", "-n", stage.namespace, "--yes")
    assert review.exit_code == 0, review.output

    result = approve(stage, bob, "alone", digest, bob.code())
    assert result.exit_code == 1 and "two different people" in result.stderr
    carol = person()
    assert approve(stage, carol, "alone", digest, carol.code()).exit_code == 0
    assert stage.decisions[digest]["review"]["by"] == bob.name


def test_an_unknown_person_learns_nothing_but_that(stage: Stage, server: Server, codes: CodeService) -> None:
    digest = asked(stage, "unknown")

    result = approve(stage, Person(server), "unknown", digest, "123456")
    assert result.exit_code == 1 and "or p-" in result.stderr and "is not enrolled" in result.stderr


def test_no_secret_and_no_code_is_in_log_metrics_or_store(
    stage: Stage, person: NewPerson, codes: CodeService
) -> None:
    bob, digest = person(), asked(stage, "quiet")
    code = bob.code()
    assert approve(stage, bob, "quiet", digest, code).exit_code == 0
    assert bob.app is not None

    stored = b"".join(path.read_bytes() for path in codes.folder.glob("codes.db*"))
    assert bob.name.encode() in stored and bob.app.secret.encode() not in stored
    assert bob.app.secret not in codes.log
    assert f'"code": "{code}"' not in codes.log and digest in codes.log
    assert codes.metric('cupel_codes_decisions_total{outcome="Approve"}') > 0


@pytest.mark.usefixtures("codes")
class TestStolen:
    """What the identity of the code service can do with every other right there is: vouch, and nothing else."""

    THIEF = CODES + "-any"

    def test_it_vouches_for_whom_it_likes_on_its_own_channel(self, stage: Stage) -> None:
        digest = asked(stage, "vouched")
        code = {"decision": "Approve", "by": "carol", "vouchedBy": CODES}
        patch = {"spec": {"decisions": {digest: {"egress": [], "code": code}}}}

        stage.server.patch(stage.path("ApprovalLedger", "ledger"), patch, self.THIEF).allowed()

    @pytest.mark.parametrize("by", ["carol", CODES])
    def test_it_never_fills_the_other_channel(self, stage: Stage, by: str) -> None:
        digest = asked(stage, f"both-{len(by)}")
        review = {"decision": "Approve", "by": by}
        patch = {"spec": {"decisions": {digest: {"egress": [], "review": review}}}}

        stage.server.patch(stage.path("ApprovalLedger", "ledger"), patch, self.THIEF).refused(
            "reviewing needs the verb approve, and is for people", "given under one's own name"
        )

    def test_it_does_not_vouch_for_the_requester(self, stage: Stage) -> None:
        digest = asked(stage, "theirs")
        code = {"decision": "Approve", "by": "alice", "vouchedBy": CODES}
        patch = {"spec": {"decisions": {digest: {"egress": [], "code": code}}}}

        stage.server.patch(stage.path("ApprovalLedger", "ledger"), patch, self.THIEF).refused("own request")

    def test_it_does_not_vouch_for_a_reviewer_where_two_people_are_needed(self, stage: Stage) -> None:
        digest = asked(stage, "reviewed")
        assert stage.cupel("approve", "reviewed", "--yes", person="bob").exit_code == 0
        code = {"decision": "Approve", "by": "bob", "vouchedBy": CODES}
        patch = {"spec": {"decisions": {digest: {"egress": [], "code": code}}}}

        stage.server.patch(stage.path("ApprovalLedger", "ledger"), patch, self.THIEF).refused(
            "two different people"
        )

    @pytest.mark.parametrize(
        "patch",
        [
            {"spec": {"floors": {"withoutEgress": 0, "withEgress": 0}}},
            {"spec": {"separation": "OnePersonTwoChannels"}},
            {"spec": {"launcherImages": []}},
        ],
        ids=["floors", "separation", "images"],
    )
    def test_it_does_not_change_what_is_needed(self, stage: Stage, patch: object) -> None:
        ledger = stage.path("ApprovalLedger", "ledger")
        stage.server.patch(ledger, patch, self.THIEF).refused(
            "are the administrator's", "by its administrator alone"
        )

    def test_it_starts_nothing(self, stage: Stage) -> None:
        container = {"name": "c", "image": "i"}
        for namespace, account in ((stage.namespace, "tool"), (HOME, "cupel-codes")):
            spec = {"serviceAccountName": account, "containers": [container]}
            pod = {"metadata": {"name": "x"}, "spec": spec}
            stage.server.call("POST", PATHS["Pod"].format(namespace), pod, self.THIEF).refused(
                "cupel-codes may not CREATE /pods", "violates PodSecurity", "cupel-serving"
            )
