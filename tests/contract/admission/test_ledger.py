"""The ledger: who may write what, one sentence a row. Rows build on those before them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .objects import IMAGE, code, digest, digest_of, obj, review, revision, tool
from .server import (
    APPLY,
    CODES,
    COLLECTOR,
    GATEWAY,
    JSON_PATCH,
    OPERATOR,
    PATHS,
    SANDBOX,
    SERVING,
    Answer,
    Body,
    eventually,
)
from .zone import LEDGER, Zone

pytestmark = pytest.mark.apiserver
SETTINGS: Body = {"floors": {"withoutEgress": 2, "withEgress": 2}, "separation": "TwoPeople"}
OTHER = "other@sha256:" + "0" * 64
TOOLS = {
    "by-dana": ("dana", {}),
    "for-bob": (GATEWAY + "-any", {"onBehalfOf": "bob"}),
    "with-egress": ("alice", {"egress": ("api.test:443",)}),
    "once-dana": ("dana", {}),
}
DIGESTS: dict[str, str] = {}
"""Of the tools above, as stored."""


@pytest.fixture(scope="module", autouse=True)
def revisions(zone: Zone) -> None:
    """One revision of each tool; once-dana was edited by alice."""
    for name, (user, spec) in TOOLS.items():
        stored = zone.server.create(tool(name, **spec), user).allowed().body  # type: ignore[arg-type]
        if name == "once-dana":
            path = f"{PATHS['GeneratedTool'].format(SERVING)}/{name}"
            stored = zone.server.patch(path, {"spec": {"description": "by alice"}}, "alice").allowed().body
        body = revision(stored)
        eventually(lambda b=body: zone.server.create(b, OPERATOR), allowed=True).allowed()  # type: ignore[misc]
        DIGESTS[name] = digest_of(stored)
    # the ledger's rules see a revision with some lag: wait for the last one
    own = {"spec": {"decisions": {DIGESTS["once-dana"]: review("dana")}}}
    eventually(
        lambda: zone.server.patch(LEDGER + "?dryRun=All", own, "dana"), allowed=False, fragment="own request"
    ).refused("own request")


def decide(key: str, entry: Body | None, user: str) -> Callable[[Zone], Answer]:
    """Decide about `key`: the name of a tool, or any word."""
    return lambda zone: zone.decide(DIGESTS.get(key) or digest(key), entry, user)


def write(user: str, mime: str = "", **spec: Any) -> Callable[[Zone], Answer]:
    return lambda zone: zone.server.patch(LEDGER, {"spec": spec}, user)


OWNER = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "0"}]


def about(user: str, **metadata: Any) -> Callable[[Zone], Answer]:
    return lambda zone: zone.server.patch(LEDGER, {"metadata": metadata}, user)


def condemn(why: str | None, user: str, key: str = "one") -> Callable[[Zone], Answer]:
    return lambda zone: zone.condemn(digest(key), why, user)


def delete(user: str, suffix: str = "/ledger") -> Callable[[Zone], Answer]:
    return lambda zone: zone.server.delete(LEDGER.removesuffix("/ledger") + suffix, user)


def apply_whole(zone: Zone) -> Answer:
    body = obj("ApprovalLedger", "ledger", SETTINGS | {"decisions": {digest("three"): review("bob")}})
    return zone.server.call("PATCH", f"{LEDGER}?fieldManager=x&force=true", body, "bob", APPLY)


def replace_whole(user: str, **changes: Any) -> Callable[[Zone], Answer]:
    def ask(zone: Zone) -> Answer:
        now = zone.ledger
        return zone.server.call("PUT", LEDGER, now | {"spec": now["spec"] | changes}, user)

    return ask


def remove_by_json_patch(zone: Zone) -> Answer:
    return zone.server.patch(LEDGER, [{"op": "remove", "path": "/spec/decisions"}], "bob", JSON_PATCH)


def elsewhere(user: str, **spec: Any) -> Callable[[Zone], Answer]:
    return lambda zone: zone.server.create(
        obj("ApprovalLedger", "ledger", SETTINGS | spec, SANDBOX), user, dry=True
    )


def status_by(user: str, status: Body) -> Callable[[Zone], Answer]:
    return lambda zone: zone.server.patch(f"{LEDGER}/status", {"status": status}, user)


def full(*entries: Body) -> Body:
    return {key: value for entry in entries for key, value in entry.items()}


YES, NO = True, False
EGRESS = ["api.test:443"]
TABLE: list[tuple[str, bool, Callable[[Zone], Answer], str]] = [
    # a decision is given
    ("an approver approves under their own name", YES, decide("one", review("bob"), "bob"), ""),
    ("an approver types somebody else's name", NO, decide("two", review("carol"), "bob"), "own name"),
    ("a revoker, who has write rights but not the verb", NO, decide("two", review("ruth"), "ruth"), "verb approve"),
    ("a stranger", NO, decide("two", review("erin"), "erin"), "forbidden"),
    ("an administrator who is no approver", NO, decide("two", review("zoe"), "zoe"), "verb approve"),
    ("an approver rejects", YES, decide("rejected", review("bob", "Reject"), "bob"), ""),
    ("an approver approves what they rejected", NO, decide("rejected", review("bob"), "bob"), "never rewritten"),
    ("another approver approves what one rejected", NO, decide("rejected", review("carol"), "carol"), "never rewritten"),
    ("a decision that is neither yes nor no", NO, decide("two", review("bob", "Maybe"), "bob"), "decision"),
    ("a name of 129 characters", NO, decide("two", review("b" * 129), "b" * 129 + "-any"), "Too long"),
    ("an entry without a decision", NO, decide("two", {"egress": ["a:1"]}, "bob"), "must hold `review`"),
    ("an empty entry", NO, decide("two", {}, "bob"), "must hold `review`"),
    ("a key that is no digest", NO, write("bob", decisions={"sha256-xyz": review("bob")}), "each key must be a digest"),
    ("a key in upper case", NO, write("bob", decisions={"sha256-" + "AB" * 32: review("bob")}), "keyed by"),
    ("a key with more behind it", NO, write("bob", decisions={"sha256-" + "ab" * 33: review("bob")}), "each key must be a digest"),
    ("two digests in one write", YES, write("bob", decisions={digest("a"): review("bob"), digest("b"): review("bob")}), ""),
    ("one's own digest and one in another's name", NO, write("bob", decisions={digest("c"): review("bob"), digest("d"): review("carol")}), "own name"),
    # the code channel
    ("an approver writes the code channel", NO, decide("two", code("bob"), "bob"), "code service only"),
    ("an approver writes both channels", NO, decide("two", full(review("bob"), code("carol")), "bob"), "code service only"),
    ("the code service writes a review", NO, decide("two", review(CODES), CODES + "-any"), "verb approve"),
    ("the code service writes a review in bob's name", NO, decide("two", review("bob"), CODES + "-any"), "verb approve"),
    ("the code service vouches for bob a second time", NO, decide("one", code("bob"), CODES + "-any"), "two different people"),
    ("the code service vouches for carol", YES, decide("one", code("carol"), CODES + "-any"), ""),
    ("the code service vouches for a machine", NO, decide("two", code(OPERATOR), CODES + "-any"), "names the person"),
    ("the code service vouches under another service's name", NO, decide("two", code("carol", vouched=OPERATOR), CODES + "-any"), "names the person"),
    ("the code service first, the review second, by one person", YES, decide("order", code("bob"), CODES + "-any"), ""),
    ("... the review of the same person", NO, decide("order", review("bob"), "bob"), "two different people"),
    ("... the review of another", YES, decide("order", review("carol"), "carol"), ""),
    ("the code service rejects", YES, decide("coded-no", code("carol", "Reject"), CODES + "-any"), ""),
    ("the code service by the role that zones bind", YES, decide("two", code("carol"), CODES), ""),
    ("the code service changes the floors", NO, write(CODES + "-any", floors={"withoutEgress": 0, "withEgress": 0}), "administrator"),
    # a decision stays
    ("a decision is turned round", NO, decide("one", review("bob", "Reject"), "bob"), "never rewritten"),
    ("a decision is taken over", NO, decide("one", review("carol"), "carol"), "never rewritten"),
    ("a code decision is turned round", NO, decide("one", code("carol", "Reject"), CODES + "-any"), "never rewritten"),
    ("a time is written into a decision", NO, decide("one", {"review": {"at": "2026-01-01T00:00:00Z"}}, "bob"), "never rewritten"),
    ("egress is added to a decided digest", NO, decide("one", {"egress": ["evil:443"]}, "bob"), "never rewritten"),
    ("a revoker rewrites a decision", NO, decide("one", review("ruth"), "ruth"), "never rewritten"),
    ("an administrator rewrites a decision", NO, decide("one", review("zoe"), "zoe"), "never rewritten"),
    ("an approver removes a decision", NO, decide("one", {"review": None}, "bob"), "verb revoke"),
    ("an approver removes an entry", NO, decide("one", None, "carol"), "verb revoke"),
    ("the code service removes an entry", NO, decide("one", None, CODES + "-any"), "verb revoke"),
    ("an administrator removes an entry", NO, decide("one", None, "zoe"), "verb revoke"),
    ("an apply that drops the others' entries", NO, apply_whole, "never applied"),
    ("a replacement without decisions", NO, replace_whole("zoe", decisions={}), "verb revoke"),
    ("a JSON patch that removes them all", NO, remove_by_json_patch, "verb revoke"),
    ("a removal and a decision in one write", NO, write("bob", decisions={digest("one"): None, digest("e"): review("bob")}), "verb revoke"),
    # never about one's own request, and about exactly the egress asked for
    ("the requester approves", NO, decide("by-dana", review("dana"), "dana"), "own request"),
    ("the requester rejects", NO, decide("by-dana", review("dana", "Reject"), "dana"), "own request"),
    ("the requester approves by code", NO, decide("by-dana", code("dana"), CODES + "-any"), "own request"),
    ("the person the gateway asked for approves", NO, decide("for-bob", review("bob"), "bob"), "own request"),
    ("the person the gateway asked for approves by code", NO, decide("for-bob", code("bob"), CODES + "-any"), "own request"),
    ("somebody else approves it", YES, decide("for-bob", review("carol"), "carol"), ""),
    ("an earlier requester approves the edited tool", NO, decide("once-dana", review("dana"), "dana"), "own request"),
    ("an earlier requester approves it by code", NO, decide("once-dana", code("dana"), CODES + "-any"), "own request"),
    ("somebody who never asked approves the edited tool", YES, decide("once-dana", review("bob"), "bob"), ""),
    ("a decision leaves out the egress asked for", NO, decide("with-egress", review("bob"), "bob"), "exactly the egress"),
    ("a decision names more egress", NO, decide("with-egress", review("bob", egress=[*EGRESS, "x:1"]), "bob"), "exactly the egress"),
    ("a decision names other egress", NO, decide("with-egress", review("bob", egress=["api.test:80"]), "bob"), "exactly the egress"),
    ("a decision names the egress asked for", YES, decide("with-egress", review("bob", egress=EGRESS), "bob"), ""),
    ("a decision names egress nobody asked for", NO, decide("by-dana", review("bob", egress=EGRESS), "bob"), "exactly the egress"),
    # settings
    ("an approver lowers the floors", NO, write("bob", floors={"withoutEgress": 0}), "administrator"),
    ("an approver raises the floors", NO, write("bob", floors={"withEgress": 1, "withoutEgress": 1}), "administrator"),
    ("an approver changes separation", NO, write("bob", separation="OnePersonTwoChannels"), "administrator"),
    ("an approver adds a launcher image", NO, write("bob", launcherImages=[IMAGE, OTHER]), "administrator"),
    ("an approver empties the launcher images", NO, write("bob", launcherImages=[]), "administrator"),
    ("a requester changes anything", NO, write("alice", separation="OnePersonTwoChannels"), "forbidden"),
    ("the administrator adds a launcher image", YES, write("zoe", launcherImages=[IMAGE, OTHER]), ""),
    ("a launcher image without digest", NO, write("zoe", launcherImages=["other:1"]), "launcherImages"),
    ("floors that make egress cheaper", NO, write("zoe", floors={"withoutEgress": 2, "withEgress": 1}), "withEgress"),
    ("floors of three", NO, write("zoe", floors={"withEgress": 3}), "withEgress"),
    ("an unknown separation", NO, write("zoe", separation="Anybody"), "separation"),
    # ledgers come and go with the administrator
    ("a second ledger", NO, lambda z: z.server.create(obj("ApprovalLedger", "l2", SETTINGS), "zoe"), "must be 'ledger'"),
    ("a ledger that is born with decisions", NO, elsewhere("bob-any", decisions={digest("x"): review("bob")}), "made empty"),
    ("an approver holds the ledger by a finalizer", NO, about("bob", finalizers=["example.com/x"]), "finalizers"),
    ("an approver gives the ledger an owner", NO, about("bob", ownerReferences=OWNER), "finalizers"),
    ("the administrator sets a finalizer", YES, about("zoe", finalizers=["example.com/x"]), ""),
    ("an approver takes the finalizer off", NO, about("bob", finalizers=None), "finalizers"),
    ("the administrator takes it off", YES, about("zoe", finalizers=None), ""),
    ("an approver deletes the ledger", NO, delete("bob"), ""),
    ("a requester deletes the ledger", NO, delete("alice"), ""),
    ("the garbage collector deletes the ledger", NO, delete(COLLECTOR), ""),
    ("an approver deletes all ledgers at once", NO, delete("bob", ""), ""),
    ("the operator deletes all ledgers at once", NO, delete(OPERATOR + "-any", ""), "ValidatingAdmissionPolicy"),
    # condemnations
    ("a person condemns", NO, condemn("x", "zoe"), "only the operator"),
    ("the gateway condemns", NO, condemn("x", GATEWAY + "-any"), "ValidatingAdmissionPolicy"),
    ("the operator condemns", YES, condemn("errors", OPERATOR), ""),
    ("the operator condemns another", YES, condemn("errors", OPERATOR, "other"), ""),
    ("the operator rewrites a condemnation", NO, condemn("y", OPERATOR), "never rewritten"),
    ("the operator condemns what is no digest", NO, status_by(OPERATOR, {"condemned": {"x": "y"}}), "condemn"),
    ("the operator pardons", NO, condemn(None, OPERATOR + "-any"), "a person pardons"),
    ("the operator empties the list", NO, status_by(OPERATOR + "-any", {"condemned": None}), "a person pardons"),
    ("an approver pardons", NO, condemn(None, "bob"), "forbidden"),
    ("an administrator pardons and condemns in one write", NO, status_by("zoe", {"condemned": {digest("one"): None, digest("n"): "x"}}), "only the operator"),
    ("the administrator pardons", YES, condemn(None, "zoe"), ""),
    ("the other condemnation is still there", NO, condemn("z", OPERATOR, "other"), "never rewritten"),
    # revoking
    ("a revoker removes one channel", YES, decide("one", {"code": None}, "ruth"), ""),
    ("a revoker removes the entry", YES, decide("one", None, "ruth"), ""),
    ("a revoker removes a rejection", YES, decide("rejected", None, "ruth"), ""),
    ("then somebody else may approve", YES, decide("rejected", review("carol"), "carol"), ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("allowed", "ask", "fragment"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_ledger(zone: Zone, allowed: bool, ask: Callable[[Zone], Answer], fragment: str) -> None:
    answer = ask(zone)
    _ = answer.allowed() if allowed else answer.refused(*([fragment] if fragment else []))


def test_the_ledger_is_full_at_2000(zone: Zone) -> None:
    """The schema's bound: a write that would pass it is refused and names the field."""
    room = 2000 - len(zone.ledger["spec"]["decisions"])
    many = {digest(f"fill {n}"): review("bob") for n in range(room + 1)}
    write("bob", decisions=many)(zone).refused("spec.decisions")
    many.popitem()
    write("bob", decisions=many)(zone).allowed()
    decide("one too many", review("bob"), "bob")(zone).refused("spec.decisions")
    decide("fill 0", None, "ruth")(zone).allowed()
    write("ruth", decisions={key: None for key in many if key != digest("fill 0")})(zone).allowed()
