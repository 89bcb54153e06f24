"""A stage over a fake API server, for each test."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.edge.gateway.fake_api import FakeApi

from .stage import Receiver, Stage


@dataclass
class FakeStage(Stage):
    """A stage whose API server does as the test says."""

    api: FakeApi = field(default_factory=FakeApi)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[FakeStage]:
    api, receiver = FakeApi(), Receiver()
    await api.start()
    await receiver.start()
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(json.dumps(_kubeconfig(api.url)))
    async with aiohttp.ClientSession() as session:
        stage = FakeStage(kubeconfig, receiver, tmp_path, session, api=api)
        stage.route()
        yield stage
        await stage.close()
    await receiver.stop()
    await api.stop()


def _kubeconfig(server: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "fake",
        "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "fake"}}],
        "clusters": [{"name": "fake", "cluster": {"server": server}}],
        "users": [{"name": "fake", "user": {}}],
    }
