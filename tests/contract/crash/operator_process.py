"""The operator as a process that dies and is started again, as a restart policy would."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
IMAGE = "localhost/cupel-sandbox@sha256:" + "1" * 64


class OperatorProcess:
    """`python -m cupel.controller`, kept running until it is told to end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.starts = 0
        self._process: asyncio.subprocess.Process | None = None
        self._ending = False

    async def begin(self, port: int) -> None:
        """Start against the proxy on this port of 127.0.0.1."""
        kubeconfig = self.folder / "operator.kubeconfig"
        kubeconfig.write_text(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
            f"clusters: [{{name: c, cluster: {{server: 'http://127.0.0.1:{port}'}}}}]\n"
            "users: [{name: u, user: {}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n",
            encoding="utf-8",
        )
        self._log = (self.folder / "operator.log").open("ab")
        self._keeper = asyncio.create_task(self._keep(kubeconfig))

    async def _keep(self, kubeconfig: Path) -> None:
        while not self._ending:
            self.starts += 1
            self._process = await asyncio.create_subprocess_exec(
                "setpriv", "--pdeathsig=KILL", sys.executable, "-m", "cupel.controller",  # it ends with the test
                env=self._environment(kubeconfig), stdout=self._log, stderr=self._log,
            )  # fmt: skip
            await self._process.wait()

    def _environment(self, kubeconfig: Path) -> dict[str, str]:
        return os.environ | {
            "KUBECONFIG": str(kubeconfig),
            "PYTHONPATH": str(ROOT / "operator"),
            "CUPEL_SANDBOX_IMAGE": IMAGE,
            "CUPEL_IDENTITY": "crash-test",
            "CUPEL_PROBE_TARGETS": "10.96.0.1:443",
            "CUPEL_HTTP_HOST": "127.0.0.1",
            "CUPEL_HTTP_PORT": "0",
            "CUPEL_LEASE_SECONDS": "2",
            "CUPEL_LEASE_RENEW_SECONDS": "1.5",
            "CUPEL_LEASE_RETRY_SECONDS": "0.3",
            "CUPEL_RESYNC_SECONDS": "2",
        }

    def kill(self) -> None:
        """kill -9, as sudden as it gets."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def end(self) -> None:
        self._ending = True
        self.kill()
        await self._keeper
        self._log.close()
