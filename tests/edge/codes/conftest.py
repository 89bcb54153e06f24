"""Stores that codes are kept in: SQLite in a file, and PostgreSQL where CUPEL_TEST_POSTGRES_URL names one."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from cupel.sealed import Vault, new_key
from cupel.store.code_tables import METADATA
from cupel.store.codes import CodeStore
from cupel.store.engine import opened

POSTGRES = os.environ.get("CUPEL_TEST_POSTGRES_URL", "")


@pytest.fixture
def vault() -> Vault:
    return Vault(new_key())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/codes.db"
    return POSTGRES or pytest.skip("CUPEL_TEST_POSTGRES_URL names no PostgreSQL")


@pytest.fixture
async def replicas(url: str) -> AsyncIterator[tuple[CodeStore, CodeStore]]:
    """Two stores over one database, as two processes have them; empty."""
    async with AsyncExitStack() as stack:
        first, second = [CodeStore(await stack.enter_async_context(opened(url, "codes"))) for _ in range(2)]
        async with first.engine.begin() as connection:
            for table in METADATA.sorted_tables:
                await connection.execute(sa.delete(table))
        yield first, second


@pytest.fixture
def store(replicas: tuple[CodeStore, CodeStore]) -> CodeStore:
    return replicas[0]
