"""What a pull request comes to: it waits, it decides, it is void, or it is over. Pure.

Only facts of the host and of commits count here, never what somebody wrote into a title, a body or a comment.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from cupel.api.approval_ledger import PullReviewer

from .harmless import one_line
from .pull_files import Branch

Decision = Literal["Approve", "Reject"]


@dataclass(frozen=True)
class Pushed:
    """The commits of one pull request as we make them, every time the same: git's own names of them."""

    base: str
    head: str
    tree: str
    """Of the head: all content."""


@dataclass(frozen=True)
class Account:
    """Somebody at the git host."""

    number: int
    login: str


@dataclass(frozen=True)
class Pull:
    """A pull request as the host tells it."""

    number: int
    author: int
    state: Literal["open", "closed"]
    merged: bool
    head_branch: str
    head_repository: str
    """`owner/name` of the repository that the branch is in; empty when that is gone."""
    head: str
    base_branch: str
    merge_commit: str
    """What the base branch got by the merge; empty where nothing was merged."""


@dataclass(frozen=True)
class Merged:
    """The commit that a merge made."""

    tree: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class History:
    """What was done to a pull request since it was opened."""

    events: frozenset[str]
    """By the host's words for them; what we do not know says nothing."""
    whole: bool
    """Whether these are all."""


@dataclass(frozen=True)
class Waits:
    """Nobody merged or closed it."""


@dataclass(frozen=True)
class Over:
    """We closed it ourselves: it decides nothing, and nothing is to be said of it."""


@dataclass(frozen=True)
class Void:
    """It decides nothing, and `why` is told."""

    why: str


@dataclass(frozen=True)
class Decided:
    """Somebody whom the zone's administrator named merged or closed it."""

    decision: Decision
    reviewer: PullReviewer


@dataclass(frozen=True)
class Ours:
    """What a pull request must be to be ours."""

    account: int
    """The number of our own account."""
    repository: str
    branch: Branch
    pushed: Collection[Pushed]
    """One for each base there may be: nothing, or a revision that people approved."""


def foreign(pull: Pull, ours: Ours) -> str:
    """Why this is not what we pushed; empty when it is."""
    if pull.head_repository.lower() != ours.repository.lower() or pull.head_branch != ours.branch.head:
        return "its branch is not the one that was pushed"
    if pull.base_branch != ours.branch.base:
        return f"it goes to the branch {one_line(pull.base_branch)[:100]}, not to {ours.branch.base}"
    if pull.head not in {each.head for each in ours.pushed}:
        return f"its branch holds the commit {pull.head[:12]}, which is not what Cupel pushes for this digest"
    return ""


EXCHANGED = {
    "head_ref_force_pushed": "other commits were forced onto its branch, or off it",
    "head_ref_restored": "its branch was deleted and put back",
    "base_ref_changed": "it was pointed at another base",
    "base_ref_force_pushed": "other commits were forced onto its base, or off it",
}
"""Events that we never cause, after which people may have read something else than is there now."""


def exchanged(history: History) -> str:
    """Why it may have shown something else for a time; empty when it did not.

    A commit that is added and stays is seen in the branch itself; taking it away again needs one of these.
    """
    if not history.whole:
        return "more was done to it than can be looked through"
    return next((why for event, why in EXCHANGED.items() if event in history.events), "")


def of_open(pull: Pull, ours: Ours, history: History) -> Waits | Void:
    """What an open one comes to."""
    why = foreign(pull, ours) or exchanged(history)
    return Void(f"{why}. A review is of exactly what was pushed") if why else Waits()


def of_closed(
    pull: Pull,
    ours: Ours,
    history: History,
    who: Account | None,
    merged: Merged | None,
    reviewers: Collection[PullReviewer],
) -> Decided | Void | Over:
    """What a closed one comes to. `who` merged or closed it; None where the host does not say."""
    if not pull.merged and who is not None and who.number == ours.account:
        return Over()
    otherwise = _merged_otherwise(pull, ours, merged) if pull.merged else ""
    if why := foreign(pull, ours) or otherwise or exchanged(history):
        return Void(f"{why}. A review is of exactly what was pushed")
    if who is None:
        return Void("the git host does not say who ended it")
    reviewer = next((each for each in reviewers if each.account == who.number), None)
    if reviewer is None:
        return Void(
            f"account {one_line(who.login)[:64]} (number {who.number}) is none of the reviewers that the "
            f"namespace's ledger names in spec.pullRequests.reviewers"
        )
    return Decided("Approve" if pull.merged else "Reject", reviewer)


def _merged_otherwise(pull: Pull, ours: Ours, merged: Merged | None) -> str:
    """Why the merge is not one of what was pushed into what was pushed; empty when it is."""
    if merged is None:
        return "the commit of its merge cannot be found"
    made = [each for each in ours.pushed if each.head == pull.head]
    if not any(merged.tree == each.tree and merged.parents[:1] == (each.base,) for each in made):
        return f"the merge made the commit {pull.merge_commit[:12]}, which holds something else"
    return ""
