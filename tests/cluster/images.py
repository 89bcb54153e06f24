"""Put images into a node."""

from __future__ import annotations

import json
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from . import build, pause
from .layout import Cluster


@dataclass(frozen=True)
class Named:
    """What an OCI archive holds: the image's name, its tag, and the digest of its manifest."""

    name: str
    tag: str
    digest: str

    @property
    def pinned(self) -> str:
        """The only form a Pod may name it by."""
        return f"{self.name}@{self.digest}"


def inspect(archive: Path) -> Named:
    """Read an OCI archive of one image. Raises SystemExit when it holds none, several, or one without a name."""
    with tarfile.open(archive) as content:
        file = content.extractfile("index.json")
        entries = json.loads(file.read())["manifests"] if file else []
    if len(entries) != 1:
        raise SystemExit(f"{archive} holds {len(entries)} images; load takes exactly one")
    notes = entries[0].get("annotations", {})
    full = notes.get("io.containerd.image.name") or notes.get("org.opencontainers.image.ref.name", "")
    name, colon, tag = full.rpartition(":")
    if not colon:
        raise SystemExit(f"the image in {archive} has no name and tag")
    return Named(name, tag, entries[0]["digest"])


def ctr(cluster: Cluster, *arguments: str) -> str:
    command = [
        build.program("ctr"),
        "--address",
        str(cluster.containerd_socket),
        "--namespace",
        "k8s.io",
        *arguments,
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"ctr {' '.join(arguments)}: {result.stderr.strip()}")
    return result.stdout


def load(cluster: Cluster, archive: Path) -> Named:
    """Import an OCI archive, and name it by digest too: the kubelet looks for the very words of the Pod."""
    named = inspect(archive)
    ctr(cluster, "images", "import", "--digests", str(archive))
    ctr(cluster, "images", "tag", "--force", f"{named.name}:{named.tag}", named.pinned)
    return named


def load_pause(cluster: Cluster) -> None:
    """The image every Pod's sandbox starts from."""
    archive = cluster.state / "pause.tar"
    pause.write(archive)
    ctr(cluster, "images", "import", str(archive))
