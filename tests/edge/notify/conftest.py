from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from tests.edge.gateway.fake_api import FakeApi

from .stage import Receiver, Stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    api, receiver = FakeApi(), Receiver()
    await api.start()
    await receiver.start()
    async with aiohttp.ClientSession() as session:
        stage = Stage(api, receiver, tmp_path, session)
        stage.route()
        yield stage
        for process in stage.processes:
            process.kill()
            await process.running.wait()
    await receiver.stop()
    await api.stop()
