"""Who takes entries out of a ledger without the verb revoke, and who puts them back after a disaster: rows in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .installed import RBAC, zone_manifests
from .objects import code, digest, digest_of, review, revision, serving_pod, tool
from .server import (
    CODES,
    GATEWAY,
    JANITOR,
    OPERATOR,
    PATHS,
    SERVING,
    Answer,
    Body,
    eventually,
)
from .zone import LEDGER, Zone

pytestmark = pytest.mark.apiserver
YES, NO = True, False
Ask = Callable[[Zone], Answer]
MARK = {"cupel.dev/unreferred": '{"2026-11-26":["0011223344556677"]}'}
REFERRED: dict[str, str] = {}
"""The digest of the one revision there is."""


def decide(key: str, entry: Body | None, user: str) -> Ask:
    return lambda zone: zone.decide(REFERRED.get(key) or digest(key), entry, user)


def change(user: str, **body: Any) -> Ask:
    return lambda zone: zone.server.patch(LEDGER, body, user)


def drop(user: str, *keys: str, **more: Any) -> Ask:
    """Remove several entries in one write."""
    return lambda zone: change(
        user, spec={"decisions": {REFERRED.get(k) or digest(k): None for k in keys}, **more}
    )(zone)


def status(user: str, condemned: Body) -> Ask:
    return lambda zone: zone.server.patch(f"{LEDGER}/status", {"status": {"condemned": condemned}}, user)


def table(rows: list[tuple[str, bool, Ask, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("allowed", "ask", "fragment"), [r[1:] for r in rows], ids=[r[0] for r in rows]
    )


def judge(answer: Answer, allowed: bool, fragment: str) -> None:
    _ = answer.allowed() if allowed else answer.refused(*([fragment] if fragment else []))


ANY = JANITOR + "-any"
JANITOR_TABLE: list[tuple[str, bool, Ask, str]] = [
    # what it may
    ("the janitor removes an approval nobody refers to", YES, decide("loose", None, JANITOR), ""),
    ("... one of two channels, too", YES, decide("loose both", None, JANITOR), ""),
    ("the janitor marks the ledger", YES, change(JANITOR, metadata={"annotations": MARK}), ""),
    ("the janitor marks and removes in one write", YES, change(JANITOR, metadata={"annotations": MARK}, spec={"decisions": {digest("loose marked"): None}}), ""),
    # what it may not, with its own rights and with every other
    *((f"{text}, {how}", NO, ask(user), fragment)
      for how, user in (("with its own rights", JANITOR), ("with every right", ANY))
      for text, ask, fragment in (
        ("the janitor removes an entry that a revision refers to", lambda u: decide("by-alice", None, u), "refers to this entry"),
        ("the janitor removes it among others", lambda u: drop(u, "by-alice", "loose kept"), "refers to this entry"),
        ("the janitor removes a rejection", lambda u: decide("no", None, u), "whole approvals only"),
        ("the janitor removes a rejection on one channel of two", lambda u: decide("half no", None, u), "whole approvals only"),
        ("the janitor removes what is condemned", lambda u: decide("condemned", None, u), "none that is condemned"),
        ("the janitor removes one channel of an entry", lambda u: decide("loose kept", {"code": None}, u), "whole approvals only"),
        ("the janitor rewrites a decision", lambda u: decide("loose kept", review("carol"), u), "never rewritten"),
        ("the janitor turns a rejection round", lambda u: decide("no", review("bob"), u), "never rewritten"),
        ("the janitor approves", lambda u: decide("new", review(JANITOR), u), "verb approve"),
        ("the janitor approves for bob", lambda u: decide("new", review("bob"), u), "verb approve"),
        ("the janitor vouches for a code", lambda u: decide("new", code("bob", vouched=JANITOR), u), "code service only"),
        ("the janitor widens egress", lambda u: decide("loose kept", {"egress": ["evil.test:443"]}, u), "never rewritten"),
        ("the janitor lowers the floors", lambda u: change(u, spec={"floors": {"withoutEgress": 0, "withEgress": 0}}), "administrator"),
        ("the janitor removes and lowers the floors in one write", lambda u: drop(u, "loose kept", floors={"withoutEgress": 0, "withEgress": 0}), "administrator"),
        ("the janitor adds a launcher image", lambda u: change(u, spec={"launcherImages": ["x@sha256:" + "0" * 64]}), "administrator"),
        ("the janitor weakens separation", lambda u: change(u, spec={"separation": "OnePersonTwoChannels"}), "administrator"),
        ("the janitor labels the ledger", lambda u: change(u, metadata={"labels": {"a": "b"}}), "nothing else"),
        ("the janitor writes another annotation", lambda u: change(u, metadata={"annotations": {"a": "b"}}), "nothing else"),
        ("the janitor takes an annotation off", lambda u: change(u, metadata={"annotations": {"example.com/kept": None}}), "nothing else"),
        ("the janitor signs for a restore", lambda u: change(u, metadata={"annotations": {"cupel.dev/restored-by": JANITOR}}), ""),
        ("the janitor sets a finalizer", lambda u: change(u, metadata={"finalizers": ["x.test/x"]}), "finalizers"),
        ("the janitor deletes the ledger", lambda u: lambda z: z.server.delete(LEDGER, u), ""),
        ("the janitor pardons", lambda u: status(u, {digest("condemned"): None}), ""),
        ("the janitor condemns", lambda u: status(u, {digest("x"): "x"}), ""),
      )),
    ("with every right: it pardons", NO, status(ANY, {digest("condemned"): None}), "ValidatingAdmissionPolicy"),
    ("the janitor takes the marks off again", YES, change(JANITOR, metadata={"annotations": {"cupel.dev/unreferred": None}}), ""),
    # nobody else got this right
    ("the operator removes an approval nobody refers to", NO, decide("loose kept", None, OPERATOR + "-any"), "ValidatingAdmissionPolicy"),
    ("the gateway removes it", NO, decide("loose kept", None, GATEWAY + "-any"), "ValidatingAdmissionPolicy"),
    ("the code service removes it", NO, decide("loose kept", None, CODES + "-any"), "verb revoke"),
    ("an approver removes it", NO, decide("loose kept", None, "bob"), "verb revoke"),
    ("a requester removes it", NO, decide("loose kept", None, "alice"), "forbidden"),
    ("a revoker still removes whatever they like", YES, decide("by-alice", None, "ruth"), ""),
]  # fmt: skip


class TestJanitor:
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def entries(cls, zone: Zone) -> None:
        """One revision, and entries of every sort."""
        stored = zone.server.create(tool("by-alice"), "alice").allowed().body
        REFERRED["by-alice"] = digest_of(stored)
        eventually(lambda: zone.server.create(revision(stored), OPERATOR), allowed=True).allowed()
        zone.server.patch(LEDGER, {"metadata": {"annotations": {"example.com/kept": "x"}}}).allowed()
        words = ("loose", "loose both", "loose kept", "loose marked", "condemned", "by-alice")
        for word in words:
            decide(word, review("bob"), "bob")(zone).allowed()
        decide("no", review("bob", "Reject"), "bob")(zone).allowed()
        for word, said in (("loose both", "Approve"), ("loose kept", "Approve"), ("half no", "Reject")):
            eventually(
                lambda w=word, s=said: decide(w, code("carol", s), CODES + "-any")(zone), allowed=True
            ).allowed()  # type: ignore[misc]
        decide("half no", review("bob"), "bob")(zone).allowed()
        zone.condemn(digest("condemned"), "errors", OPERATOR).allowed()
        own = {"spec": {"decisions": {REFERRED["by-alice"]: None}}}
        eventually(
            lambda: zone.server.patch(LEDGER + "?dryRun=All", own, JANITOR),
            allowed=False,
            fragment="refers to",
        ).refused("refers to")

    @table(JANITOR_TABLE)
    def test_may(self, zone: Zone, allowed: bool, ask: Ask, fragment: str) -> None:
        judge(ask(zone), allowed, fragment)

    def test_it_removes_whatever_is_loose_once_the_revision_is_gone(self, zone: Zone) -> None:
        decide("by-alice", review("bob"), "bob")(zone).allowed()
        zone.server.delete(PATHS["ToolRevision"].format(SERVING)).allowed()
        eventually(lambda: decide("by-alice", None, JANITOR)(zone), allowed=True).allowed()


def bound(zone: Zone, role: str, subject: Body) -> None:
    """A RoleBinding of the zone, named after its role."""
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
    body = {"metadata": {"name": role}, "roleRef": ref, "subjects": [subject]}
    zone.server.call("POST", f"{RBAC}/namespaces/{SERVING}/rolebindings", body)


USER = {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "rosa"}
ROSA, KEY = "rosa", "cupel.dev/restored-by"
OLD = {digest("old one"): review("bob") | code("carol"), digest("old no"): review("bob", "Reject")}
BAD = {digest("old bad"): "errors"}


def back(user: str, decisions: Body, signed: str | None = ROSA) -> Ask:
    """Decisions as a backup has them, signed by whom it says."""
    notes = {"metadata": {"annotations": {KEY: signed}}} if signed else {}
    return lambda zone: zone.server.patch(LEDGER, notes | {"spec": {"decisions": decisions}}, user)


def sign(user: str, name: str = "") -> Ask:
    """A signature alone, before anything comes back."""
    return change(user, metadata={"annotations": {KEY: name or user}})


def anew(zone: Zone) -> Answer:
    """The ledger is deleted and made again by an administrator, empty."""
    zone.server.delete(LEDGER, "zoe")
    body = next(
        b for b in zone_manifests() if b["kind"] == "ApprovalLedger" and b["metadata"]["namespace"] == SERVING
    )
    return zone.server.create(body, "zoe")


def born_signed(zone: Zone) -> Answer:
    zone.server.delete(LEDGER, "zoe")
    body = next(
        b for b in zone_manifests() if b["kind"] == "ApprovalLedger" and b["metadata"]["namespace"] == SERVING
    )
    signed = body | {"metadata": body["metadata"] | {"annotations": {KEY: "zoe"}}}
    return zone.server.create(signed, "zoe-any")


RESTORE_TABLE: list[tuple[str, bool, Ask, str]] = [
    ("an administrator makes the ledger anew", YES, anew, ""),
    # only who holds the verb, and none of ours
    ("an approver restores", NO, back("bob", OLD, "bob"), "restored-by"),
    ("a revoker restores", NO, back("ruth", OLD, "ruth"), "restored-by"),
    ("a zone administrator, without the verb", NO, back("zoe", OLD, "zoe"), "restored-by"),
    ("an approver restores without a signature", NO, back("bob", OLD, None), ""),
    ("a stranger", NO, back("erin", OLD, "erin"), "forbidden"),
    *((f"a stolen {name} with every right, restore included", NO, back(user + "-any", OLD, user), "ValidatingAdmissionPolicy")
      for name, user in (("operator", OPERATOR), ("gateway", GATEWAY), ("code service", CODES), ("janitor", JANITOR))),
    ("a stolen code service, without a signature", NO, back(CODES + "-any", OLD, None), "verb approve"),
    ("a stolen operator puts condemnations back, which it may", YES, status(OPERATOR, BAD), ""),
    ("... and the ledger is made anew", YES, anew, ""),
    # how
    ("a restorer who does not sign", NO, back(ROSA, OLD, None), "verb approve"),
    ("a restorer who signs with another name", NO, back(ROSA, OLD, "bob"), "restored-by"),
    ("a code decision vouched for by somebody else", NO, back(ROSA, {digest("x"): code("carol", vouched=ROSA)}), "names the person"),
    ("a code decision of a machine", NO, back(ROSA, {digest("x"): code(OPERATOR)}), "names the person"),
    ("one person on both channels", NO, back(ROSA, {digest("x"): review("bob") | code("bob")}), "two different people"),
    ("an entry without a decision", NO, back(ROSA, {digest("x"): {"egress": []}}), "must hold `review`"),
    ("a restorer lowers the floors on the way", NO, lambda z: z.server.patch(LEDGER, {"metadata": {"annotations": {KEY: ROSA}}, "spec": {"floors": {"withoutEgress": 0, "withEgress": 0}, "decisions": OLD}}, ROSA), "administrator"),
    ("the asker's own decision about a revision that is there", NO, lambda z: back(ROSA, {REFERRED["by-alice"]: review("alice")})(z), "own request"),
    ("condemnations that nobody signed", NO, status(ROSA, BAD), "signs before"),
    ("a restorer signs with another name", NO, sign(ROSA, "bob"), "restored-by"),
    ("an administrator signs", NO, sign("zoe"), "restored-by"),
    ("a restorer signs", YES, sign(ROSA), ""),
    ("... and again, after a cut", YES, sign(ROSA), ""),
    ("another takes the signature over", NO, sign("zoe-any"), "restored-by"),
    ("another condemns under it", NO, status("zoe-any", BAD), "signs before"),
    ("another restores under it", NO, back("zoe-any", OLD, None), ""),
    ("the restorer takes it off", NO, change(ROSA, metadata={"annotations": {KEY: None}}), "restored-by"),
    ("condemnations come first", YES, status(ROSA, BAD), ""),
    ("... and only once", NO, status(ROSA, {digest("another"): "x"}), "only the operator condemns"),
    ("a restorer pardons", NO, status(ROSA, {digest("old bad"): None}), ""),
    ("a restorer restores", YES, back(ROSA, OLD | {digest("old bad"): review("bob")}), ""),
    # once
    ("a restorer restores more", NO, back(ROSA, {digest("more"): review("bob")}), "verb approve"),
    ("another signs after the fact", NO, change("zoe", metadata={"annotations": {KEY: "zoe"}}), "restored-by"),
    ("the signature is taken off", NO, change("zoe", metadata={"annotations": {KEY: None}}), "restored-by"),
    ("what was restored is never rewritten", NO, decide("old one", review("carol"), "carol"), "never rewritten"),
    ("an approver rejects what is new", YES, decide("new", review("bob", "Reject"), "bob"), ""),
    ("a revoker empties the ledger", YES, drop("ruth", "old one", "old no", "old bad", "new"), ""),
    ("a restorer fills what others emptied", NO, back(ROSA, OLD), ""),
    ("a ledger that is made anew and used by an administrator", YES, lambda z: anew(z).allowed() and change("zoe", spec={"separation": "OnePersonTwoChannels"})(z), ""),
    ("a restorer comes second", NO, back(ROSA, OLD), "restored-by"),
    ("... with condemnations, too", NO, status(ROSA, BAD), "only the operator condemns"),
    ("a ledger is born signed", NO, born_signed, "restored-by"),
]  # fmt: skip


class TestRestore:
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def restorer(cls, zone: Zone) -> Iterator[None]:
        """rosa holds the role for as long as it lasts; alice's revision is there."""
        bound(zone, "cupel-ledger-restorer", USER)
        stored = zone.server.get(PATHS["GeneratedTool"].format(SERVING) + "/by-alice")
        eventually(lambda: zone.server.create(revision(stored), OPERATOR), allowed=True).allowed()
        yield
        zone.server.delete(f"{RBAC}/namespaces/{SERVING}/rolebindings/cupel-ledger-restorer")

    @table(RESTORE_TABLE)
    def test_restore(self, zone: Zone, allowed: bool, ask: Ask, fragment: str) -> None:
        judge(ask(zone), allowed, fragment)

    def test_a_full_ledger_comes_back_in_one_write(self, zone: Zone) -> None:
        """2,000 decisions on both channels, and as many condemnations: inside every limit of the API server."""
        many = {
            digest(f"full {n}"): review("bob", egress=["api.test:443"]) | code("carol") for n in range(2000)
        }
        anew(zone).allowed()
        eventually(lambda: sign(ROSA)(zone), allowed=True).allowed()
        eventually(lambda: status(ROSA, dict.fromkeys(many, "rollback"))(zone), allowed=True).allowed()
        back(ROSA, many)(zone).allowed()
        assert len(zone.ledger["spec"]["decisions"]) == len(zone.ledger["status"]["condemned"]) == 2000
        loose = {"spec": {"decisions": {digest("full 1"): None}}}
        zone.server.patch(LEDGER, loose, JANITOR).refused("none that is condemned")
        status("zoe", {digest("full 1"): None})(zone).allowed()
        zone.server.patch(LEDGER, loose, JANITOR).allowed()

    def test_what_was_restored_counts_and_what_is_condemned_stays_so(self, zone: Zone) -> None:
        """The Pods the restored ledger lets through."""
        anew(zone).allowed()
        eventually(lambda: sign(ROSA)(zone), allowed=True).allowed()
        eventually(lambda: status(ROSA, BAD)(zone), allowed=True).allowed()
        back(ROSA, OLD | {digest("old bad"): review("bob") | code("carol")})(zone).allowed()
        zone.soon(OPERATOR, serving_pod(digest("old one")), allowed=True)
        zone.soon(OPERATOR, serving_pod(digest("old bad")), allowed=False, fragment="condemned")
        zone.soon(OPERATOR, serving_pod(digest("old no")), allowed=False, fragment="approved on 0 of 2")
        assert zone.ledger["metadata"]["annotations"][KEY] == ROSA
