"""Leave nothing: the one way a cluster ends, whether it is well, half started, or killed in any part.

Nothing here asks a component to stop: processes die with process 1, mounts and network with the processes. What is left
is files, empty cgroups and the empty mount points, and those are found by the cluster's name.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from . import namespace, network
from .layout import LOCK, STATE_ROOT, Cluster, recorded
from .waiting import exclusive, until

CGROUPS = Path("/sys/fs/cgroup")


def sweep(name: str) -> None:
    """Remove every trace of the cluster but the cached binaries. Does nothing when there is none."""
    state = STATE_ROOT / name
    cluster = recorded(name) or (Cluster(name, -1, control_plane_only=False) if state.exists() else None)
    if cluster is None:
        return
    kill(cluster)
    network.disconnect(name)
    remove_cgroups(cluster)
    unlock(cluster.state)
    shutil.rmtree(cluster.state)
    with exclusive(LOCK):
        if not any(namespace.all_of_them()):
            remove_empty([*map(Path, namespace.BUILT_IN), STATE_ROOT])


def kill(cluster: Cluster) -> None:
    """End process 1, and wait until the kernel has ended everything in its PID namespace."""
    for pid in alive(cluster):
        signal_quietly(pid, signal.SIGKILL)
    until(f"no process of cluster {cluster.name} runs", lambda: not alive(cluster), seconds=30)


def alive(cluster: Cluster) -> list[int]:
    """`unshare`, process 1, and whatever is in a cgroup of this cluster's Pods."""
    return sorted({pid for pid, _ in namespace.own(cluster)} | set(in_cgroups(cluster)))


def in_cgroups(cluster: Cluster) -> Iterator[int]:
    for pid, _ in namespace.processes():
        try:
            groups = Path(f"/proc/{pid}/cgroup").read_text()
        except OSError:
            continue  # it ended while we looked
        if f":/{cluster.cgroup}/" in groups:
            yield pid


def signal_quietly(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # it ended first, which is what we want


def hierarchies() -> list[Path]:
    """Mount points of the cgroup hierarchies: one per controller in version 1, the root itself in version 2."""
    if (CGROUPS / "cgroup.controllers").exists():
        return [CGROUPS]
    return [
        path
        for path in sorted(CGROUPS.iterdir())
        if (path / "cgroup.procs").exists() and not path.is_symlink()
    ]


def make_cgroups(cluster: Cluster) -> None:
    """The parent of all Pods' cgroups, which the kubelet wants to find."""
    for hierarchy in hierarchies():
        group = hierarchy / cluster.cgroup
        group.mkdir(exist_ok=True)
        for file in ("cpuset.cpus", "cpuset.mems"):  # version 1 starts them empty, and then nothing may join
            if (group / file).exists() and (hierarchy / file).exists():
                (group / file).write_text((hierarchy / file).read_text())


def remove_cgroups(cluster: Cluster) -> None:
    for hierarchy in hierarchies():
        top = hierarchy / cluster.cgroup
        until(f"{top} is gone", lambda top=top: remove_tree_of_cgroups(top), seconds=10)  # type: ignore[misc]


def remove_tree_of_cgroups(top: Path) -> bool:
    """Deepest first; a cgroup stays busy for a moment after its last process ended."""
    groups = [Path(directory) for directory, _, _ in os.walk(top, topdown=False)]
    for group in groups:
        try:
            group.rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return not top.exists()


def unlock(state: Path) -> None:
    """Unmount whatever this machine's own mount table holds below the state directory: normally nothing."""
    points = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for point in sorted((p for p in points if p.startswith(f"{state}/")), reverse=True):
        os.system(f"umount --lazy '{point}'")


def remove_empty(directories: list[Path]) -> None:
    """Mount points, once no cluster runs: removing one pulls the mount from under whoever has something there."""
    for directory in directories:
        try:
            directory.rmdir()
        except OSError:
            continue  # in use by something else, or never there
