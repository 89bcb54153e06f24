"""What the demo needs of a cluster: kubectl, the cupel command line as one person or another, a gateway port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ZONE = "cupel-demo"
SANDBOX = "cupel-demo-sandbox"
AGENTS = "cupel-demo-agents"
PEOPLE = {
    "alice": ("cupel-requesters", "cupel-approvers"),
    "bob": ("cupel-approvers",),
    "carol": ("cupel-approvers",),
    "rita": ("cupel-revokers",),
}
"""Who takes part, and their groups. Alice may approve, but not what she asked for."""


class DemoError(Exception):
    """The story did not go as told; the text says where."""


@dataclass(frozen=True)
class Cluster:
    """One cluster, reached with an administrator's kubeconfig."""

    kubeconfig: str
    kubectl: str
    sandbox_image: str
    operator_image: str
    zone: str = ZONE
    sandbox: str = SANDBOX
    agents: str = AGENTS

    @classmethod
    def from_environment(cls) -> Cluster:
        """As `make demo` sets it. Raises KeyError naming what is missing."""
        return cls(
            os.environ["CUPEL_NODE_KUBECONFIG"],
            os.environ.get("CUPEL_KUBECTL", "kubectl"),
            os.environ["CUPEL_SANDBOX_IMAGE"],
            os.environ["CUPEL_OPERATOR_IMAGE"],
        )

    def environment(self) -> dict[str, str]:
        return os.environ | {"KUBECONFIG": self.kubeconfig}

    def run(self, *args: str, text: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        """kubectl as the administrator."""
        done = subprocess.run(
            [self.kubectl, *args], input=text, capture_output=True, text=True, env=self.environment()
        )
        if check and done.returncode:
            raise DemoError(f"kubectl {' '.join(args)}: {done.stderr.strip()}")
        return done

    def apply_as(self, person: str, path: Path) -> subprocess.CompletedProcess[str]:
        """`kubectl apply` under a person's own name."""
        return self.run("apply", "-n", self.zone, "-f", str(path), *as_person(person))

    def cupel(self, *args: str, person: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        """The cupel command line, as the administrator or as a person."""
        who = as_person(person) if person else []
        command = [sys.executable, "-m", "cupel.cli", *args, *who]
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment())
        if check and done.returncode:
            raise DemoError(f"cupel {' '.join(args)}: {done.stdout.strip()} {done.stderr.strip()}")
        return done

    def tool(self, name: str) -> dict[str, Any]:
        done = self.run("get", "generatedtool", name, "-n", self.zone, "-o", "json", check=False)
        found: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
        return found

    def wait(self, what: str, seen: Callable[[], Any], seconds: float = 90) -> Any:
        """The first true answer of `seen`. Raises DemoError when none comes in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if answer := seen():
                return answer
            time.sleep(0.3)
        raise DemoError(f"waited {seconds:.0f} s in vain for {what}")

    def condition(self, name: str, kind: str = "Ready") -> dict[str, Any]:
        """A condition of a tool that is about its present generation; empty when there is none yet."""
        body = self.tool(name)
        status = body.get("status", {})
        if status.get("observedGeneration") != body.get("metadata", {}).get("generation"):
            return {}
        return next((c for c in status.get("conditions", []) if c["type"] == kind), {})

    def reason(self, name: str, *wanted: str) -> dict[str, Any]:
        """Wait until the tool's Ready condition has one of these reasons."""

        def seen() -> dict[str, Any]:
            found = self.condition(name)
            return found if found.get("reason") in wanted else {}

        try:
            found: dict[str, Any] = self.wait(f"{name} to be {' or '.join(wanted)}", seen)
            return found
        except DemoError as error:
            raise DemoError(f"{error}; it is {self.condition(name)}") from None

    @contextmanager
    def gateway(self) -> Iterator[str]:
        """The gateway's MCP endpoint on a local port."""
        port = _free_port()
        command = [self.kubectl, "-n", "cupel-system", "port-forward", "svc/cupel-gateway", f"{port}:8004"]
        forward = subprocess.Popen(
            command, env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            self.wait("the gateway's port", lambda: _listens(port), 30)
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            forward.terminate()
            forward.wait(10)


def as_person(person: str) -> list[str]:
    """kubectl's arguments, and ours, to act as somebody else."""
    groups = [*PEOPLE[person], "system:authenticated"]
    return ["--as", person, *(part for group in groups for part in ("--as-group", group))]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
