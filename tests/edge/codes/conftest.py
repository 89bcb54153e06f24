"""Stores that codes are kept in: SQLite in a file, and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from cupel.sealed import Vault, new_key
from cupel.store.codes import CodeStore
from cupel.store.engine import opened


@pytest.fixture
def vault() -> Vault:
    return Vault(new_key())


@pytest.fixture
async def replicas(store_url: str) -> AsyncIterator[tuple[CodeStore, CodeStore]]:
    """Two stores over one database, as two processes have them."""
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(opened(store_url, "codes")) for _ in range(2)]
        yield CodeStore(engines[0]), CodeStore(engines[1])


@pytest.fixture
def store(replicas: tuple[CodeStore, CodeStore]) -> CodeStore:
    return replicas[0]
