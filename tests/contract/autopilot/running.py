"""One autopilot as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.waiting import until

ROOT = Path(__file__).parents[3]
PLAIN = ("cupel.autopilot",)


@dataclass
class RunningAutopilot:
    """`python -m cupel.autopilot`, its log and its HTTP port."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls, name: str, kubeconfig: Path, folder: Path, module: Sequence[str] = PLAIN, **settings: str
    ) -> RunningAutopilot:
        """`module` is what Python runs, with its arguments."""
        log = folder / f"{name}.log"
        environment = os.environ | {
            "KUBECONFIG": str(kubeconfig),
            "PYTHONPATH": f"{ROOT / 'operator'}{os.pathsep}{ROOT}",
            "CUPEL_IDENTITY": name,
            "CUPEL_LEASE_SECONDS": "3",
            "CUPEL_LEASE_RENEW_SECONDS": "2",
            "CUPEL_LEASE_RETRY_SECONDS": "0.3",
            "CUPEL_HTTP_HOST": "127.0.0.1",
            "CUPEL_HTTP_PORT": "0",
            "CUPEL_AUTOPILOT_STATUS_SECONDS": "1",
            **settings,
        }
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", *module], env=environment, stdout=file, stderr=file
            )
        return cls(name, log, process)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line[:1] == "{"]

    def said(self, text: str) -> dict[str, Any] | None:
        return next((line for line in self.lines() if text in line["message"]), None)

    @property
    def port(self) -> int:
        line = until(lambda: self.said("/metrics on port"), 60, f"{self.name} serves")
        return int(line["message"].rsplit(" ", 1)[1])

    def ask(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def figure(self, series: str) -> float:
        """A sample of its /metrics, by name and labels as they are written there; NaN where there is none."""
        lines = self.ask("/metrics")[1].splitlines()
        return next(
            (float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"{series} ")), float("nan")
        )

    def leads(self) -> bool:
        return self.process.poll() is None and bool(json.loads(self.ask("/readyz")[1])["leading"])

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def end(self) -> int:
        """Ask it to end, and its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
