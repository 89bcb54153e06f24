"""One installation for the whole matrix, and a ledger that tests may set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .installed import apply, base, clear, install, nadia, remove
from .server import Server, connect
from .zone import Zone


@pytest.fixture(scope="session")
def server(apiserver_kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    here = connect(apiserver_kubeconfig, tmp_path_factory.mktemp("kubeconfig"))
    fresh = install(here)
    apply(here, nadia())
    yield here
    remove(here, admission=fresh)


@pytest.fixture(scope="session")
def whole_node(node_kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The node's API server with the policies of manifests/base; they stay, for others count on them."""
    here = connect(node_kubeconfig, tmp_path_factory.mktemp("kubeconfig"))
    apply(here, base())
    return here


@pytest.fixture(scope="module")
def zone(server: Server) -> Zone:
    """An empty zone: no tools, no Pods, no decisions; floors 2, TwoPeople, one launcher image."""
    clear(server)
    return Zone(server)
