"""Ledgers, revisions and tools of the cluster, as far as pull requests need them, kept by reflectors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from cupel.api.approval_ledger import ApprovalLedger
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_revision import ToolRevision
from cupel.decide.pull_stages import RevisionSeen, ToolSeen, seen_revision, seen_tool

log = logging.getLogger("cupel.pulls")
T = TypeVar("T")
Body = Mapping[str, Any]
Place = tuple[str, str]
"""(namespace, name)."""


class Shelf(Generic[T]):
    """What one reflector brings. An object this version cannot read is not there, and said in the log."""

    def __init__(self, read: Callable[[Body], T], wake: Callable[[], None]) -> None:
        self.listed = False
        self.seen: dict[Place, T] = {}
        self.unread: set[Place] = set()
        """What is there and cannot be read: nothing may be concluded from its absence."""
        self._read = read
        self._wake = wake

    def replace(self, objects: list[Body]) -> None:
        before, self.seen = self.seen, {}
        self.unread = set()
        for body in objects:
            self._put(body)
        self.listed = True
        if self.seen != before:
            self._wake()

    def changed(self, body: Body) -> None:
        before = self.seen.get(_place(body))
        self._put(body)
        if self.seen.get(_place(body)) != before:
            self._wake()

    def deleted(self, body: Body) -> None:
        self.unread.discard(_place(body))
        if self.seen.pop(_place(body), None) is not None:
            self._wake()

    def _put(self, body: Body) -> None:
        place = _place(body)
        try:
            self.seen[place] = self._read(body)
            self.unread.discard(place)
        except (ValidationError, KeyError, TypeError, AttributeError, ValueError) as error:
            self.seen.pop(place, None)
            self.unread.add(place)
            log.warning("%s/%s cannot be read: %s", *place, type(error).__name__)


class Sights:
    """Everything seen; `wake` is called when something changed."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.ledgers: Shelf[ApprovalLedger] = Shelf(ApprovalLedger.parse, wake)
        self.revisions: Shelf[RevisionSeen] = Shelf(
            lambda body: seen_revision(ToolRevision.parse(body)), wake
        )
        self.tools: Shelf[ToolSeen] = Shelf(lambda body: seen_tool(GeneratedTool.parse(body)), wake)

    @property
    def listed(self) -> bool:
        return self.ledgers.listed and self.revisions.listed and self.tools.listed

    def ledger(self, namespace: str) -> ApprovalLedger | None:
        return next((each for (where, _), each in self.ledgers.seen.items() if where == namespace), None)

    def unclear(self, namespace: str) -> bool:
        """Whether something there cannot be read, say after half an upgrade."""
        shelves = (self.ledgers.unread, self.revisions.unread, self.tools.unread)
        return any(where == namespace for unread in shelves for where, _ in unread)

    def zones(self) -> Iterator[ApprovalLedger]:
        """Ledgers of namespaces that turned review by pull request on."""
        yield from (each for each in self.ledgers.seen.values() if each.spec.pull_requests)

    def revisions_of(self, namespace: str) -> Iterator[RevisionSeen]:
        yield from (each for each in self.revisions.seen.values() if each.namespace == namespace)

    def tool(self, rev: RevisionSeen) -> ToolSeen | None:
        return self.tools.seen.get((rev.namespace, rev.tool))

    def by_digits(self, namespace: str, tool: str, digits: str) -> RevisionSeen | None:
        """The revision a branch is about."""
        found = (each for each in self.revisions_of(namespace) if each.tool == tool)
        return next((each for each in found if each.digits == digits), None)


def _place(body: Body) -> Place:
    metadata = body.get("metadata") or {}
    return str(metadata.get("namespace", "")), str(metadata.get("name", ""))
