"""The cluster as one thing: a store of every kind we watch, kept true by lists."""

from __future__ import annotations

from collections.abc import Iterator

from cupel.api import names
from cupel.api.common import JsonObject

from .client import Client
from .resources import (
    APPROVAL_LEDGER,
    CONFIG_MAP,
    DEPLOYMENT,
    GENERATED_TOOL,
    NAMESPACE,
    POD,
    TOOL_POLICY,
    TOOL_REVISION,
    Kind,
)
from .stores import Key, Owner, Store

OURS = f"{names.TOOL},{names.MANAGED_BY}={names.FIELD_MANAGER}"
"""Selects the objects made for tools; the rest of the cluster's Pods are never read."""

SELECTORS: dict[Kind, str] = {
    GENERATED_TOOL: "",
    TOOL_REVISION: "",
    APPROVAL_LEDGER: "",
    TOOL_POLICY: "",
    NAMESPACE: names.ZONE,
    POD: OURS,
    CONFIG_MAP: OURS,
    DEPLOYMENT: OURS,
}
"""Every kind that is watched, and which of its objects."""


class Cluster:
    """Stores by kind. What we did not see is absent; what we did see may be a moment old."""

    def __init__(self) -> None:
        self.stores = {kind: Store(kind) for kind in SELECTORS}

    def __getitem__(self, kind: Kind) -> Store:
        return self.stores[kind]

    @property
    def synced(self) -> bool:
        """Whether every kind was listed once."""
        return all(store.listed for store in self.stores.values())

    def take(self, kind: Kind, answer: JsonObject) -> None:
        """Remember the answer to a write of ours, so that the next pass sees it."""
        store = self.stores.get(kind)
        if store is not None and "resourceVersion" in answer.get("metadata", {}):
            store.put(answer)

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

    def owners(self) -> Iterator[Owner]:
        """Every tool something is labelled for, also tools that are gone."""
        for kind in (TOOL_REVISION, POD, CONFIG_MAP, DEPLOYMENT):
            yield from self.stores[kind].by_owner


async def relist(client: Client, cluster: Cluster, kind: Kind) -> set[Key]:
    """List a kind and make its store equal to it. Answers the keys that changed. Raises Weather or Denied."""
    answer = await client.list(kind, selector=SELECTORS[kind])
    header = {"apiVersion": kind.api_version, "kind": kind.name}
    items = (header | item for item in answer.get("items") or [])
    return cluster[kind].replace_all(items, int(answer["metadata"]["resourceVersion"]))
