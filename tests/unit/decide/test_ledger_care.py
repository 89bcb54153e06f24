"""Which entries of a ledger go: one sentence a row. And: looking again on the same day changes nothing."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest

from cupel.api.approval_ledger import MAX_ENTRIES, ApprovalLedger
from cupel.api.names import UNREFERRED
from cupel.decide.ledger_care import marks_of, marks_text, patch, sweep

TODAY = date(2026, 11, 26)
GRACE = 30
FLOORS = {"withoutEgress": 1, "withEgress": 2}


def digest(word: str) -> str:
    return "sha256-" + hashlib.sha256(word.encode()).hexdigest()


def short(word: str) -> str:
    return digest(word)[7:23]


def said(decision: str = "Approve", code: str = "") -> dict[str, Any]:
    entry: dict[str, Any] = {"review": {"decision": decision, "by": "bob"}}
    return entry | ({"code": {"decision": code, "by": "carol", "vouchedBy": "x"}} if code else {})


def ledger(*, mark: str = "", condemned: bool = False, **entries: Any) -> ApprovalLedger:
    return ApprovalLedger.parse(
        {
            "metadata": {
                "name": "ledger",
                "namespace": "tools",
                "resourceVersion": "7",
                "annotations": {UNREFERRED: mark} if mark else {},
            },
            "spec": {
                "floors": FLOORS,
                "separation": "TwoPeople",
                "decisions": {digest(word): entry for word, entry in entries.items()},
            },
            "status": {"condemned": {digest("a"): "errors"} if condemned else {}},
        }
    )


def marked(days: int, word: str = "a") -> str:
    return f'{{"{TODAY - timedelta(days=days)}":["{short(word)}"]}}'


IN_USE = frozenset({digest("a")})
NOTHING = frozenset[str]()
# fmt: off
TABLE = [
    ("an approval in use stays",                          ledger(a=said()), IN_USE, (), {}),
    ("one that nothing refers to is marked",              ledger(a=said()), NOTHING, (), {"a": 0}),
    ("a marked one waits out its time",                   ledger(a=said(), mark=marked(29)), NOTHING, (), {"a": 29}),
    ("after that it goes",                                ledger(a=said(), mark=marked(30)), NOTHING, ("a",), {}),
    ("one that is used again loses its mark",             ledger(a=said(), mark=marked(30)), IN_USE, (), {}),
    ("a rejection is never marked",                       ledger(a=said("Reject")), NOTHING, (), {}),
    ("a rejection that somebody marked stays",            ledger(a=said("Reject"), mark=marked(99)), NOTHING, (), {}),
    ("a rejection on the other channel counts",           ledger(a=said(code="Reject"), mark=marked(99)), NOTHING, (), {}),
    ("an approval on both channels goes whole",           ledger(a=said(code="Approve"), mark=marked(30)), NOTHING, ("a",), {}),
    ("a condemned one stays, marked or not",              ledger(a=said(), mark=marked(99), condemned=True), NOTHING, (), {}),
    ("a mark of the future is one of today",              ledger(a=said(), mark=marked(-5)), NOTHING, (), {"a": 0}),
    ("a mark that is no JSON is none",                    ledger(a=said(), mark="{"), NOTHING, (), {"a": 0}),
    ("a mark that is a list is none",                     ledger(a=said(), mark="[1]"), NOTHING, (), {"a": 0}),
    ("a mark that is no day is none",                     ledger(a=said(), mark='{"soon":["x"]}'), NOTHING, (), {"a": 0}),
    ("a mark about nothing goes",                         ledger(a=said(), mark=marked(3, "b")), IN_USE, (), {}),
    ("others keep their day",                             ledger(a=said(), b=said(), mark=marked(5)), NOTHING, (), {"a": 5, "b": 0}),
    ("an empty ledger is clean",                          ledger(), NOTHING, (), {}),
]
# fmt: on


@pytest.mark.parametrize(
    ("given", "referred", "removed", "ages"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_sweep(
    given: ApprovalLedger, referred: frozenset[str], removed: tuple[str, ...], ages: dict[str, int]
) -> None:
    found = sweep(given, referred, TODAY, GRACE)
    assert found.removed == tuple(sorted(digest(word) for word in removed))
    assert found.marks == {short(word): TODAY - timedelta(days=age) for word, age in ages.items()}


@pytest.mark.parametrize(("given", "referred"), [row[1:3] for row in TABLE], ids=[row[0] for row in TABLE])
def test_looking_again_changes_nothing(given: ApprovalLedger, referred: frozenset[str]) -> None:
    change = patch(given, sweep(given, referred, TODAY, GRACE))
    if change is None:
        return
    gone = change.get("spec", {}).get("decisions", {})
    note = change["metadata"]["annotations"][UNREFERRED]
    body = given.model_dump(mode="json", by_alias=True, exclude_none=True)
    body["spec"]["decisions"] = {k: v for k, v in body["spec"]["decisions"].items() if k not in gone}
    body["metadata"]["annotations"] = {UNREFERRED: note} if note else {}
    after = ApprovalLedger.parse(body)
    assert patch(after, sweep(after, referred, TODAY, GRACE)) is None


def test_it_writes_only_to_the_ledger_it_saw() -> None:
    given = ledger(a=said(), mark=marked(30))
    change = patch(given, sweep(given, NOTHING, TODAY, GRACE))
    assert change == {
        "metadata": {"resourceVersion": "7", "annotations": {UNREFERRED: None}},
        "spec": {"decisions": {digest("a"): None}},
    }


def test_marks_of_a_full_ledger_fit_in_an_annotation() -> None:
    text = marks_text({short(str(n)): TODAY - timedelta(days=n % 30) for n in range(MAX_ENTRIES)})
    assert text is not None and len(text) < 64 * 1024
    assert len(marks_of(ledger(mark=text))) == MAX_ENTRIES
