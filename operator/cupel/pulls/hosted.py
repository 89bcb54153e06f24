"""Pull requests at the host, in our words. What the host says is read by name and type."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

from cupel.decide.pull_text import mark_of
from cupel.decide.pulls import Account, Merged, Pull

from .github import Host
from .problems import Away

PAGE = 100
MOST_PAGES = 50
NOBODY = 0
"""Author of what an account that is gone opened."""


class Pulls:
    """Raises Away and Refused, everywhere."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._me: int | None = None

    async def me(self) -> int:
        """Number of our own account."""
        if self._me is None:
            self._me = _account((await self._host.get("/user")).body).number
        return self._me

    async def of(self, repository: str, branch: str) -> tuple[Pull, ...]:
        """Ours from this branch, newest first."""
        owner = repository.partition("/")[0]
        query = urlencode({"state": "all", "head": f"{owner}:{branch}", "per_page": PAGE})
        answer = await self._host.get(f"/repos/{repository}/pulls?{query}")
        me = await self.me()
        found = [pull for pull in map(_pull, _list(answer.body)) if pull.author == me]
        return tuple(sorted(found, key=lambda pull: pull.number, reverse=True))

    async def opened(self, repository: str) -> AsyncIterator[Pull]:
        """Ours that are open."""
        me = await self.me()
        for page in range(1, MOST_PAGES + 1):
            query = urlencode({"state": "open", "per_page": PAGE, "page": page})
            answer = await self._host.get(f"/repos/{repository}/pulls?{query}")
            for pull in map(_pull, _list(answer.body)):
                if pull.author == me:
                    yield pull
            if not answer.more:
                return

    async def one(self, repository: str, number: int) -> Pull:
        return _pull((await self._host.get(f"/repos/{repository}/pulls/{number}")).body)

    async def ended_by(self, repository: str, pull: Pull) -> Account | None:
        """Who merged or closed it."""
        kind, field = ("pulls", "merged_by") if pull.merged else ("issues", "closed_by")
        body = _dict((await self._host.get(f"/repos/{repository}/{kind}/{pull.number}")).body)
        return _account(body[field]) if body.get(field) else None

    async def merged(self, repository: str, commit: str) -> Merged:
        body = _dict((await self._host.get(f"/repos/{repository}/git/commits/{quote(commit)}")).body)
        parents = tuple(_text(_dict(each), "sha") for each in _list(body.get("parents")))
        return Merged(_text(_dict(body.get("tree")), "sha"), parents)

    async def marks(self, repository: str, number: int) -> frozenset[str]:
        """Marks of our own comments: what was said already."""
        me, found = await self.me(), set[str]()
        for page in range(1, MOST_PAGES + 1):
            query = urlencode({"per_page": PAGE, "page": page})
            answer = await self._host.get(f"/repos/{repository}/issues/{number}/comments?{query}")
            for body in map(_dict, _list(answer.body)):
                if body.get("user") and _account(body["user"]).number == me:
                    found.add(mark_of(str(body.get("body", ""))))
            if not answer.more:
                break
        return frozenset(found - {""})

    async def open(self, repository: str, head: str, base: str, title: str, body: str) -> int:
        asked = {
            "title": title,
            "body": body,
            "head": head,
            "base": base,
            "maintainer_can_modify": False,
        }
        made = _dict(await self._host.post(f"/repos/{repository}/pulls", asked))
        return _whole(made, "number")

    async def comment(self, repository: str, number: int, text: str) -> None:
        await self._host.post(f"/repos/{repository}/issues/{number}/comments", {"body": text})

    async def close(self, repository: str, number: int) -> None:
        await self._host.patch(f"/repos/{repository}/pulls/{number}", {"state": "closed"})


def _pull(body: Any) -> Pull:
    found = _dict(body)
    head, base = _dict(found.get("head")), _dict(found.get("base"))
    state, where = _text(found, "state"), head.get("repo") or {}
    if state not in ("open", "closed"):
        raise Away(f"the host names a state that is not known: {state[:40]}")
    merged = found.get("merged_at") is not None
    return Pull(
        number=_whole(found, "number"),
        author=_account(found["user"]).number if found.get("user") else NOBODY,
        state="open" if state == "open" else "closed",
        merged=merged,
        head_branch=_text(head, "ref"),
        head_repository=str(_dict(where).get("full_name", "")),
        head=_text(head, "sha"),
        base_branch=_text(base, "ref"),
        merge_commit=str(found.get("merge_commit_sha") or "") if merged else "",
    )


def _account(body: Any) -> Account:
    found = _dict(body)
    return Account(_whole(found, "id"), _text(found, "login"))


def _dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Away("the host's answer has another form than is known")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Away("the host's answer has another form than is known")
    return value


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise Away(f"the host's answer has no `{name}` of the known form")
    return value


def _whole(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Away(f"the host's answer has no `{name}` of the known form")
    return value
