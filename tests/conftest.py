"""What every test of a real cluster starts from. `make test` sets the environment; without it such tests are skipped."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Protocol

import pytest
from tests.support.api import Api
from tests.support.postgres import postgres_database, postgres_url, store_url

# Before Python 3.12 the policy makes a loop when pytest-asyncio asks for the present one, and nobody closes it.
asyncio.set_event_loop(None)

__all__ = ["postgres_database", "postgres_url", "store_url"]  # fixtures for every suite

WHERE = {"apiserver": "CUPEL_APISERVER_KUBECONFIG", "node": "CUPEL_NODE_KUBECONFIG"}


class Kubectl(Protocol):
    """kubectl as the administrator, or as another user; answers its output, raises CalledProcessError."""

    def __call__(self, *arguments: str, text: str | None = None, user: str | None = None) -> str: ...


def named(variable: str) -> Path:
    found = os.environ.get(variable) or os.environ.get("KUBECONFIG")
    if not found:
        pytest.skip(f"{variable} names no cluster: run `make test`")
    return Path(found)


def image(variable: str) -> str:
    return os.environ.get(variable) or pytest.skip(f"{variable} names no image: run `make test-node`")


@pytest.fixture(scope="session")
def apiserver_kubeconfig() -> Path:
    """A control plane: API server and etcd, nothing else."""
    return named(WHERE["apiserver"])


@pytest.fixture(scope="session")
def node_kubeconfig() -> Path:
    """A whole node, with gVisor."""
    return named(WHERE["node"])


@pytest.fixture
def kubeconfig(request: pytest.FixtureRequest) -> Path:
    """The cluster that the test's mark asks for."""
    mark = "node" if request.node.get_closest_marker("node") else "apiserver"
    return named(WHERE[mark])


@pytest.fixture
def api(kubeconfig: Path) -> Api:
    return Api(kubeconfig)


@pytest.fixture
def kubectl(kubeconfig: Path) -> Kubectl:
    def run(*arguments: str, text: str | None = None, user: str | None = None) -> str:
        who = [f"--as={user}"] if user else []
        command = ["kubectl", f"--kubeconfig={kubeconfig}", *who, *arguments]
        return subprocess.run(command, input=text, check=True, capture_output=True, text=True).stdout

    return run


@pytest.fixture(scope="session")
def sandbox_image() -> str:
    """Pinned by digest, and loaded into the node."""
    return image("CUPEL_SANDBOX_IMAGE")


@pytest.fixture(scope="session")
def operator_image() -> str:
    """Pinned by digest, and loaded into the node."""
    return image("CUPEL_OPERATOR_IMAGE")
