"""`python -m tests.bench [NAME]...`: every benchmark of docs/benchmarks.md, one after another.

Starts and ends clusters of its own (`bench` and `bench-api`); a machine that does nothing else gives the best figures.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.cluster import providers
from tests.runner import stages

ROOT = Path(__file__).parents[2]


def run(module: str, *arguments: str, **settings: str) -> None:
    environment = stages.surroundings(settings) | {"PYTHONPATH": "operator:sandbox:."}
    print(f"\n== python -m tests.bench.{module} {' '.join(arguments)}", flush=True)
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def on_a_node(module: str) -> None:
    provider = providers.chosen()
    try:
        kubeconfig = provider.up("bench", control_plane_only=False)
        run(module, CUPEL_NODE_KUBECONFIG=str(kubeconfig), **stages.load_images("bench"))
    finally:
        provider.down("bench")


def operator() -> None:
    provider = providers.chosen()
    try:
        kubeconfig = provider.up("bench-api", control_plane_only=True)
        with tempfile.TemporaryDirectory() as folder:
            run("operator", "--folder", folder, CUPEL_APISERVER_KUBECONFIG=str(kubeconfig))
    finally:
        provider.down("bench-api")


def autopilot() -> None:
    provider = providers.chosen()
    try:
        kubeconfig = provider.up("bench-api", control_plane_only=True)
        run("autopilot", CUPEL_APISERVER_KUBECONFIG=str(kubeconfig))
    finally:
        provider.down("bench-api")


BENCHES: dict[str, Callable[[], None]] = {
    "ready": lambda: on_a_node("ready"),
    "ledger": lambda: on_a_node("ledger"),
    "wake": lambda: on_a_node("wake"),
    "gap": lambda: on_a_node("gap"),
    "gateway": lambda: run("gateway"),
    "state": lambda: run("state"),
    "egress": lambda: run("egress"),
    "operator": operator,
    "analyser": lambda: run("analyser"),
    "control": lambda: run("control"),
    "wishes": lambda: run("wishes"),
    "rollback": lambda: run("rollback", "--years", "1000", "--step", "300"),
    "autopilot": autopilot,
    "proof": lambda: on_a_node("proof"),
    "mutants": lambda: run("mutants", "--variants"),
}


def main() -> int:
    wanted = sys.argv[1:] or list(BENCHES)
    if unknown := set(wanted) - set(BENCHES):
        print(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
        return 2
    for name in wanted:
        BENCHES[name]()
    print(f"\nload at the end: {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
