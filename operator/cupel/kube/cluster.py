"""The cluster as one thing: a store of every kind we watch, kept true by lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cupel.api import names
from cupel.api.common import JsonObject

from .client import Client
from .evidence import Subject
from .resources import (
    APPROVAL_LEDGER,
    AUTONOMY_POLICY,
    CAPABILITY_GAP,
    CONFIG_MAP,
    DEPLOYMENT,
    GENERATED_TOOL,
    NAMESPACE,
    POD,
    TOOL_POLICY,
    TOOL_REVISION,
    Kind,
)
from .stores import Key, Mark, Store, Stored

OURS = f"{names.TOOL},{names.MANAGED_BY}={names.FIELD_MANAGER}"
"""Selects the objects made for tools; the rest of the cluster's Pods are never read."""

SELECTORS: dict[Kind, str] = {
    GENERATED_TOOL: "",
    TOOL_REVISION: "",
    APPROVAL_LEDGER: "",
    TOOL_POLICY: "",
    AUTONOMY_POLICY: "",
    NAMESPACE: names.ZONE,
    POD: OURS,
    CONFIG_MAP: OURS,
    DEPLOYMENT: OURS,
    CAPABILITY_GAP: "",
}
"""Every kind that is watched, and which of its objects; listed in this order."""


@dataclass(frozen=True)
class Change:
    """Something that is news, once it is stored."""

    kind: Kind
    now: Stored
    """The object; of one that is gone, as it was last."""
    before: Stored | None = None
    """The same object before. None: it is new, or gone."""
    by: Subject | None = None
    """The object whose pass wrote this, and knows."""


class Cluster:
    """Stores by kind. What we did not see is absent; what we did see may be a moment old."""

    def __init__(self, changed: Callable[[Change], None] = lambda change: None) -> None:
        self.stores = {kind: Store(kind) for kind in SELECTORS}
        self.changed = changed
        """Told of everything that was news."""

    def __getitem__(self, kind: Kind) -> Store:
        return self.stores[kind]

    @property
    def synced(self) -> bool:
        """Whether every kind was listed once."""
        return all(store.listed for store in self.stores.values())

    def take(self, kind: Kind, body: JsonObject, by: Subject | None = None) -> None:
        """Take in an object as it was seen: in an event, or in the answer to a write by a pass over `by`."""
        store, metadata = self.stores.get(kind), body.get("metadata", {})
        if store is None or "resourceVersion" not in metadata:
            return
        key = (metadata.get("namespace", ""), metadata["name"])
        before = store.objects.get(key)
        if store.put(body):
            self.changed(Change(kind, store.objects[key], before, by))

    def gone(self, kind: Kind, body: JsonObject) -> None:
        """Take in that an object was deleted; `body` as it was last."""
        metadata = body["metadata"]
        store, namespace = self.stores[kind], metadata.get("namespace", "")
        known = store.get(namespace, metadata["name"])
        if store.drop(namespace, metadata["name"], int(metadata["resourceVersion"])) and known:
            self.changed(Change(kind, known))

    def zone(self, namespace: str) -> str:
        """`serving`, `sandbox`, or empty."""
        found = self.stores[NAMESPACE].get("", namespace)
        return found.labels.get(names.ZONE, "") if found else ""

    def zones(self, zone: str) -> tuple[str, ...]:
        """Namespaces of a zone, by name."""
        return tuple(ns.name for ns in self.stores[NAMESPACE].within("") if ns.labels.get(names.ZONE) == zone)

    def sandbox(self, namespace: str) -> str:
        """The sandbox namespace a serving namespace names, if it is one; empty otherwise."""
        found = self.stores[NAMESPACE].get("", namespace)
        wanted = found.labels.get(names.SANDBOX_NAMESPACE, "") if found else ""
        return wanted if self.zone(wanted) == "sandbox" else ""

    def marks(self, what: str) -> set[Mark]:
        """Every tool, or revision, that something is labelled for, also those that are gone."""
        kinds = (TOOL_REVISION, POD, CONFIG_MAP, DEPLOYMENT)
        return {mark for kind in kinds for mark in self.stores[kind].by_mark if mark[0] == what}


async def relist(client: Client, cluster: Cluster, kind: Kind) -> None:
    """List a kind and make its store equal to it. Raises Weather or Denied."""
    store, present, version = cluster[kind], set[Key](), 0
    async for page in client.pages(kind, SELECTORS[kind]):
        version = int(page["metadata"]["resourceVersion"])
        for item in page.get("items") or ():
            present.add((item["metadata"].get("namespace", ""), item["metadata"]["name"]))
            cluster.take(kind, item)
    for gone in store.keep(present, version):
        cluster.changed(Change(kind, gone))
    store.listed = True
