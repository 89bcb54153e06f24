"""Cupel installed in the node's cluster as its users install it, and a pair of zones for these tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.demo import callers
from tests.demo.cluster import Cluster
from tests.demo.install import agent_token, install
from tests.support.watched import Watched

from .stage import Stage

ZONES = {"zone": "cupel-e2e", "sandbox": "cupel-e2e-sandbox", "agents": "cupel-e2e-agents"}


@dataclass(frozen=True)
class Agent:
    """Lists and calls tools through the gateway, by the official MCP client."""

    url: str
    token: str

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return callers.call(self.url, self.token, tool, **arguments)

    def listed(self) -> list[str]:
        return callers.listed(self.url, self.token)

    def steady(self, tool: str, **arguments: Any) -> callers.Steady:
        return callers.Steady(self.url, self.token, tool, **arguments)


@pytest.fixture(scope="session")
def stage(node_kubeconfig: Path, sandbox_image: str, operator_image: str) -> Iterator[Stage]:
    kubectl = os.environ.get("CUPEL_KUBECTL", "kubectl")
    cluster = Cluster(str(node_kubeconfig), kubectl, sandbox_image, operator_image, **ZONES)
    install(cluster)
    with (
        Watched([kubectl], "generatedtools", cluster.zone, cluster.environment()) as tools,
        Watched([kubectl], "toolrevisions", cluster.zone, cluster.environment()) as revisions,
    ):
        yield Stage(cluster, tools, revisions)
    cluster.run("delete", "generatedtools", "--all", "-n", cluster.zone)


@pytest.fixture(scope="module")
def agent(stage: Stage) -> Iterator[Agent]:
    with stage.cluster.gateway() as url:
        yield Agent(url, agent_token(stage.cluster))
