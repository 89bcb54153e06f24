"""The service as a process of its own, under its own identity: it sees by itself, it is killed, and it goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.contract.pulls.desk import Desk
from tests.support.github import TOKEN

pytestmark = pytest.mark.apiserver
ROOT = Path(__file__).parents[3]


@contextmanager
def running(
    desk: Desk, kubeconfig: Path, log: Path, end: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    """One process; `end` is how it ends."""
    token = desk.folder / "token"
    token.write_text(TOKEN)
    values = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "operator"),
        "KUBECONFIG": str(kubeconfig),
        "CUPEL_PULLS_API_URL": desk.api_url,
        "CUPEL_PULLS_GIT_URL": desk.git_url,
        "CUPEL_PULLS_TOKEN_FILE": str(token),
        "CUPEL_PULLS_POLL_SECONDS": "1",
        "CUPEL_HTTP_HOST": "127.0.0.1",
        "CUPEL_HTTP_PORT": "0",
    }
    with log.open("ab") as stream:
        child = subprocess.Popen([sys.executable, "-m", "cupel.pulls"], env=values, stderr=stream)
    try:
        yield child
    finally:
        child.send_signal(end)
        child.wait(90)


async def test_killed_and_started_again_it_goes_on(
    desk: Desk, kubeconfig_of_ours: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    digest = desk.asked("process")

    with running(desk, kubeconfig_of_ours, log, signal.SIGKILL) as child:
        await until(lambda: len(desk.of(digest)) == 1, child, log)
    desk.host.merge(desk.of(digest)[0].number, "octo-bob")
    with running(desk, kubeconfig_of_ours, log, signal.SIGTERM) as child:
        await until(lambda: bool(desk.comments(desk.of(digest)[0])), child, log)

    assert child.returncode == 0
    assert desk.entry(digest)["review"]["by"] == "bob"
    assert len(desk.of(digest)) == 1 and TOKEN not in log.read_text()


async def until(holds: Callable[[], bool], child: subprocess.Popen[bytes], log: Path) -> None:
    """Wait, and let the git host answer meanwhile: it lives in this loop."""
    end = asyncio.get_running_loop().time() + 180
    while not holds():
        assert child.poll() is None and asyncio.get_running_loop().time() < end, log.read_text()
        await asyncio.sleep(0.05)
