"""From a revision that waits, through a pull request, to a decision that the API server takes, or does not."""

from __future__ import annotations

import pytest
from tests.contract.pulls.desk import CODE, Desk, sha256
from tests.support.github import PullRequest

from cupel.decide.pull_files import MOST_ATTEMPTS

pytestmark = pytest.mark.apiserver


async def test_a_revision_that_waits_is_pushed_and_shown_once(desk: Desk) -> None:
    digest = desk.asked("shown")

    await desk.settled()
    await desk.start()
    await desk.settled()

    (pull,) = desk.of(digest)
    folder = f"{desk.zone.namespace}/shown"
    assert sha256(desk.host.file(pull.head, f"{folder}/bundle.json")) == digest
    assert desk.host.file(pull.head, f"{folder}/tool.py").startswith(b"def run(text: str)")
    assert desk.host.file(pull.head, f"{folder}/digest") == f"{digest}\n".encode()
    assert digest in pull.body and "asked for by: `alice`" in pull.body
    assert "written by a person" in pull.body and "channels asked for: 1" in pull.body


@pytest.mark.parametrize("squash", [False, True], ids=["by a merge commit", "squashed"])
async def test_a_merge_approves_in_the_name_of_who_merged(desk: Desk, squash: bool) -> None:
    digest = desk.asked(f"merged-{squash}".lower())
    await desk.round()
    (pull,) = desk.of(digest)

    desk.host.merge(pull.number, "octo-bob", squash=squash)
    await desk.settled()

    entry = desk.entry(digest)
    assert entry["egress"] == [] and "code" not in entry
    said = entry["review"]
    assert (said["decision"], said["by"], said["pullRequest"]) == ("Approve", "bob", pull.number)
    assert len(desk.comments(pull)) == 1 and "Recorded" in desk.comments(pull)[0]
    assert len(desk.of(digest)) == 1


async def test_closing_without_a_merge_rejects(desk: Desk) -> None:
    digest = desk.asked("closed")
    await desk.round()
    (pull,) = desk.of(digest)

    desk.host.close(pull.number, "octo-carol")
    await desk.settled()

    said = desk.entry(digest)["review"]
    assert (said["decision"], said["by"]) == ("Reject", "carol")


VOID = {
    "stranger-merges": ("stranger", "merge", "none of the reviewers"),
    "stranger-closes": ("stranger", "close", "none of the reviewers"),
    "asker-merges": ("octo-alice", "merge", "nobody decides about their own request"),
    "asker-closes": ("octo-alice", "close", "nobody decides about their own request"),
    "without-right": ("octo-erin", "merge", "erin may not approve"),
}
"""Account, what it does, words of the comment. alice may approve, and asked for it: the API server refuses her."""


@pytest.mark.parametrize("what", VOID)
async def test_what_decides_nothing_says_so_and_another_takes_its_place(desk: Desk, what: str) -> None:
    who, act, words = VOID[what]
    digest = desk.asked(what)
    await desk.round()
    (pull,) = desk.of(digest)

    ended(desk, pull, act, who)
    await desk.settled()

    assert desk.entry(digest) == {}
    (said,) = desk.comments(pull)
    assert words in said and "decides nothing" in said
    assert [each.state for each in desk.of(digest)] == ["closed", "open"]
    desk.host.merge(desk.of(digest)[1].number, "octo-bob")
    await desk.settled()
    assert desk.entry(digest)["review"]["by"] == "bob"


def ended(desk: Desk, pull: PullRequest, act: str, who: str) -> None:
    if act == "merge":
        desk.host.merge(pull.number, who)
    else:
        desk.host.close(pull.number, who)


async def test_a_commit_that_somebody_adds_makes_it_void(desk: Desk) -> None:
    digest = desk.asked("foreign-open")
    await desk.round()
    (pull,) = desk.of(digest)

    desk.host.push_commit(pull.head)
    await desk.settled()

    assert "which is not what Cupel pushes" in desk.comments(pull)[0]
    assert [each.state for each in desk.of(digest)] == ["closed", "open"]
    assert desk.of(digest)[1].head != pull.head


async def test_a_commit_that_was_added_and_taken_away_makes_it_void(desk: Desk) -> None:
    """All between two looks: a reviewer read something else than what is merged."""
    digest = desk.asked("exchanged")
    await desk.round()
    (pull,) = desk.of(digest)
    ours = desk.host.branch(pull.head)

    desk.host.push_commit(pull.head)
    desk.host.force(pull.head, ours)
    desk.host.merge(pull.number, "octo-bob")
    await desk.settled()

    assert desk.entry(digest) == {}
    assert "forced onto its branch" in desk.comments(pull)[0]
    assert [each.state for each in desk.of(digest)] == ["closed", "open"]


@pytest.mark.parametrize("how", ["head", "base", "merge"])
async def test_a_merge_of_anything_else_decides_nothing(desk: Desk, how: str) -> None:
    """A reviewer merges before we look: a commit was added to the branch, or below it, or the merge holds more."""
    digest = desk.asked(f"foreign-{how}")
    await desk.round()
    (pull,) = desk.of(digest)

    tree = None
    if how == "merge":
        other = desk.host.push_commit(pull.base)
        tree = desk.host.repo[other.encode()].tree
    else:
        desk.host.push_commit(pull.head if how == "head" else pull.base)
    desk.host.merge(pull.number, "octo-bob", tree=tree)
    await desk.settled()

    assert desk.entry(digest) == {}
    assert "exactly what was pushed" in desk.comments(pull)[0]
    assert [each.state for each in desk.of(digest)] == ["closed", "open"]


async def test_what_is_void_stays_void_when_the_ledger_names_the_account_later(desk: Desk) -> None:
    digest = desk.asked("named-later")
    await desk.round()
    (pull,) = desk.of(digest)
    desk.host.merge(pull.number, "stranger")
    await desk.settled()
    path = desk.zone.path("ApprovalLedger", "ledger")
    named = desk.zone.ledger["spec"]["pullRequests"]["reviewers"]
    added = [*named, {"account": 99, "login": "stranger", "person": "carol", "groups": ["cupel-approvers"]}]

    desk.zone.server.patch(path, {"spec": {"pullRequests": {"reviewers": added}}}, "zoe").allowed()
    await desk.start()
    await desk.settled()

    desk.zone.server.patch(path, {"spec": {"pullRequests": {"reviewers": named}}}, "zoe").allowed()
    assert desk.entry(digest) == {}


async def test_voiding_again_and_again_ends(desk: Desk) -> None:
    digest = desk.asked("stubborn")
    for _ in range(MOST_ATTEMPTS + 2):
        await desk.round()
        for pull in desk.of(digest):
            if pull.state == "open":
                desk.host.merge(pull.number, "stranger")
    await desk.settled()

    assert len(desk.of(digest)) == MOST_ATTEMPTS
    assert "No further one is opened" in desk.comments(desk.of(digest)[-1])[0]


async def test_a_second_channel_is_still_needed_and_is_another_person_s(desk: Desk) -> None:
    digest = desk.asked("two-channels", needed=2)
    await desk.round()
    desk.zone.code_channel(digest, "bob")
    desk.host.merge(desk.of(digest)[0].number, "octo-bob")
    await desk.settled()
    assert "review" not in desk.entry(digest)
    assert "two different people" in desk.comments(desk.of(digest)[0])[0]

    desk.host.merge(desk.of(digest)[1].number, "octo-carol")
    await desk.settled()

    assert (desk.entry(digest)["review"]["by"], desk.entry(digest)["code"]["by"]) == ("carol", "bob")


async def test_the_second_revision_is_shown_as_changes_of_the_first(desk: Desk) -> None:
    first = desk.asked("changed", text="one")
    await desk.round()
    desk.host.merge(desk.of(first)[0].number, "octo-bob")
    await desk.settled()

    second = desk.asked("changed", text="two")
    await desk.settled()

    (pull,) = desk.of(second)
    path = f"{desk.zone.namespace}/changed/tool.py"
    assert desk.host.file(pull.base, path) == (CODE % "one").encode()
    assert desk.host.file(pull.head, path) == (CODE % "two").encode()
