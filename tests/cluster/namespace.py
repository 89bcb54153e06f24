"""The namespaces a cluster lives in: made, found again, entered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .layout import LOCK, Cluster
from .waiting import exclusive, until

PID1 = Path(__file__).with_name("pid1.py")
APART = (
    "setsid",
    "--fork",
    "unshare",
    "--mount",
    "--net",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--",
)
BUILT_IN = ("/var/lib/kubelet", "/var/lib/cni", "/var/log/pods", "/var/log/containers", "/run/containerd")
"""Paths that kubelet, containerd and CNI write to whatever they are told: each cluster sees its own there."""


def create(cluster: Cluster, stages: Sequence[Sequence[tuple[str, list[str]]]], path: str) -> int:
    """Start process 1 of the cluster in new namespaces and return its PID as the host sees it."""
    plan = {
        "binds": [[str(cluster.state / "built-in" / d.strip("/").replace("/", "-")), d] for d in BUILT_IN],
        "stages": [[{"name": name, "argv": argv} for name, argv in stage] for stage in stages],
        "path": path,
    }
    (cluster.state / "plan.json").write_text(json.dumps(plan))
    (cluster.state / "listening").unlink(missing_ok=True)
    command = [*APART, sys.executable, "-I", str(PID1), str(cluster.state)]
    with exclusive(LOCK), open(cluster.state / "log" / "pid1.log", "ab") as log:
        for directory in BUILT_IN:
            os.makedirs(directory, exist_ok=True)
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", check=True)
        until("process 1 runs", lambda: process_1(cluster) is not None, seconds=10)
    until("process 1 of the cluster listens", lambda: (cluster.state / "listening").exists(), seconds=10)
    return process_1(cluster) or sys.exit(f"process 1 ended; see {cluster.state}/log/pid1.log")


def processes() -> Iterator[tuple[int, list[str]]]:
    """Every process of the machine with its command line."""
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                yield (
                    int(entry),
                    Path("/proc", entry, "cmdline").read_bytes().decode("utf-8", "replace").split("\0"),
                )
            except OSError:
                continue  # it ended while we looked


def all_of_them() -> Iterator[tuple[int, list[str]]]:
    """`unshare` and process 1 of every cluster."""
    for pid, command in processes():
        if PID1.name in (Path(word).name for word in command):  # by name: it may be another clone's
            yield pid, command


def own(cluster: Cluster) -> Iterator[tuple[int, list[str]]]:
    """`unshare` and process 1 of this cluster, told by the state directory on their command line."""
    return ((pid, command) for pid, command in all_of_them() if str(cluster.state) in command)


def process_1(cluster: Cluster) -> int | None:
    """The host's PID of the cluster's process 1, or None when it does not run."""
    return next((pid for pid, command in own(cluster) if Path(command[0]).name != "unshare"), None)


def components(cluster: Cluster) -> dict[str, int]:
    """Name and host PID of what process 1 started and what still runs."""
    first = process_1(cluster)
    if first is None:
        return {}
    return {Path(command[0]).name: pid for pid, command in processes() if parent(pid) == first}


def parent(pid: int) -> int:
    """The parent of a process; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def next_stage(cluster: Cluster) -> None:
    """Tell process 1 to start what comes next."""
    first = process_1(cluster)
    if first is None:
        sys.exit(f"process 1 of cluster {cluster.name} is gone; see {cluster.state}/log/pid1.log")
    os.kill(first, signal.SIGUSR1)


def inside(cluster: Cluster, *command: str, text: str | None = None) -> str:
    """Run a command in the cluster's network. Raises CalledProcessError with its stderr."""
    entry = ["nsenter", "--target", str(process_1(cluster)), "--net", "--", *command]
    return subprocess.run(entry, input=text, check=True, capture_output=True, text=True).stdout
