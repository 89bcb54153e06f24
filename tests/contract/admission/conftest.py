"""One installation for the whole matrix, and a ledger that tests may set."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .installed import clear, install, remove
from .server import Server, connect
from .zone import Zone


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    here = connect(tmp_path_factory.mktemp("kubeconfig"))
    fresh = install(here)
    yield here
    remove(here, admission=fresh)


@pytest.fixture(scope="module")
def zone(server: Server) -> Zone:
    """An empty zone: no tools, no Pods, no decisions; floors 2, TwoPeople, one launcher image."""
    clear(server)
    return Zone(server)
