"""The CapabilityGaps there are: as a watch tells, and those made here that it has not told yet."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from cupel.api.capability_gap import CapabilityGap
from cupel.decide.demand import how_many_open, is_open
from cupel.decide.gap_state import standing
from cupel.kube.parsed import EVERY, Store
from cupel.wishes.same import SAME, fingerprint, likeness
from cupel.wishes.search import Document, Index

from .asking_words import GapState, Report
from .naming import View

EMPTY = Index.of(())
NEAR = 12
"""Gaps that share most words with a wish: among them are those that are the same."""
MOST_AT_ONCE = 20
"""New wishes beyond which the index is made anew."""


class Gaps:
    """What was asked for already."""

    def __init__(self) -> None:
        self.store: Store[CapabilityGap] = Store("CapabilityGap", CapabilityGap.parse, self._seen)
        self._made: dict[str, dict[str, CapabilityGap]] = {}
        """By namespace and name: made here, and not told by the watch yet."""
        self._indices: dict[str, tuple[Index, dict[str, str]]] = {}
        """By namespace: the index, and the wish of each gap in it."""

    @property
    def known(self) -> bool:
        """Whether all of them were listed once; without the CRD they never are."""
        return self.store.synced

    def get(self, namespace: str, name: str) -> CapabilityGap | None:
        return self.store.get(namespace, name) or self._made.get(namespace, {}).get(name)

    def within(self, namespace: str) -> tuple[CapabilityGap, ...]:
        """All of a namespace, in order of their names."""
        found = self._made.get(namespace, {}) | self.store.objects.get(namespace, {})
        return tuple(found[name] for name in sorted(found))

    def made(self, gap: CapabilityGap) -> None:
        """This gateway made one: it counts at once."""
        if self.store.get(gap.namespace, gap.name) is None:
            self._made.setdefault(gap.namespace, {})[gap.name] = gap

    def exactly(self, namespace: str, report: Report) -> CapabilityGap | None:
        """The gap that names the same use of a template or document."""
        return next((gap for gap in self.within(namespace) if is_same(gap, report)), None)

    async def like(self, namespace: str, wish: str) -> CapabilityGap | None:
        """The gap that wishes for the same thing in other words.

        Gaps that name a template or a document ask for exactly that, and are like no wish. In a thread: other
        callers do not wait while wishes are compared.
        """
        plain = {
            gap.name: gap for gap in self.within(namespace) if not (gap.spec.template or gap.spec.openapi)
        }
        now = {name: gap.spec.wish for name, gap in plain.items()}
        index, before = self._indices.get(namespace, (EMPTY, {}))
        index = await asyncio.to_thread(updated, index, before, now)
        self._indices[namespace] = index, now
        return await asyncio.to_thread(likest, index, wish, plain)

    async def closed(self, namespace: str, wish: str) -> CapabilityGap | None:
        """The gap that a person closed for what this wish says, while none is open: a template is no way
        round their no.
        """
        like = await self.like(namespace, wish)
        return like if like is not None and like.spec.closed is not None else None

    def how_many_open(self, namespace: str, policy: str) -> int:
        return how_many_open(self.within(namespace), policy)

    def _seen(self, namespace: str, name: str) -> None:
        """The watch has it, or says that it is gone: what was made here is no news any more."""
        here = self._made.get(namespace, {})
        for each in list(here) if name == EVERY else [name]:
            here.pop(each, None)
        if not here:
            self._made.pop(namespace, None)


def is_same(gap: CapabilityGap, report: Report) -> bool:
    """Whether a gap asks for what a report does. A name tells nothing: anybody may take it.

    Who names a template or document asks for exactly that. To a gap that got one from whoever made it by hand
    a wish in words does not come.
    """
    spec = gap.spec
    if report.template is not None or report.openapi is not None:
        return (spec.template, spec.openapi) == (report.template, report.openapi)
    if (spec.template or spec.openapi) and not spec.on_behalf_of:
        return False
    same_words = fingerprint(report.wish) == fingerprint(spec.wish)
    return same_words or likeness(report.wish, spec.wish) >= SAME


def likest(index: Index, wish: str, gaps: Mapping[str, CapabilityGap]) -> CapabilityGap | None:
    """Of the gaps that are the same wish the likest, open ones first."""
    near = [gaps[hit.name] for hit in index.search(wish, NEAR)]
    scored = [(likeness(wish, gap.spec.wish), is_open(gap), gap) for gap in near]
    same = [one for one in scored if one[0] >= SAME]
    return max(same, key=lambda one: (one[1], one[0], one[2].name))[2] if same else None


def updated(index: Index, before: Mapping[str, str], now: Mapping[str, str]) -> Index:
    """The index after wishes came and went."""
    new = [Document(name, wish) for name, wish in now.items() if before.get(name) != wish]
    if len(new) > MOST_AT_ONCE:
        return Index.of(Document(name, wish) for name, wish in now.items())
    for name in before.keys() - now.keys():
        index = index.without(name)
    for document in new:
        index = index.with_(document)
    return index


def state(gap: CapabilityGap, view: View) -> GapState:
    """How far a gap is, for somebody who sees these tools."""
    word, reason, message = standing(gap)
    return GapState(
        gap=gap.name,
        namespace=gap.namespace,
        state=word,
        reason=reason,
        message=message,
        tool=_tool(gap, view) if word == "Serving" else None,
        reports=gap.reports,
    )


def _tool(gap: CapabilityGap, view: View) -> str | None:
    """The name by which they call what answers it; None when it is none of theirs."""
    plan = gap.status.plan
    for name, entry in view.found:
        made = gap.status.tool is not None and entry.tool == gap.status.tool
        existing = plan is not None and plan.generator == "Existing" and entry.tool_name == plan.tool_name
        if entry.namespace == gap.namespace and (made or existing):
            return name
    return None
