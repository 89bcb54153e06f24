"""However a cluster is killed, `down` leaves nothing of it on the machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.cluster import namespace, network, node, sweep
from tests.cluster.configs import PAUSE_IMAGE
from tests.cluster.layout import STATE_ROOT, Cluster, recorded
from tests.cluster.waiting import until

pytestmark = pytest.mark.node
NAME = "leaves-nothing"


def pod(name: str, runtime_class: str | None) -> dict[str, object]:
    container = {
        "name": "c",
        "image": PAUSE_IMAGE,
        "command": ["/pause", "infinity"],
        "imagePullPolicy": "Never",
    }
    spec = {"containers": [container], **({"runtimeClassName": runtime_class} if runtime_class else {})}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A node of its own, with a Pod in gVisor and one in runc running."""
    started = node.up(NAME, control_plane_only=False)
    pods = [pod("in-gvisor", "gvisor"), pod("in-runc", None)]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": pods})
    until("the service account exists", lambda: applied(started, text), seconds=30)
    node.kubectl(started, "wait", "--for=condition=Ready", "pod", "--all", "--timeout=60s")
    yield started
    sweep.sweep(NAME)


def applied(cluster: Cluster, text: str) -> bool:
    try:
        node.kubectl(cluster, "apply", "-f", "-", text=text)
    except subprocess.CalledProcessError:
        return False
    return True


def traces(cluster: Cluster) -> dict[str, list[str]]:
    """Everything on this machine that names the cluster, or that containers leave lying about."""
    mounts = Path("/proc/mounts").read_text().splitlines()
    links = json.loads(network.ip("-json", "link", "show", "type", "veth"))
    routes = network.ip("-4", "route").splitlines()
    state = str(cluster.state)
    return {
        "processes": [
            " ".join(c)[:80]
            for pid, c in namespace.processes()
            if pid != os.getpid() and state in " ".join(c)
        ],
        "mounts": [line for line in mounts if state in line],
        "links": [link["ifname"] for link in links if link["ifname"] == cluster.link],
        "routes": [line for line in routes if cluster.address in line or f" {cluster.link} " in line],
        "network namespaces": sorted(path.name for path in Path("/run/netns").glob("cni-*")),
        "cgroups": [str(h / cluster.cgroup) for h in sweep.hierarchies() if (h / cluster.cgroup).exists()],
        "files": [str(STATE_ROOT / NAME)] if (STATE_ROOT / NAME).exists() else [],
    }


def kill(cluster: Cluster, *names: str) -> None:
    running = namespace.components(cluster)
    for name in names:
        os.kill(running[name], signal.SIGKILL)


def kill_process_1(cluster: Cluster) -> None:
    os.kill(namespace.process_1(cluster) or 0, signal.SIGKILL)


def kill_the_starter(cluster: Cluster) -> None:
    os.kill(next(pid for pid, command in namespace.own(cluster) if command[0] == "unshare"), signal.SIGKILL)


def lose_the_record(cluster: Cluster) -> None:
    kill(cluster, "containerd")
    (cluster.state / "cluster.json").unlink()


DEATHS: dict[str, Callable[[Cluster], None]] = {
    "a well one": lambda cluster: None,
    "containerd and the kubelet were killed with Pods running": lambda c: kill(c, "containerd", "kubelet"),
    "etcd and the API server were killed": lambda c: kill(c, "etcd", "kube-apiserver"),
    "process 1 was killed": kill_process_1,
    "the starter was killed": kill_the_starter,
    "the record of it was lost": lose_the_record,
}


@pytest.mark.parametrize("death", DEATHS)
def test_down_leaves_nothing_of(death: str, cluster: Cluster) -> None:
    assert {kind for kind, found in traces(cluster).items() if found} >= {
        "processes",
        "links",
        "routes",
        "cgroups",
        "files",
    }
    DEATHS[death](cluster)

    sweep.sweep(NAME)
    sweep.sweep(NAME)

    assert {kind: found for kind, found in traces(cluster).items() if found} == {}
    assert recorded(NAME) is None


def test_down_takes_nothing_from_another_cluster(cluster: Cluster) -> None:
    node.up(f"{NAME}-2", control_plane_only=True)

    sweep.sweep(f"{NAME}-2")

    assert (Path("/proc", str(namespace.process_1(cluster)), "root/var/lib/kubelet/pods")).is_dir()
