"""Whose store it is, and which tool is the present one: asked of the API server itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cupel.kube.existing import NotKnown
from cupel.kube.resources import NAMESPACE, Kind
from cupel.store.engine import StoreUnusable
from cupel.store.state import ToolStates
from cupel.store.state_cluster import Cluster

KUBE_SYSTEM = "kube-system"


class Existing(Protocol):
    """The API server, asked for one object."""

    async def uid(self, kind: Kind, namespace: str, name: str) -> str:
        """Empty when there is none. Raises NotKnown."""


@dataclass(frozen=True)
class OurCluster:
    """Claims stores for the cluster whose API server is asked."""

    existing: Existing
    heir_of: str
    """As the settings say it."""

    async def claim(self, states: ToolStates) -> None:
        """Raises ForeignStore, StoreUnusable."""
        try:
            uid = await self.existing.uid(NAMESPACE, "", KUBE_SYSTEM)
        except NotKnown as problem:
            raise StoreUnusable(f"which cluster this is could not be asked: {problem}") from None
        if not uid:
            raise StoreUnusable("which cluster this is cannot be told: it has no namespace kube-system")
        await states.claim(Cluster(uid, self.heir_of))
