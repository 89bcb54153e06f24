"""The tools that serve in a namespace as an index, kept tool by tool; and which gaps one may answer.

A tool's change costs one look at each gap's words, not a search for each gap.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from cupel.api.common import JsonObject
from cupel.wishes.search import Document, Index
from cupel.wishes.words import words

from .cluster import Cluster
from .resources import CAPABILITY_GAP, GENERATED_TOOL, TOOL_REVISION
from .stores import Stored

EMPTY = Index.of(())
NEAREST_GAPS = 50
"""So many gaps, those that share most words with a tool, look again when it begins to serve."""


@dataclass
class Shelf:
    """One namespace: the index, and of what it was made."""

    turn: int = -1
    index: Index = EMPTY
    held: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By GeneratedTool: MCP name and digest."""


@dataclass
class Served:
    """All namespaces."""

    shelves: dict[str, Shelf] = field(default_factory=dict)

    def index(self, cluster: Cluster, namespace: str) -> Index:
        """The same object as long as nothing changed."""
        turn = cluster[GENERATED_TOOL].turns[namespace]
        shelf = self.shelves.setdefault(namespace, Shelf())
        if shelf.turn != turn:
            _update(shelf, cluster, namespace)
            shelf.turn = turn
        return shelf.index


def _update(shelf: Shelf, cluster: Cluster, namespace: str) -> None:
    now = {found.name: found.once(_serving) for found in cluster[GENERATED_TOOL].within(namespace)}
    held = {name: (tool_name, digest) for name, (tool_name, digest, _) in now.items() if digest}
    new = [name for name, what in held.items() if shelf.held.get(name) != what]
    gone = [what for name, what in shelf.held.items() if held.get(name) != what]
    if len(new) > len(held) // 2:
        shelf.index = Index.of(_documents(cluster, namespace, now, held))
    else:
        for tool_name, _ in gone:
            shelf.index = shelf.index.without(tool_name)
        for document in _documents(cluster, namespace, now, new):
            shelf.index = shelf.index.with_(document)
    shelf.held = held


def _documents(
    cluster: Cluster,
    namespace: str,
    now: dict[str, tuple[str, str, str]],
    which: list[str] | dict[str, tuple[str, str]],
) -> Iterator[Document]:
    for name in which:
        found = cluster[TOOL_REVISION].get(namespace, now[name][2])
        if found is not None:
            yield _document(now[name][0], found.body()["spec"]["bundle"])


def _serving(tool: Stored) -> tuple[str, str, str]:
    """MCP name, digest and revision that serve; empty ones when nothing does."""
    body = tool.body()
    serving = body.get("status", {}).get("serving")
    if tool.deleting or not serving or body["spec"].get("lifecycle") == "Retired":
        return "", "", ""
    return tool_name_of(body), serving["digest"], serving["revision"]


def tool_name_of(tool: JsonObject) -> str:
    name: str = tool["spec"].get("interface", {}).get("toolName") or tool["metadata"]["name"]
    return name


def _document(tool_name: str, bundle: JsonObject) -> Document:
    properties = bundle["interface"]["inputSchema"].get("properties")
    names = tuple(properties) if isinstance(properties, dict) else ()
    return Document(tool_name, bundle["description"], names)


def gaps_near(cluster: Cluster, tool: Stored) -> Iterator[Stored]:
    """Gaps without a tool of their own that share words with this tool, at most `NEAREST_GAPS`."""
    wanted = tool.once(_words_of_tool)
    near = []
    for found in cluster[CAPABILITY_GAP].within(tool.namespace):
        said, made = found.once(_words_of_gap)
        if not made and (shared := len(wanted & said)):
            near.append((shared, found.name, found))
    return (found for *_, found in heapq.nlargest(NEAREST_GAPS, near, key=lambda one: one[:2]))


def _words_of_tool(tool: Stored) -> frozenset[str]:
    spec = tool.body()["spec"]
    return frozenset(words(f"{tool_name_of(tool.body())} {spec.get('description', '')}"))


def _words_of_gap(gap: Stored) -> tuple[frozenset[str], bool]:
    """Its words, and whether a tool was made for it."""
    body = gap.body()
    return frozenset(words(body["spec"].get("wish", ""))), bool(body.get("status", {}).get("tool"))
