"""Pull requests at the host, in our words. What the host says is read by name and type."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from cupel.decide.pull_text import mark_of
from cupel.decide.pulls import Account, History, Merged, Pull

from .github import Host
from .problems import Away

PAGE = 10
"""Ten texts of the greatest length that the host takes are one answer that we take: see github.MOST_BYTES."""
MOST_PAGES = 500
EVENTS = 100
MOST_EVENT_PAGES = 10
"""Events are short. More than these are nobody's review."""
NOBODY = 0
"""Author of what an account that is gone opened."""


class Pulls:
    """Raises Away and Refused, everywhere."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._me: tuple[str, int] | None = None

    @property
    def answered(self) -> int:
        """Requests that did what they were to do, since the start."""
        return self._host.answered

    async def me(self) -> int:
        """Number of our own account: asked once for each token, for a new one may be another account's."""
        mark = self._host.account_mark()
        if self._me is None or self._me[0] != mark:
            self._me = (mark, _account((await self._host.get("/user")).body).number)
        return self._me[1]

    async def of(self, repository: str, branch: str) -> tuple[Pull, ...]:
        """Ours from this branch, newest first."""
        head = f"{repository.partition('/')[0]}:{branch}"
        query = {"state": "all", "head": head, "sort": "created", "direction": "asc"}
        me = await self.me()
        found = [_pull(body) async for body in self._pages(f"/repos/{repository}/pulls", query)]
        ours = [pull for pull in found if pull.author == me]
        return tuple(sorted(ours, key=lambda pull: pull.number, reverse=True))

    async def opened(self, repository: str) -> AsyncIterator[Pull]:
        """Ours that are open."""
        me = await self.me()
        async for body in self._pages(f"/repos/{repository}/pulls", {"state": "open"}):
            if (pull := _pull(body)).author == me:
                yield pull

    async def history(self, repository: str, number: int) -> History:
        """What was done to it since it was opened."""
        pages = self._pages(f"/repos/{repository}/issues/{number}/events", {}, EVENTS, MOST_EVENT_PAGES)
        found = [_text(_dict(body), "event") async for body in pages]
        return History(frozenset(found), len(found) < EVENTS * MOST_EVENT_PAGES)

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
        async for each in self._pages(f"/repos/{repository}/issues/{number}/comments", {}):
            body = _dict(each)
            if body.get("user") and _account(body["user"]).number == me:
                found.add(mark_of(str(body.get("body", ""))))
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

    async def _pages(
        self, path: str, query: Mapping[str, str], size: int = PAGE, most: int = MOST_PAGES
    ) -> AsyncIterator[Any]:
        """What a list holds, page after page."""
        for page in range(1, most + 1):
            asked = urlencode({**query, "per_page": size, "page": page})
            answer = await self._host.get(f"{path}?{asked}")
            for body in _list(answer.body):
                yield body
            if not answer.more:
                return


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
