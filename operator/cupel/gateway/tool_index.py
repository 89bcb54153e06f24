"""What a caller's words find among the tools they may call; the index follows the catalogue, tool by tool."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cupel.wishes.search import FITS, Document, Index

from .asking_words import Fitting
from .catalogue import Catalogue
from .entry import Entry
from .naming import View

MOST = 5


class _Known(NamedTuple):
    """The index of one namespace, and the digest of each tool in it."""

    tools: Index = Index.of(())
    digests: Mapping[str, str] = {}


class ToolIndex:
    """One index for each namespace, so that nobody's ranking tells of tools they cannot see.

    Words are counted in a thread: thousands of tools take seconds, in which others go on calling.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[str, _Known] = {}
        self._stale: set[str] = set()
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        catalogue.on_change(self._changed)

    async def keep(self) -> None:
        """Follow the catalogue until cancelled, so that who asks need not wait for it."""
        while True:
            await self._news.wait()
            self._news.clear()
            await self._catch_up(tuple(self._stale))

    async def near(self, view: View, wish: str, most: int = MOST) -> tuple[Fitting, ...]:
        """The tools of a view that come nearest, best first, by the names the caller uses."""
        names = {(entry.namespace, entry.tool_name): (name, entry) for name, entry in view.found}
        spaces = sorted({entry.namespace for _, entry in view.found})
        await self._catch_up(spaces)
        found = []
        for namespace in spaces:
            known = self._known.get(namespace, _Known())
            for hit in await asyncio.to_thread(known.tools.search, wish, most):
                if (namespace, hit.name) in names:
                    found.append((hit.score, *names[namespace, hit.name]))
        found.sort(key=lambda one: (-one[0], one[1]))
        return tuple(_fitting(*one) for one in found[:most])

    def _changed(self, namespaces: frozenset[str]) -> None:
        self._stale |= namespaces
        self._news.set()

    async def _catch_up(self, namespaces: Iterable[str]) -> None:
        async with self._turn:
            for namespace in self._stale.intersection(namespaces):
                self._stale.discard(namespace)
                try:
                    self._known[namespace] = await self._counted(namespace)
                except asyncio.CancelledError:
                    self._stale.add(namespace)
                    raise
                if not self._known[namespace].digests:
                    del self._known[namespace]

    async def _counted(self, namespace: str) -> _Known:
        found = self._catalogue.entries.get(namespace, {})
        entries = {name: entry for name, entry in found.items() if not (entry.missing or entry.retired)}
        return await asyncio.to_thread(_updated, self._known.get(namespace, _Known()), entries)


def fits(found: Fitting) -> bool:
    """Whether a tool is near enough to be the answer."""
    return found.score_per_mille >= round(1000 * FITS)


def _updated(known: _Known, entries: Mapping[str, Entry]) -> _Known:
    """With only the tools counted that changed; anew when those are most of them."""
    now = {name: entry.digest for name, entry in entries.items()}
    new = [name for name, digest in now.items() if known.digests.get(name) != digest]
    if len(new) > len(now) // 2:
        return _Known(Index.of(_document(entry) for entry in entries.values()), now)
    index = known.tools
    for name in known.digests.keys() - now.keys():
        index = index.without(name)
    for name in new:
        index = index.with_(_document(entries[name]))
    return _Known(index, now)


def _fitting(score: float, name: str, entry: Entry) -> Fitting:
    return Fitting(
        name=name,
        namespace=entry.namespace,
        tool_name=entry.tool_name,
        description=entry.proven.description,
        score_per_mille=round(1000 * score),
    )


def _document(entry: Entry) -> Document:
    properties = entry.proven.input_schema.get("properties")
    names = tuple(properties) if isinstance(properties, dict) else ()
    return Document(entry.tool_name, entry.proven.description, names)
