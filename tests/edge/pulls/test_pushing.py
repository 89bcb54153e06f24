"""Commits of a revision, made again and again, and pushed to a real git server."""

from __future__ import annotations

from pathlib import Path

import pytest
from dulwich.objects import Commit
from tests.support.github import TOKEN, GitHub
from tests.unit.decide.builders import revision, tool

from cupel.decide.pull_files import branch_of
from cupel.pulls.commits import made
from cupel.pulls.problems import Away, Refused
from cupel.pulls.pushing import Pusher
from cupel.pulls.token import Token

OTHER = tool(code="def run(text: str) -> dict:\n    return {'words': 1}\n")
BRANCH = branch_of("cupel", "tools", "word-count", revision().spec.digest, 1)


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(TOKEN)
    return path


def test_the_same_revision_makes_the_same_commits_and_another_others() -> None:
    same = {made(revision(), None).pushed for _ in range(2)}
    others = [made(revision(OTHER), None), made(revision(), revision(OTHER)), made(revision(created="2030-01-01T11:00:01Z"), None)]  # fmt: skip

    assert len(same) == 1
    assert len(same | {each.pushed for each in others}) == 4
    assert made(revision(), revision(OTHER)).pushed.tree == made(revision(), None).pushed.tree


async def test_what_is_pushed_is_there_whole(served: tuple[GitHub, str, str], token: Path) -> None:
    host, _, url = served
    pushed = made(revision(), revision(OTHER))

    await Pusher(url, Token(str(token)), 60).push("acme/tools", BRANCH, pushed)

    assert (host.branch(BRANCH.base), host.branch(BRANCH.head)) == (pushed.pushed.base, pushed.pushed.head)
    head = host.repo[pushed.pushed.head.encode()]
    assert isinstance(head, Commit)
    assert (head.tree.decode(), [p.decode() for p in head.parents]) == (
        pushed.pushed.tree,
        [pushed.pushed.base],
    )
    assert host.file(BRANCH.base, "tools/word-count/tool.py") == OTHER.code.encode()
    assert host.file(BRANCH.head, "tools/word-count/tool.py") == revision().spec.bundle.code.encode()


async def test_pushing_again_sends_nothing_and_puts_a_foreign_commit_right(
    served: tuple[GitHub, str, str], token: Path
) -> None:
    host, _, url = served
    pusher, pushed = Pusher(url, Token(str(token)), 60), made(revision(), None)
    await pusher.push("acme/tools", BRANCH, pushed)
    before = host.pushes

    await pusher.push("acme/tools", BRANCH, pushed)
    assert host.pushes == before
    host.push_commit(BRANCH.head)
    await pusher.push("acme/tools", BRANCH, pushed)

    assert host.branch(BRANCH.head) == pushed.pushed.head


async def test_a_wrong_token_a_wrong_repository_and_no_server(
    served: tuple[GitHub, str, str], token: Path
) -> None:
    _, _, url = served
    pushed = made(revision(), None)

    with pytest.raises(Refused, match="cannot be pushed to"):
        await Pusher(url, Token(str(token)), 60).push("acme/other", BRANCH, pushed)
    token.write_text("ghs_wrong-token")
    with pytest.raises(Refused, match="token is not accepted") as refused:
        await Pusher(url, Token(str(token)), 60).push("acme/tools", BRANCH, pushed)
    assert "ghs_wrong-token" not in str(refused.value)
    with pytest.raises(Away, match="the push to acme/tools failed"):
        await Pusher("http://127.0.0.1:1", Token(str(token)), 2).push("acme/tools", BRANCH, pushed)
