"""The tools, revisions and gaps of the cluster, as far as notices need them, kept by reflectors."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from cupel.api.capability_gap import CapabilityGap
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_revision import ToolRevision
from cupel.decide.gap_notices import GapSeen, gap_notices, seen_gap
from cupel.decide.notices import Notice, RevisionSeen, ToolSeen, notices, seen_revision, seen_tool

log = logging.getLogger("cupel.notify")
T = TypeVar("T")
Place = tuple[str, str]
"""(namespace, name); of a gap `gap/` and its name, which no tool can have."""
GAP = "gap/"
Body = Mapping[str, Any]


class Shelf(Generic[T]):
    """What one reflector brings. An object this version cannot read is not there, and said in the log."""

    def __init__(self, read: Callable[[Body], T], touched: Callable[[T], None]) -> None:
        self.listed = False
        self.seen: dict[Place, T] = {}
        self._read = read
        self._touched = touched

    def replace(self, objects: list[Body]) -> None:
        before, self.seen = self.seen, {}
        for body in objects:
            self._put(body)
        self.listed = True
        for place in before.keys() - self.seen.keys():
            self._touched(before[place])

    def changed(self, body: Body) -> None:
        self._put(body)

    def deleted(self, body: Body) -> None:
        known = self.seen.pop(_place(body), None)
        if known is not None:
            self._touched(known)

    def _put(self, body: Body) -> None:
        place = _place(body)
        try:
            seen = self._read(body)
        except (ValidationError, KeyError, TypeError, AttributeError, ValueError) as error:
            self.seen.pop(place, None)
            log.warning("%s/%s cannot be read: %s", *place, type(error).__name__)
            return
        if self.seen.get(place) != seen:
            self.seen[place] = seen
            self._touched(seen)


class Sights:
    """Everything seen, and which tools changed since somebody asked."""

    def __init__(self, namespaces: tuple[str, ...], wake: Callable[[], None]) -> None:
        self.touched: set[Place] = set()
        self.tools = {name: Shelf(_tool, self._tool_touched) for name in namespaces or ("",)}
        self.revisions = {name: Shelf(_revision, self._revision_touched) for name in namespaces or ("",)}
        self.gaps = {name: Shelf(_gap, self._gap_touched) for name in namespaces or ("",)}
        self._wake = wake

    @property
    def _shelves(self) -> tuple[Shelf[Any], ...]:
        return (*self.tools.values(), *self.revisions.values(), *self.gaps.values())

    @property
    def listed(self) -> bool:
        return all(shelf.listed for shelf in self._shelves)

    @property
    def places(self) -> Iterator[Place]:
        for shelf in self.tools.values():
            yield from shelf.seen
        for gaps in self.gaps.values():
            yield from ((namespace, GAP + name) for namespace, name in gaps.seen)

    @property
    def uids(self) -> frozenset[str]:
        """Of every object there is."""
        return frozenset(seen.uid for shelf in self._shelves for seen in shelf.seen.values())

    def notices(self, places: set[Place]) -> dict[Place, tuple[Notice, ...]]:
        """What there is to know of these tools and gaps; nothing of one that is gone."""
        theirs: dict[Place, list[RevisionSeen]] = defaultdict(list)
        for shelf in self.revisions.values():
            for rev in shelf.seen.values():
                if (place := (rev.namespace, rev.tool)) in places:
                    theirs[place].append(rev)
        found: dict[Place, tuple[Notice, ...]] = {}
        for place in places:
            if place[1].startswith(GAP):
                found[place] = self._of_gap(place)
                continue
            tool = self._get(place)
            found[place] = notices(tool, theirs[place]) if tool else ()
        return found

    def _of_gap(self, place: Place) -> tuple[Notice, ...]:
        shelf = self.gaps.get(place[0]) or self.gaps.get("")
        gap = shelf.seen.get((place[0], place[1].removeprefix(GAP))) if shelf else None
        return gap_notices(gap) if gap else ()

    def _get(self, place: Place) -> ToolSeen | None:
        shelf = self.tools.get(place[0]) or self.tools.get("")
        return shelf.seen.get(place) if shelf else None

    def _tool_touched(self, tool: ToolSeen) -> None:
        self.touched.add((tool.about.namespace, tool.about.tool))
        self._wake()

    def _gap_touched(self, gap: GapSeen) -> None:
        self.touched.add((gap.namespace, GAP + gap.name))
        self._wake()

    def _revision_touched(self, rev: RevisionSeen) -> None:
        self.touched.add((rev.namespace, rev.tool))
        self._wake()


def _tool(body: Body) -> ToolSeen:
    return seen_tool(GeneratedTool.parse(body))


def _revision(body: Body) -> RevisionSeen:
    return seen_revision(ToolRevision.parse(body))


def _gap(body: Body) -> GapSeen:
    return seen_gap(CapabilityGap.parse(body))


def _place(body: Body) -> Place:
    metadata = body.get("metadata") or {}
    return str(metadata.get("namespace", "")), str(metadata.get("name", ""))
