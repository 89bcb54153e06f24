"""One of our programs that talk to an API server, as a process of its own: its log and its HTTP port."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.waiting import until

ROOT = Path(__file__).parents[2]


@dataclass
class Running:
    """`python -m cupel.SOMETHING`."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls, module: str, name: str, kubeconfig: Path, folder: Path, *arguments: str, **settings: str
    ) -> Running:
        """Under this name, as who the kubeconfig says, on a port that is free. `arguments` are the module's."""
        log = folder / f"{name}.log"
        environment = os.environ | {
            "KUBECONFIG": str(kubeconfig),
            "PYTHONPATH": f"{ROOT / 'operator'}{os.pathsep}{ROOT}",
            "CUPEL_IDENTITY": name,
            "CUPEL_HTTP_HOST": "127.0.0.1",
            "CUPEL_HTTP_PORT": "0",
            **settings,
        }
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments], env=environment, stdout=file, stderr=file
            )
        return cls(name, log, process)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line[:1] == "{"]

    def said(self, text: str) -> dict[str, Any] | None:
        return next((line for line in self.lines() if text in line["message"]), None)

    @property
    def port(self) -> int:
        return int(self._serves().rsplit(" ", 1)[1])

    @property
    def identity(self) -> str:
        return self._serves().split(" ")[1]

    def _serves(self) -> str:
        line = until(lambda: self.said("/metrics on port"), 60, f"{self.name} serves")
        return str(line["message"])

    def ask(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def answers(self, path: str) -> tuple[int, str] | None:
        """What it answers, once that is 200."""
        found = self.ask(path)
        return found if found[0] == 200 else None

    def figure(self, series: str) -> float:
        """A sample of its /metrics, by name and labels as they are written there; NaN where there is none."""
        lines = self.ask("/metrics")[1].splitlines()
        return next(
            (float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"{series} ")), float("nan")
        )

    def leads(self) -> bool:
        return self.process.poll() is None and bool(json.loads(self.ask("/readyz")[1])["leading"])

    def stop(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def end(self) -> int:
        """Ask it to end, and its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
