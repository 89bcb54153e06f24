"""Installing Cupel the way its users do: kubectl apply -k, then cupel zone init."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.cluster.layout import all_recorded

from .cluster import Cluster

AGENT = """\
apiVersion: v1
kind: Namespace
metadata: {{name: {agents}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: agent, namespace: {agents}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: agents, namespace: {zone}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cupel-caller}}
subjects: [{{kind: ServiceAccount, name: agent, namespace: {agents}}}]
"""
"""No token is made in a zone, so agents live elsewhere and are let in by a role."""
COMPONENTS = ("author", "autopilot", "codes")
ROOT = Path(__file__).resolve().parents[2]


def overlay(cluster: Cluster, folder: Path) -> Path:
    """A kustomize overlay over manifests/base with the images that were built."""
    name, _, digest = cluster.operator_image.partition("@")
    manifests = Path("/".join([".."] * len(folder.parts[1:]))) / Path(*ROOT.parts[1:]) / "manifests"
    (folder / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\n"
        "kind: Kustomization\n"
        f"resources: [{manifests / 'base'}]\n"
        f"components: [{', '.join(str(manifests / 'components' / name) for name in COMPONENTS)}]\n"
        f"images: [{{name: cupel-operator, newName: {name}, digest: '{digest}'}}]\n"
        "configMapGenerator:\n"
        "- name: cupel-settings\n"
        "  namespace: cupel-system\n"
        "  behavior: merge\n"
        f"  literals: [sandboxImage={cluster.sandbox_image}, egressAllowNetworks={inside(cluster)}]\n"
        + pinned(cluster),
        encoding="utf-8",
    )
    return folder


def inside(cluster: Cluster) -> str:
    """The one name in the cluster that tools may call: a server that stands for the world."""
    return f"world.{cluster.agents}.svc.cluster.local"


def pinned(cluster: Cluster) -> str:
    """The egress proxy's address, where the cluster is our own node: the one its gVisor Pods may call."""
    ours = [known for known in all_recorded() if str(known.kubeconfig) == cluster.kubeconfig]
    if not ours:
        return ""
    patch = json.dumps([{"op": "add", "path": "/spec/clusterIP", "value": ours[0].egress_service}])
    return f"patches:\n- target: {{kind: Service, name: cupel-egress}}\n  patch: '{patch}'\n"


def install(cluster: Cluster) -> None:
    """CRDs, admission policies, roles, every process; then a pair of zones with one channel for harmless tools."""
    make_keys(cluster)
    apply_overlay(cluster)
    # A ledger remembers what was approved: an earlier telling goes first, zones and all.
    cluster.run("delete", "generatedtools", "--all", "-n", cluster.zone, "--ignore-not-found", check=False)
    spaces = (cluster.zone, cluster.sandbox, cluster.agents)
    cluster.run("delete", "namespace", *spaces, "--ignore-not-found", "--timeout=120s")
    for deployment in ("operator", "gateway", "egress", *COMPONENTS):
        rollout = ["rollout", "status", f"deployment/cupel-{deployment}", "--timeout=120s"]
        cluster.run("-n", "cupel-system", *rollout)
    zone = ["zone", "init", cluster.zone, "--sandbox", cluster.sandbox, "--floors", "1,2"]
    cluster.cupel(*zone, "--launcher", cluster.sandbox_image)
    agent = AGENT.format(zone=cluster.zone, agents=cluster.agents)
    cluster.run("apply", "--server-side", "--force-conflicts", "-f", "-", text=agent)


def apply_overlay(cluster: Cluster) -> None:
    """The overlay and its settings; what an earlier one said otherwise is changed."""
    with tempfile.TemporaryDirectory() as folder:
        rendered = cluster.run("kustomize", str(overlay(cluster, Path(folder)))).stdout
    cluster.run("apply", "--server-side", "--force-conflicts", "-f", "-", text=rendered)


def make_keys(cluster: Cluster) -> None:
    """The keys that one-time codes' secrets are encrypted with, once: new ones would make enrolments useless."""
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cupel-system"}}
    cluster.run("apply", "--server-side", "-f", "-", text=json.dumps(space))
    secret = ["secret", "cupel-codes-keys", "-n", "cupel-system"]
    if cluster.run("get", *secret, check=False).returncode:
        keys = cluster.cupel("codes", "keygen").stdout.strip()
        cluster.run("create", "secret", "generic", *secret[1:], f"--from-literal=keys={keys}")


def agent_token(cluster: Cluster) -> str:
    """A Kubernetes token of the agent, good for the gateway."""
    command = ["create", "token", "agent", "-n", cluster.agents, "--audience=cupel-gateway"]
    return cluster.run(*command).stdout.strip()
