"""Where a cluster comes from: CLUSTER=node (the default; our own), kind, or current (the user's own context)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from . import current, images, kind, node, sweep
from .layout import all_recorded, recorded


class Provider(Protocol):
    """What tests and the demo ask of any cluster."""

    def up(self, name: str, *, control_plane_only: bool) -> Path: ...
    def names(self) -> list[str]: ...
    def exists(self, name: str) -> bool: ...
    def takes_images(self, name: str) -> bool: ...
    def load(self, name: str, archive: Path) -> None: ...
    def down(self, name: str) -> None: ...


class Node:
    """The one-node cluster of this package."""

    def up(self, name: str, *, control_plane_only: bool) -> Path:
        return node.up(name, control_plane_only=control_plane_only).kubeconfig

    def names(self) -> list[str]:
        return [cluster.name for cluster in all_recorded()]

    def exists(self, name: str) -> bool:
        return recorded(name) is not None

    def takes_images(self, name: str) -> bool:
        cluster = recorded(name)
        return cluster is not None and not cluster.control_plane_only and node.well(cluster)

    def load(self, name: str, archive: Path) -> None:
        cluster = recorded(name)
        if cluster is None:
            raise SystemExit(f"no cluster {name} runs: python3 -m tests.cluster up --name {name}")
        images.load(cluster, archive)

    def down(self, name: str) -> None:
        sweep.sweep(name)


PROVIDERS: dict[str, type[Provider]] = {"node": Node, "kind": kind.Kind, "current": current.Current}


def chosen() -> Provider:
    """The provider the environment asks for."""
    asked = os.environ.get("CLUSTER") or "node"
    if asked not in PROVIDERS:
        raise SystemExit(f"CLUSTER={asked} is unknown; say one of {', '.join(PROVIDERS)}")
    return PROVIDERS[asked]()
