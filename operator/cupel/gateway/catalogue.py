"""Which tools serve, recomputed from what the API server says whenever it says something new."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from cupel.api.approval_ledger import LEDGER_NAME, ApprovalLedger
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import ZONE
from cupel.api.tool_revision import ToolRevision

from .entry import Entry, Proven, admit, elect, prove
from .naming import View, view, view_of_one
from .pods import Backends, ServingPod, parse_pod
from .stores import Store

log = logging.getLogger(__name__)

SERVING = "serving"
Listener = Callable[[frozenset[str]], None]
"""Told the namespaces whose list of tools changed."""


def _zone(body: Mapping[str, Any]) -> str:
    return str((body["metadata"].get("labels") or {}).get(ZONE, ""))


class Catalogue:
    """The tools that serve, by namespace, and the Pods to call them on."""

    def __init__(self) -> None:
        self.backends = Backends()
        self.entries: dict[str, dict[str, Entry]] = {}
        self.zones: Store[str] = Store("Namespace", _zone, self._touched)
        self.tools: Store[GeneratedTool] = Store("GeneratedTool", GeneratedTool.parse, self._touched)
        self.revisions: Store[ToolRevision] = Store("ToolRevision", ToolRevision.parse, self._touched)
        self.ledgers: Store[ApprovalLedger] = Store("ApprovalLedger", ApprovalLedger.parse, self._touched)
        self.pods: Store[ServingPod] = Store("Pod", parse_pod, self._touched_pods)
        self._proven: dict[str, dict[str, tuple[str, Proven | str]]] = {}
        """By namespace and name of the revision: the version that was proved, and what came of it."""
        self._refusals: dict[str, dict[str, str]] = {}
        self._views: dict[frozenset[str], View] = {}
        self._serving: frozenset[str] = frozenset()
        self._dirty: set[str] = set()
        self._dirty_pods: set[str] = set()
        self._scheduled = False
        self._listeners: list[Listener] = []
        self._change: asyncio.Future[None] | None = None

    def on_change(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def waiting_for(self) -> tuple[str, ...]:
        """Kinds that were not listed yet; empty once the catalogue is whole."""
        stores: tuple[Store[Any], ...] = (self.zones, self.tools, self.revisions, self.ledgers, self.pods)
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
        entry = self.entries.get(namespace, {}).get(tool_name) if namespace in namespaces else None
        return view_of_one(entry)

    def current(self, namespace: str, tool_name: str) -> Entry | None:
        return self.entries.get(namespace, {}).get(tool_name)

    async def next_change(self, seconds: float) -> None:
        """Return when tools or Pods changed, or after `seconds`."""
        if self._change is None or self._change.done():
            self._change = asyncio.get_running_loop().create_future()
        await asyncio.wait({self._change}, timeout=seconds)

    def freed(self) -> None:
        """A Pod has room for one more call: whoever waits looks again."""
        self._wake()

    def _touched(self, namespace: str) -> None:
        self._dirty.add(namespace)
        self._schedule()

    def _touched_pods(self, namespace: str) -> None:
        self._dirty_pods.add(namespace)
        self._schedule()

    def _schedule(self) -> None:
        """Recompute once for all events that arrive together."""
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._recompute)

    def _recompute(self) -> None:
        self._scheduled = False
        dirty, self._dirty = self._dirty, set()
        pods, self._dirty_pods = self._dirty_pods, set()
        for namespace in pods:
            self._learn_pods(namespace)
        if self.waiting_for():
            self._dirty |= dirty
            return
        self._learn_tools(dirty)
        self._wake()

    def _wake(self) -> None:
        if self._change is not None and not self._change.done():
            self._change.set_result(None)

    def _learn_tools(self, dirty: set[str]) -> None:
        self._serving = frozenset(n for n in self.zones.objects if self.zones.get(n, n) == SERVING)
        changed = frozenset(namespace for namespace in dirty if self._learn_namespace(namespace))
        if changed:
            self._views.clear()
            for listener in self._listeners:
                listener(changed)

    def _learn_namespace(self, namespace: str) -> bool:
        """Recompute one namespace; whether its entries changed."""
        before = self.entries.get(namespace, {})
        now = self._entries_of(namespace) if namespace in self._serving else {}
        if now == before:
            return False
        if now:
            self.entries[namespace] = now
        else:
            self.entries.pop(namespace, None)
        return True

    def _entries_of(self, namespace: str) -> dict[str, Entry]:
        ledger = self.ledgers.get(namespace, LEDGER_NAME)
        serving = [tool for tool in self.tools.within(namespace) if tool.status.serving]
        proven = self._prove(namespace, {t.status.serving.revision for t in serving if t.status.serving})
        admitted: list[tuple[GeneratedTool, Entry]] = []
        refusals: dict[str, str] = {}
        for tool in serving:
            revision = tool.status.serving.revision if tool.status.serving else ""
            entry = admit(tool, proven.get(revision), ledger)
            if isinstance(entry, Entry):
                admitted.append((tool, entry))
            else:
                refusals[tool.name] = entry
        self._tell(namespace, refusals)
        return elect(admitted)

    def _prove(self, namespace: str, names: set[str]) -> dict[str, Proven | str]:
        """The proofs of these revisions, each made once for each version of the object."""
        known, kept = self._proven.get(namespace, {}), {}
        for name in names:
            revision = self.revisions.get(namespace, name)
            if revision is not None:
                version = f"{revision.metadata.uid}/{revision.metadata.resource_version}"
                before = known.get(name)
                kept[name] = before if before and before[0] == version else (version, prove(revision))
        self._proven[namespace] = kept
        return {name: proof for name, (_, proof) in kept.items()}

    def _tell(self, namespace: str, refusals: dict[str, str]) -> None:
        """Log refusals that are new."""
        before = self._refusals.get(namespace, {})
        for tool, why in refusals.items():
            if before.get(tool) != why:
                log.warning("%s/%s is not in the catalogue: %s", namespace, tool, why)
        self._refusals[namespace] = refusals

    def _learn_pods(self, namespace: str) -> None:
        self.backends.learn(namespace, self.pods.within(namespace))
