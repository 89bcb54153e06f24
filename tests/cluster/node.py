"""Start a cluster, and tell what runs."""

from __future__ import annotations

import subprocess

from . import build, components, configs, images, machine, namespace, network, pki, sweep
from .layout import LOCK, NODE_NAME, Cluster, recorded
from .waiting import exclusive, step, until


def up(name: str, *, control_plane_only: bool) -> Cluster:
    """The running cluster of this name: as it is, when it is well; else swept away and started anew."""
    machine.require(control_plane_only=control_plane_only)
    build.build(build.CONTROL_PLANE if control_plane_only else build.ALL)
    before = recorded(name)
    if before and well(before) and before.control_plane_only == control_plane_only:
        return before
    sweep.sweep(name)
    with exclusive(LOCK):
        cluster = Cluster(name, network.choose_slot(), control_plane_only)
        cluster.record()
    prepare(cluster)
    with step("API server"):
        namespace.create(cluster, components.stages(cluster), build.search_path())
        network.connect(cluster)
        namespace.next_stage(cluster)
        until("the API server is ready", lambda: answers(cluster), seconds=60)
    if not control_plane_only:
        start_node(cluster)
    return cluster


def prepare(cluster: Cluster) -> None:
    with step("certificates and configuration"):
        for directory in ("log", "run"):
            (cluster.state / directory).mkdir(exist_ok=True)
        pki.make_all(cluster)
        configs.write_control_plane(cluster)
        if not cluster.control_plane_only:
            configs.write_node(cluster, build.program("runsc"))


def start_node(cluster: Cluster) -> None:
    with step("node"):
        network.open_the_way_to_pods(cluster)
        sweep.make_cgroups(cluster)
        kubectl(cluster, "apply", "--server-side", "-f", "-", text=configs.first_objects(cluster))
        namespace.next_stage(cluster)
        until("containerd answers", cluster.containerd_socket.exists, seconds=30)
        images.load_pause(cluster)
        until("the node is Ready", lambda: node_ready(cluster), seconds=90)


def kubectl(cluster: Cluster, *arguments: str, text: str | None = None) -> str:
    """kubectl as the administrator of this cluster. Raises CalledProcessError."""
    command = [build.program("kubectl"), f"--kubeconfig={cluster.kubeconfig}", *arguments]
    return subprocess.run(command, input=text, check=True, capture_output=True, text=True).stdout


def answers(cluster: Cluster) -> bool:
    try:
        return kubectl(cluster, "get", "--raw", "/readyz").startswith("ok")
    except subprocess.CalledProcessError:
        return False


def node_ready(cluster: Cluster) -> bool:
    query = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'
    try:
        return kubectl(cluster, "get", "node", NODE_NAME, "-o", query) == "True"
    except subprocess.CalledProcessError:
        return False


def expected(cluster: Cluster) -> set[str]:
    return {name for stage in components.stages(cluster) for name, _ in stage}


def well(cluster: Cluster) -> bool:
    """Every component runs, and the API server (and the node) say they are ready."""
    complete = expected(cluster) <= set(namespace.components(cluster))
    return complete and answers(cluster) and (cluster.control_plane_only or node_ready(cluster))
