"""What somebody can do with the demo's cluster by hand: the block the demo ends with, and README shows."""

from __future__ import annotations

import shutil
from pathlib import Path

from .cluster import AGENTS, PEOPLE, ZONE, Cluster

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    f"sed 's/name: word-count/name: my-count/' manifests/examples/word-count.yaml | "
    f"kubectl apply -n {ZONE} -f - --as alice --as-group cupel-requesters",
    f"kubectl cupel status my-count -n {ZONE}      # proved; it waits for somebody else than alice",
    f"kubectl cupel approve my-count -n {ZONE} --as bob --as-group {PEOPLE['bob'][0]}",
    f"kubectl cupel status my-count -n {ZONE}      # it serves",
    "kubectl -n cupel-system port-forward svc/cupel-gateway 8004 >/dev/null &",
    f"TOKEN=$(kubectl create token agent -n {AGENTS} --audience=cupel-gateway)",
    f'kubectl cupel call my-count -n {ZONE} --token "$TOKEN" text="to be or not to be"',
    """curl -H "Authorization: Bearer $TOKEN" http://localhost:8004/mcp --json """
    """'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"my-count","arguments":{"text":"a b"}}}'""",
)


def try_it(cluster: Cluster) -> list[str]:
    """The commands, after those that put our programs and this cluster's kubeconfig in place."""
    kubectl = shutil.which(cluster.kubectl) or cluster.kubectl
    path = f"{ROOT / '.venv' / 'bin'}:{Path(kubectl).resolve().parent}"
    return [f"cd {ROOT}", f"export PATH={path}:$PATH KUBECONFIG={cluster.kubeconfig}", *COMMANDS]
