"""A ledger's metadata makes others delete: the janitor by its mark, appliers by what they believe is theirs. So it is the administrator's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .objects import digest, obj, review
from .server import APPLY, CODES, OPERATOR, Answer, Body, eventually
from .zone import LEDGER, Zone

pytestmark = pytest.mark.apiserver
Ask = Callable[[Zone], Answer]
YES, NO = True, False
SETTINGS: Body = {"floors": {"withoutEgress": 2, "withEgress": 2}, "separation": "TwoPeople"}
COLLEAGUE = digest("carol's")
MARK = {"cupel.dev/unreferred": '{"2020-01-01":["' + COLLEAGUE.removeprefix("sha256-")[:16] + '"]}'}
LAST_APPLIED = {
    "kubectl.kubernetes.io/last-applied-configuration": json.dumps(
        obj("ApprovalLedger", "ledger", SETTINGS | {"decisions": {COLLEAGUE: review("carol")}})
    )
}
TRACKING = {"app.kubernetes.io/instance": "nothing", "kustomize.toolkit.fluxcd.io/name": "x"}
OWNS = {"f:spec": {"f:decisions": {}}}


def about(user: str, **metadata: Any) -> Ask:
    return lambda zone: zone.server.patch(LEDGER, {"metadata": metadata}, user)


def with_decision(user: str, word: str, **metadata: Any) -> Ask:
    body = {"metadata": metadata, "spec": {"decisions": {digest(word): review(user)}}}
    return lambda zone: zone.server.patch(LEDGER, body, user)


def applied(user: str, manager: str = "flux", **spec: Any) -> Ask:
    body = obj("ApprovalLedger", "ledger", SETTINGS | spec)
    return lambda zone: zone.server.call(
        "PATCH", f"{LEDGER}?fieldManager={manager}&force=true", body, user, APPLY
    )


def forged(user: str, manager: str = "flux", fields: Body = OWNS, subresource: str = "") -> Ask:
    """Nothing but one owner of fields more, or this owner's fields changed."""

    def ask(zone: Zone) -> Answer:
        entry = {"manager": manager, "operation": "Apply", "apiVersion": "cupel.dev/v1alpha1"}
        entry |= {"time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1", "fieldsV1": fields}
        kept = [m for m in zone.ledger["metadata"]["managedFields"] if m["manager"] != manager]
        body = {"metadata": {"managedFields": [*kept, entry]}}
        return zone.server.patch(LEDGER + subresource, body, user)

    return ask


def by_status(zone: Zone) -> Answer:
    """A status write that brings metadata along: it passes, and the API server leaves the metadata as it is."""
    before = zone.ledger["metadata"]
    answer = zone.server.patch(f"{LEDGER}/status", {"metadata": {"annotations": MARK}}, OPERATOR + "-any")
    forged(OPERATOR + "-any", subresource="/status")(zone).allowed()
    after = zone.ledger["metadata"]
    assert after.get("annotations") == before.get("annotations")
    assert owners(after) == owners(before)
    return answer


def owners(metadata: Body) -> list[tuple[str, Body]]:
    return [(entry["manager"], entry["fieldsV1"]) for entry in metadata["managedFields"]]


TABLE: list[tuple[str, bool, Ask, str]] = [
    # annotations and labels
    ("an approver marks a colleague's approval for the janitor", NO, about("bob", annotations=MARK), "administrator's"),
    ("... together with a decision of their own", NO, with_decision("bob", "own", annotations=MARK), "administrator's"),
    ("an approver lists a colleague's decision as applied before", NO, about("bob", annotations=LAST_APPLIED), "administrator's"),
    ("an approver lets a GitOps controller believe the ledger is its own", NO, about("bob", labels=TRACKING), "administrator's"),
    ("a revoker, too", NO, about("ruth", labels=TRACKING), "administrator's"),
    ("the code service, with every right", NO, about(CODES + "-any", annotations=MARK), "administrator's"),
    ("the administrator labels and annotates", YES, about("zoe", labels={"team": "x"}, annotations={"team": "x"}), ""),
    ("an approver changes a label", NO, about("bob", labels={"team": "y"}), "administrator's"),
    ("an approver takes a label off", NO, about("bob", labels=None), "administrator's"),
    ("an approver changes an annotation", NO, about("bob", annotations={"team": "y"}), "administrator's"),
    ("an approver takes all annotations off", NO, about("bob", annotations=None), "administrator's"),
    ("an approver decides, and the metadata stays", YES, with_decision("bob", "own"), ""),
    # who owns which field
    ("the administrator applies the settings", YES, applied("zoe"), ""),
    ("an approver applies a decision of their own", NO, applied("bob", "x", decisions={digest("new"): review("bob")}), "patched"),
    ("an approver applies a colleague's decision, as it is", NO, applied("bob", "x", decisions={COLLEAGUE: review("carol")}), "patched"),
    ("an approver applies it under the administrator's manager", NO, applied("bob", decisions={COLLEAGUE: review("carol")}), "patched"),
    ("an approver applies the settings, as they are", NO, applied("bob", "x"), "patched"),
    ("the administrator applies decisions", NO, applied("zoe", decisions={COLLEAGUE: review("carol")}), "patched"),
    ("an administrator of everything does", NO, applied("", decisions={COLLEAGUE: review("carol")}), "patched"),
    ("an approver writes that the administrator's manager owns it", NO, forged("bob"), "patched"),
    ("... or a new one", NO, forged("bob", "x"), "patched"),
    ("... or that the manager owns nothing any more", NO, forged("bob", fields={"f:spec": {}}), "patched"),
    ("an approver forgets all owners", NO, about("bob", managedFields=[{}]), "patched"),
    ("a revoker writes it and removes nothing", NO, forged("ruth"), "patched"),
    ("a status write brings no metadata along", YES, by_status, ""),
    ("the administrator applies the settings again", YES, applied("zoe"), ""),
    ("a manager that is given up leaves decisions alone", YES, applied("zoe", separation="OnePersonTwoChannels"), ""),
    ("a revoker applies, and removes by it", NO, applied("ruth", decisions={}), "patched"),
    ("an administrator of everything removes by it", NO, applied("", decisions={}), "patched"),
    ("a revoker takes their decision away", YES, lambda z: z.decide(digest("own"), None, "ruth"), ""),
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def decisions(zone: Zone) -> None:
    eventually(lambda: zone.decide(COLLEAGUE, review("carol"), "carol"), allowed=True).allowed()


@pytest.mark.parametrize(("allowed", "ask", "fragment"), [r[1:] for r in TABLE], ids=[r[0] for r in TABLE])
def test_metadata(zone: Zone, allowed: bool, ask: Ask, fragment: str) -> None:
    answer = ask(zone)
    _ = answer.allowed() if allowed else answer.refused(*([fragment] if fragment else []))


def test_the_colleagues_decision_is_still_there(zone: Zone) -> None:
    assert zone.ledger["spec"]["decisions"][COLLEAGUE]["review"] == review("carol")["review"]
