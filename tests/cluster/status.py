"""Tell what runs on this machine, in a form that people read."""

from __future__ import annotations

from . import build, node
from .layout import CACHE, Cluster, all_recorded
from .namespace import components


def report() -> str:
    clusters = all_recorded()
    built = len(build.ALL) - len(build.missing())
    lines = [f"binaries  {built} of {len(build.ALL)} built, Kubernetes {build.VERSION}, in {CACHE / 'node'}"]
    for cluster in clusters:
        lines += ["", *describe(cluster)]
    return "\n".join(lines if clusters else [*lines, "clusters  none"])


def describe(cluster: Cluster) -> list[str]:
    running = components(cluster)
    gone = sorted(node.expected(cluster) - set(running))
    mode = "control plane only" if cluster.control_plane_only else "node"
    state = "well" if node.well(cluster) else f"not well; gone: {', '.join(gone) or 'nothing'}"
    return [
        f"cluster   {cluster.name}: {mode}, {state}",
        f"runs      {', '.join(f'{name} ({pid})' for name, pid in sorted(running.items())) or 'nothing'}",
        f"addresses node {cluster.address}, Pods {cluster.pods}, Services {cluster.services}",
        f"audit log {cluster.audit_log}",
        f"export KUBECONFIG={cluster.kubeconfig}",
    ]
