"""What a pull request comes to, one sentence a row: facts of the host and of commits decide, and nothing that was written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cupel.api.approval_ledger import PullReviewer
from cupel.decide.pull_files import Branch, branch_named, branch_of
from cupel.decide.pulls import (
    Account,
    Decided,
    History,
    Merged,
    Ours,
    Over,
    Pull,
    Pushed,
    Void,
    Waits,
    of_closed,
    of_open,
)

BRANCH = branch_of("cupel", "tools", "word-count", "sha256-" + "ab" * 32, 1)
EMPTY, SECOND = Pushed("b0", "h0", "t0"), Pushed("b1", "h1", "t0")
OURS = Ours(9, "acme/tools", BRANCH, (EMPTY, SECOND))
BOB = PullReviewer(account=12, login="octo-bob", person="bob")
OPEN = Pull(7, 9, "open", False, BRANCH.head, "acme/tools", "h0", BRANCH.base, "")
MERGED = replace(OPEN, state="closed", merged=True, merge_commit="m")
CLOSED = replace(OPEN, state="closed")
WHO, STRANGER, US = Account(12, "octo-bob"), Account(99, "bob"), Account(9, "cupel-bot")
GOOD = Merged("t0", ("b0", "h0"))
CALM = History(frozenset({"labeled", "head_ref_deleted", "merged", "closed", "a word of tomorrow"}), True)
YES, NO = Decided("Approve", BOB), Decided("Reject", BOB)

AS_OPEN: list[tuple[str, Pull, str]] = [
    ("nobody did anything", OPEN, ""),
    ("it was made over what was approved before", replace(OPEN, head="h1"), ""),
    ("the repository's name in other capitals is the same", replace(OPEN, head_repository="Acme/Tools"), ""),
    ("a commit was added", replace(OPEN, head="evil"), "holds the commit evil"),
    ("it was pointed at another base", replace(OPEN, base_branch="main"), "goes to the branch main"),
    ("it comes from a fork", replace(OPEN, head_repository="evil/tools"), "not the one that was pushed"),
    ("the fork is gone", replace(OPEN, head_repository=""), "not the one that was pushed"),
    ("it is of another attempt", replace(OPEN, head_branch=BRANCH.head + "0"), "not the one that was pushed"),
]


@pytest.mark.parametrize(("pull", "why"), [row[1:] for row in AS_OPEN], ids=[row[0] for row in AS_OPEN])
def test_an_open_one(pull: Pull, why: str) -> None:
    found = of_open(pull, OURS, CALM)

    assert found == Waits() if not why else isinstance(found, Void) and why in found.why


AS_CLOSED: list[tuple[str, Pull, Account | None, Merged | None, Decided | Over | str]] = [
    ("merged by a reviewer", MERGED, WHO, GOOD, YES),
    ("squashed or rebased by a reviewer", MERGED, WHO, Merged("t0", ("b0",)), YES),
    ("merged over what was approved before", replace(MERGED, head="h1"), WHO, Merged("t0", ("b1", "h1")), YES),
    ("closed by a reviewer", CLOSED, WHO, None, NO),
    ("closed by ourselves", CLOSED, US, None, Over()),
    ("merged by ourselves: a token that somebody stole", MERGED, US, GOOD, "none of the reviewers"),
    ("merged by a stranger who took a reviewer's person as login", MERGED, STRANGER, GOOD, "none of the reviewers"),
    ("the reviewer's account was renamed: its number counts", MERGED, Account(12, "other"), GOOD, YES),
    ("another account took the reviewer's login", MERGED, Account(98, "octo-bob"), GOOD, "none of the reviewers"),
    ("closed by a stranger", CLOSED, STRANGER, None, "none of the reviewers"),
    ("the host does not say by whom it was merged", MERGED, None, GOOD, "does not say"),
    ("the host does not say by whom it was closed", CLOSED, None, None, "does not say"),
    ("a reviewer merged a commit that was added", replace(MERGED, head="evil"), WHO, Merged("te", ("b0", "evil")), "holds the commit evil"),
    ("a reviewer merged, and the merge holds more", MERGED, WHO, Merged("te", ("b0", "h0")), "something else"),
    ("a reviewer merged into a base that was changed", MERGED, WHO, Merged("t0", ("bx", "h0")), "something else"),
    ("a reviewer merged over the base of another comparison", MERGED, WHO, Merged("t0", ("b1", "h0")), "something else"),
    ("the commit of the merge is not there", MERGED, WHO, None, "cannot be found"),
    ("a merge without parents", MERGED, WHO, Merged("t0", ()), "something else"),
    ("a reviewer closed it after a commit was added", replace(CLOSED, head="evil"), WHO, None, "holds the commit evil"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("pull", "who", "merged", "wanted"), [row[1:] for row in AS_CLOSED], ids=[row[0] for row in AS_CLOSED]
)
def test_a_closed_one(
    pull: Pull, who: Account | None, merged: Merged | None, wanted: Decided | Over | str
) -> None:
    found = of_closed(pull, OURS, CALM, who, merged, (BOB,))

    if isinstance(wanted, str):
        assert isinstance(found, Void) and wanted in found.why
    else:
        assert found == wanted


EXCHANGED: list[tuple[str, History, str]] = [
    ("a commit was added and taken away", History(frozenset({"head_ref_force_pushed"}), True), "forced onto its branch"),
    ("its branch was deleted and put back", History(frozenset({"head_ref_restored", "reopened"}), True), "put back"),
    ("it was pointed at another base and back", History(frozenset({"base_ref_changed"}), True), "another base"),
    ("its base was exchanged and put back", History(frozenset({"base_ref_force_pushed"}), True), "forced onto its base"),
    ("it was buried in labels", History(frozenset({"labeled"}), False), "can be looked through"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("history", "why"), [row[1:] for row in EXCHANGED], ids=[row[0] for row in EXCHANGED]
)
def test_what_showed_something_else_for_a_time_decides_nothing(history: History, why: str) -> None:
    found = [
        of_open(OPEN, OURS, history),
        of_closed(MERGED, OURS, history, WHO, GOOD, (BOB,)),
        of_closed(CLOSED, OURS, history, WHO, None, (BOB,)),
    ]

    assert [isinstance(each, Void) and why in each.why for each in found] == [True, True, True]
    assert of_closed(CLOSED, OURS, history, US, None, (BOB,)) == Over()


def test_a_branch_is_read_back_from_its_name() -> None:
    assert branch_named("cupel", BRANCH.head) == BRANCH
    assert BRANCH.head != BRANCH.base


@pytest.mark.parametrize(
    "name",
    ["main", BRANCH.base, BRANCH.head + "/x", BRANCH.head.replace("ab", "zz"), "x" + BRANCH.head, BRANCH.head + "x"],
)  # fmt: skip
def test_other_branches_are_nobody_s(name: str) -> None:
    assert branch_named("cupel", name) is None


def test_clusters_with_their_own_prefix_do_not_meet() -> None:
    other = Branch("east", "tools", "word-count", BRANCH.digits, 1)

    assert branch_named("cupel", other.head) is None and branch_named("east", other.head) == other
