"""Where a cluster keeps what it has, and which addresses are its own."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

STATE_ROOT = Path(os.environ.get("CUPEL_STATE", "/var/lib/cupel"))
CACHE = Path(os.environ.get("CUPEL_CACHE", "~/.cache/cupel")).expanduser()
LOCK = STATE_ROOT.with_suffix(".lock")
"""Held while addresses are taken, and while what all clusters share is made or removed."""
SLOTS = range(32)
NODE_NAME = "cupel"
EGRESS_PORT = 3128
"""The egress proxy's. This package starts before there is a virtual environment, so it cannot ask `cupel`."""


@dataclass(frozen=True)
class Cluster:
    """One cluster: its name, its slot (a number that its addresses and its link are made of), its mode."""

    name: str
    slot: int
    control_plane_only: bool

    @property
    def state(self) -> Path:
        """The one directory that everything of this cluster is in."""
        return STATE_ROOT / self.name

    @property
    def kubeconfig(self) -> Path:
        return self.state / "admin.kubeconfig"

    @property
    def audit_log(self) -> Path:
        return self.state / "log" / "audit.log"

    @property
    def containerd_socket(self) -> Path:
        return self.state / "run" / "containerd.sock"

    @property
    def link(self) -> str:
        """The host's end of the one cable into the cluster."""
        return f"cupel{self.slot}"

    @property
    def host_address(self) -> str:
        return f"10.213.{self.slot}.1"

    @property
    def address(self) -> str:
        """The node: API server, cluster DNS, kubelet."""
        return f"10.213.{self.slot}.2"

    @property
    def cgroup(self) -> str:
        """Parent of every Pod's cgroup, below the mount of each hierarchy."""
        return f"cupel-{self.name}"

    @property
    def pods(self) -> str:
        return f"10.{64 + self.slot}.0.0/16"

    @property
    def runc_pods(self) -> str:
        return f"10.{64 + self.slot}.0.0/17"

    @property
    def sandbox_pods(self) -> str:
        """Addresses that may answer, and call the egress proxy alone: the gVisor Pods."""
        return f"10.{64 + self.slot}.128.0/18"

    @property
    def open_pods(self) -> str:
        """gVisor Pods of the handler `runsc-open`, planted by tests: their packets go anywhere."""
        return f"10.{64 + self.slot}.192.0/18"

    @property
    def services(self) -> str:
        return f"10.{96 + self.slot}.0.0/16"

    @property
    def kubernetes_service(self) -> str:
        return f"10.{96 + self.slot}.0.1"

    @property
    def dns_service(self) -> str:
        return f"10.{96 + self.slot}.0.10"

    @property
    def egress_service(self) -> str:
        """The egress proxy's, when Cupel is installed here: the one address gVisor Pods may call."""
        return f"10.{96 + self.slot}.0.128"

    def record(self) -> None:
        """Write down what cannot be seen again after a crash: the slot and the mode."""
        self.state.mkdir(parents=True, exist_ok=True)
        (self.state / "cluster.json").write_text(json.dumps(asdict(self)))


def recorded(name: str) -> Cluster | None:
    """The cluster of this name, when one was started and not taken down since."""
    try:
        return Cluster(**json.loads((STATE_ROOT / name / "cluster.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def all_recorded() -> list[Cluster]:
    """Every cluster of this machine, by name."""
    names = sorted(path.parent.name for path in STATE_ROOT.glob("*/cluster.json"))
    return [cluster for cluster in map(recorded, names) if cluster is not None]
