"""How the benchmarks on a whole node begin: what they are told, a Cupel of their own, and a table's row."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.demo.cluster import Cluster
from tests.demo.install import install
from tests.support.watched import Watched

ZONES = {"zone": "cupel-bench", "sandbox": "cupel-bench-sandbox", "agents": "cupel-bench-agents"}


@dataclass(frozen=True)
class Told:
    """The command line."""

    tools: int
    json: bool


def told(description: str, tools: int) -> Told:
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--tools", type=int, default=tools)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    return Told(given.tools, given.json)


@contextmanager
def installed(*namespaces: str) -> Iterator[tuple[Cluster, float]]:
    """A cluster with Cupel in namespaces of the benchmark's own, and the load before; they are gone afterwards."""
    found = Cluster.from_environment()
    cluster = Cluster(found.kubeconfig, found.kubectl, found.sandbox_image, found.operator_image, **ZONES)
    load = os.getloadavg()[0]
    install(cluster)
    yield cluster, load
    cluster.run("delete", "namespace", *namespaces, *ZONES.values())


def watched(cluster: Cluster, kind: str, namespace: str = "") -> Watched:
    """Every sight of a kind in the benchmark's zone, or in this namespace."""
    return Watched([cluster.kubectl], kind, namespace or cluster.zone, cluster.environment())


def machine(load: float, tools: int) -> str:
    """What the figures were taken on."""
    cores = f"{os.cpu_count()} cores, Linux {platform.release()}"
    return f"{cores}; load {load:.1f} before, {os.getloadavg()[0]:.1f} after; {tools} tools, one at a time\n"


def row(times: list[float]) -> str:
    """Median, 95th percentile, least."""
    return f"{statistics.median(times):.2f} | {statistics.quantiles(times, n=20)[18]:.2f} | {min(times):.2f}"
