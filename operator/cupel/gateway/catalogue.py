"""Which tools serve, recomputed from what the API server says whenever it says something new."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cupel.api.approval_ledger import LEDGER_NAME, ApprovalLedger
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import ZONE
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import ToolRevision
from cupel.kube.parsed import EVERY, Store
from cupel.store.state import Owner

from .entry import NOTHING, Entry, Means, Proven, admit, elect, prove
from .naming import View, view, view_of_one
from .pods import Backends, ServingPod, parse_pod

log = logging.getLogger(__name__)

SERVING = "serving"
Listener = Callable[[frozenset[str]], None]
"""Told the namespaces whose list of tools changed."""


def _zone(body: Mapping[str, Any]) -> str:
    return str((body["metadata"].get("labels") or {}).get(ZONE, ""))


@dataclass
class _Space:
    """What was worked out about one namespace."""

    admitted: dict[str, tuple[GeneratedTool, Entry]] = field(default_factory=dict)
    """By object name."""
    refusals: dict[str, str] = field(default_factory=dict)
    proven: dict[str, tuple[str, Proven | str]] = field(default_factory=dict)
    """By object name of the tool: the version of the revision that was proved, and what came of it."""
    revision_of: dict[str, str] = field(default_factory=dict)
    """The name of the revision that serves, by tool."""
    tool_of: dict[str, str] = field(default_factory=dict)
    """The reverse."""

    def forget(self, name: str) -> None:
        """Nothing of this tool serves."""
        self.tool_of.pop(self.revision_of.pop(name, ""), None)
        for known in (self.admitted, self.refusals, self.proven):
            known.pop(name, None)


class Catalogue:
    """The tools that serve, by namespace, and the Pods to call them on."""

    def __init__(self, means: Means = NOTHING) -> None:
        self._means = means
        self.backends = Backends()
        self.entries: dict[str, dict[str, Entry]] = {}
        """By namespace and tool name."""
        self.zones: Store[str] = Store("Namespace", _zone, self._touched_namespace)
        self.tools: Store[GeneratedTool] = Store("GeneratedTool", GeneratedTool.parse, self._touched_tool)
        self.revisions: Store[ToolRevision] = Store(
            "ToolRevision", ToolRevision.parse, self._touched_revision
        )
        self.ledgers: Store[ApprovalLedger] = Store(
            "ApprovalLedger", ApprovalLedger.parse, self._touched_namespace
        )
        self.pods: Store[ServingPod] = Store("Pod", parse_pod, self._touched_pod)
        self.policies: Store[ToolPolicy] = Store("ToolPolicy", ToolPolicy.parse, self._touched_policy)
        self._serving: frozenset[str] = frozenset()
        self._spaces: dict[str, _Space] = {}
        self._views: dict[frozenset[str], View] = {}
        self._dirty: dict[str, set[str]] = {}
        self._dirty_pods: set[str] = set()
        self._scheduled = False
        self._listeners: list[Listener] = []
        self._told: list[Callable[[], None]] = []
        self._change: asyncio.Future[None] | None = None

    def on_change(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def on_news(self, told: Callable[[], None]) -> None:
        """`told` is called whenever anything was recomputed: tools, ledgers or Pods."""
        self._told.append(told)

    def waiting_for(self) -> tuple[str, ...]:
        """Kinds that were not listed yet; empty once the catalogue is whole."""
        known = (self.zones, self.tools, self.revisions, self.ledgers, self.pods, self.policies)
        stores: tuple[Store[Any], ...] = known
        return tuple(store.kind for store in stores if not store.synced)

    def serving_namespaces(self) -> frozenset[str]:
        """Namespaces that are serving zones, with tools or not yet."""
        return self._serving

    def view(self, namespaces: frozenset[str]) -> View:
        """The tools of these namespaces by the names a caller uses; kept until something changes."""
        found = self._views.get(namespaces)
        if found is None:
            found = view(e for space in namespaces for e in self.entries.get(space, {}).values())
            self._views[namespaces] = found
        return found

    def view_of_one(self, namespaces: frozenset[str], namespace: str, tool_name: str) -> View:
        """What a tool's own path shows: nothing when the caller may not call it."""
        return view_of_one(self.current(namespace, tool_name) if namespace in namespaces else None)

    def current(self, namespace: str, tool_name: str) -> Entry | None:
        return self.entries.get(namespace, {}).get(tool_name)

    def successor(self, entry: Entry) -> Entry | None:
        """What serves for this tool now, perhaps another revision; None when it is another tool, or none.

        Where the caller named a version: only that one.
        """
        found = self.current(entry.namespace, entry.tool_name)
        if found is None or found.missing or found.retired or found.uid != entry.uid:
            return None
        if not entry.pinned:
            return found
        return replace(found, pinned=True) if found.version == entry.version else None

    def owner(self, entry: Entry) -> Owner:
        """Whom the states of a tool belong to, and whether they outlive it."""
        return Owner(entry.namespace, entry.tool, entry.uid, self.keeps(entry.namespace, entry.policy))

    def keeps(self, namespace: str, policy: str) -> bool | None:
        """Whether a ToolPolicy keeps the states of deleted tools; None when it cannot be read.

        A tool names its policy itself: one that does not exist must not turn Delete into Keep.
        """
        found = self.policies.get(namespace, policy)
        return None if found is None else found.spec.retention.tool_state == "Keep"

    async def next_change(self, seconds: float) -> None:
        """Return when tools or Pods changed, or after `seconds`."""
        if self._change is None or self._change.done():
            self._change = asyncio.get_running_loop().create_future()
        await asyncio.wait({self._change}, timeout=seconds)

    def wake(self) -> None:
        """Whoever waits for a Pod looks again: something changed, or a Pod has room for one more call."""
        if self._change is not None and not self._change.done():
            self._change.set_result(None)

    def _touched_namespace(self, namespace: str, _: str) -> None:
        self._touched_tool(namespace, EVERY)

    def _touched_revision(self, namespace: str, name: str) -> None:
        space = self._spaces.get(namespace)
        if name == EVERY:
            self._touched_tool(namespace, EVERY)
        elif space is not None and name in space.tool_of:
            self._touched_tool(namespace, space.tool_of[name])

    def _touched_tool(self, namespace: str, name: str) -> None:
        self._dirty.setdefault(namespace, set()).add(name)
        self._schedule()

    def _touched_policy(self, _: str, __: str) -> None:
        """Nothing is worked out from policies in advance; but they may be the last that is listed."""
        self._schedule()

    def _touched_pod(self, namespace: str, _: str) -> None:
        self._dirty_pods.add(namespace)
        self._schedule()

    def _schedule(self) -> None:
        """Recompute once for all events that arrive together."""
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._recompute)

    def _recompute(self) -> None:
        self._scheduled = False
        pods, self._dirty_pods = self._dirty_pods, set()
        for namespace in pods:
            self.backends.learn(namespace, self.pods.within(namespace))
        if not self.waiting_for():
            dirty, self._dirty = self._dirty, {}
            self._learn(dirty)
        self.wake()
        for told in self._told:
            told()

    def _learn(self, dirty: Mapping[str, set[str]]) -> None:
        self._serving = frozenset(n for n in self.zones.objects if self.zones.get(n, n) == SERVING)
        changed = frozenset(space for space, names in dirty.items() if self._learn_namespace(space, names))
        if changed:
            self._views.clear()
            for listener in self._listeners:
                listener(changed)

    def _learn_namespace(self, namespace: str, names: set[str]) -> bool:
        """Recompute these tools of a namespace; whether its entries changed."""
        before = self.entries.get(namespace, {})
        if namespace not in self._serving:
            self._spaces.pop(namespace, None)
        else:
            space = self._spaces.setdefault(namespace, _Space())
            if EVERY in names:
                names = {tool.name for tool in self.tools.within(namespace)} | set(space.revision_of)
            ledger = self.ledgers.get(namespace, LEDGER_NAME)
            for name in names:
                self._learn_tool(namespace, space, name, ledger)
        space = self._spaces.get(namespace, _Space())
        now = elect(list(space.admitted.values()))
        self.entries[namespace] = now
        if not now:
            del self.entries[namespace]
        return now != before

    def _learn_tool(self, namespace: str, space: _Space, name: str, ledger: ApprovalLedger | None) -> None:
        tool = self.tools.get(namespace, name)
        if tool is None or tool.status.serving is None:
            space.forget(name)
            return
        revision = tool.status.serving.revision
        if space.revision_of.get(name) != revision:
            space.forget(name)
            space.revision_of[name] = revision
            space.tool_of[revision] = name
        entry = admit(tool, self._prove(namespace, space, name, revision), ledger, self._means)
        if isinstance(entry, Entry):
            space.refusals.pop(name, None)
            space.admitted[name] = (tool, entry)
            return
        space.admitted.pop(name, None)
        if space.refusals.get(name) != entry:
            log.warning("%s/%s is not in the catalogue: %s", namespace, name, entry)
        space.refusals[name] = entry

    def _prove(self, namespace: str, space: _Space, name: str, revision: str) -> Proven | str | None:
        """The proof of the revision that serves, made once for each version of the object."""
        found = self.revisions.get(namespace, revision)
        if found is None:
            space.proven.pop(name, None)
            return None
        version = f"{found.metadata.uid}/{found.metadata.resource_version}"
        known = space.proven.get(name)
        if known is None or known[0] != version:
            known = (version, prove(found))
            space.proven[name] = known
        return known[1]
