"""The git host of the tests, listening: its REST API and its git server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.github import GitHub, git_server

from cupel.telemetry.endpoints import serving


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[tuple[GitHub, str, str]]:
    """The host, the address of its API, and that of its git server."""
    host = GitHub(tmp_path / "repository")
    with git_server(host) as git_url:
        async with serving(host.app(), "127.0.0.1", 0) as port:
            yield host, f"http://127.0.0.1:{port}", git_url
