"""What the author sees: gaps, the tools made for them, revisions and policies, kept by reflectors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from cupel.api import names
from cupel.api.capability_gap import CapabilityGap
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import ToolRevision
from cupel.decide import spending
from cupel.decide.authoring import World
from cupel.kube.parsed import EVERY, Store

Key = tuple[str, str]
"""(namespace, name) of a gap."""


class Seen:
    """Everything seen. `wake` is told which gap to look at."""

    def __init__(self, author: str, wake: Callable[[Key], None]) -> None:
        self._author = author
        self._wake = wake
        self._costly: dict[str, CapabilityGap] = {}
        """By uid: gaps that a model was asked for, as they were last, also those that are gone."""
        self.gaps: Store[CapabilityGap] = Store("CapabilityGap", CapabilityGap.parse, self._gap)
        self.tools: Store[GeneratedTool] = Store("GeneratedTool", GeneratedTool.parse, self._tool)
        self.revisions: Store[ToolRevision] = Store("ToolRevision", ToolRevision.parse, self._revision)
        self.policies: Store[ToolPolicy] = Store("ToolPolicy", ToolPolicy.parse, self._policy)

    def waiting_for(self) -> tuple[str, ...]:
        """Kinds that were not listed yet."""
        stores: tuple[Store[Any], ...] = (self.gaps, self.tools, self.revisions, self.policies)
        return tuple(store.kind for store in stores if not store.synced)

    def world(self, gap: CapabilityGap) -> World:
        tool = self.tool_of(gap)
        revision = tool.status.revision if tool else None
        return World(
            policy=self.policies.get(gap.namespace, gap.spec.policy_ref.name),
            tool=tool,
            revision=self.revisions.get(gap.namespace, revision) if revision else None,
            author=self._author,
        )

    def tool_of(self, gap: CapabilityGap) -> GeneratedTool | None:
        """The tool the gap's status names, or that is labelled with the gap."""
        for name in (gap.status.tool, gap.status.plan.tool_name if gap.status.plan else None):
            tool = self.tools.get(gap.namespace, name) if name else None
            if tool and tool.metadata.labels.get(names.GAP) == gap.name:
                return tool
        return None

    def note(self, gap: CapabilityGap) -> None:
        """What was set aside just now, before the watch tells of it."""
        self._costly[gap.metadata.uid] = gap

    def spent_today(self, gap: CapabilityGap, now: datetime) -> spending.Spent:
        """Deleted gaps count as well: deleting what cost something must not make room for more."""
        self._costly = {uid: one for uid, one in self._costly.items() if spending.of_day(one, now)}
        here = (one for one in self._costly.values() if one.namespace == gap.namespace)
        return spending.today(here, gap.spec.policy_ref.name, now)

    def wake_all(self) -> None:
        for namespace in list(self.gaps.objects):
            self._all(namespace)

    def _all(self, namespace: str) -> None:
        for gap in self.gaps.within(namespace):
            self._wake((namespace, gap.name))

    def _gap(self, namespace: str, name: str) -> None:
        for gap in self.gaps.within(namespace) if name == EVERY else [self.gaps.get(namespace, name)]:
            if gap is not None and spending.spent(gap.status.drafting).tokens:
                self._costly[gap.metadata.uid] = gap
        if name == EVERY:
            self._all(namespace)
        else:
            self._wake((namespace, name))

    def _tool(self, namespace: str, name: str) -> None:
        tool = self.tools.get(namespace, name)
        gap = tool.metadata.labels.get(names.GAP) if tool else None
        if gap:
            self._wake((namespace, gap))
        elif tool is None:  # gone, or all were listed: whose it was cannot be seen any more
            self._all(namespace)

    def _revision(self, namespace: str, name: str) -> None:
        revision = self.revisions.get(namespace, name)
        if revision is not None:
            self._tool(namespace, revision.spec.tool)

    def _policy(self, namespace: str, name: str) -> None:
        for gap in self.gaps.within(namespace):
            if name in (EVERY, gap.spec.policy_ref.name):
                self._wake((namespace, gap.name))
