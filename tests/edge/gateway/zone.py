"""Builds what a served tool consists of: GeneratedTool, ToolRevision, ledger entry and a real launcher as its Pod."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cupel.api.bundle import Bundle, bundle_of, revision_name, short
from cupel.api.generated_tool import GeneratedTool
from cupel.toolpod import ToolPods, Unreachable

from .fake_api import FakeApi

SANDBOX = Path(__file__).parents[3] / "sandbox"
OBJECT = {"type": "object"}
WORD_COUNT = "def run(text: str) -> dict:\n    return {'words': len(text.split())}\n"
WORD_COUNT_INPUT = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}
WORD_COUNT_OUTPUT = {"type": "object", "properties": {"words": {"type": "integer"}}, "required": ["words"]}


def tool_body(name: str, namespace: str = "tools", **overrides: Any) -> dict[str, Any]:
    """A GeneratedTool; `word-count` unless told otherwise. `spec` parts are replaced by keyword."""
    spec: dict[str, Any] = {
        "description": overrides.get("description", "Count the words of a text."),
        "interface": {
            "toolName": overrides.get("tool_name", name),
            "inputSchema": overrides.get("input_schema", WORD_COUNT_INPUT),
            "outputSchema": overrides.get("output_schema", WORD_COUNT_OUTPUT),
        },
        "examples": overrides.get(
            "examples", [{"name": "two", "arguments": {"text": "a b"}, "result": {"words": 2}}]
        ),
        "source": {"type": "Inline", "inline": {"code": overrides.get("code", WORD_COUNT)}},
        "permissions": overrides.get("permissions", {}),
        "serving": overrides.get("serving", {}),
        "requestedBy": "alice",
    }
    metadata = {
        "name": name,
        "namespace": namespace,
        "uid": f"uid-{namespace}-{name}",
        "generation": 1,
        "creationTimestamp": overrides.get("born", "2026-11-21T10:00:00Z"),
    }
    return {"apiVersion": "cupel.dev/v1alpha1", "kind": "GeneratedTool", "metadata": metadata, "spec": spec}


def revision_body(bundle: Bundle, namespace: str) -> dict[str, Any]:
    digest = bundle.digest()
    return {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "ToolRevision",
        "metadata": {
            "name": revision_name(bundle.tool, digest),
            "namespace": namespace,
            "uid": f"uid-{namespace}-{digest}",
        },
        "spec": {
            "tool": bundle.tool,
            "digest": digest,
            "bundle": bundle.wire(),
            "egress": list(bundle.permissions.egress),
            "requestedBy": "alice",
        },
    }


@dataclass
class Launched:
    """A real `cupel_sandbox serve`, standing in for a Pod."""

    process: asyncio.subprocess.Process
    port: int
    name: str
    namespace: str
    digest: str

    def pod(self, *, ready: bool = True, deleting: bool = False) -> dict[str, Any]:
        metadata: dict[str, Any] = {
            "name": self.name,
            "namespace": self.namespace,
            "labels": {"cupel.dev/digest": short(self.digest)},
        }
        if deleting:
            metadata["deletionTimestamp"] = "2026-11-21T11:00:00Z"
        return {
            "kind": "Pod",
            "metadata": metadata,
            "spec": {
                "containers": [{"name": "tool", "ports": [{"name": "http", "containerPort": self.port}]}]
            },
            "status": {
                "podIP": "127.0.0.1",
                "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            },
        }

    async def end(self, number: int = signal.SIGKILL) -> None:
        if self.process.returncode is None:
            self.process.send_signal(number)
        await self.process.wait()


@dataclass
class Zone:
    """A serving namespace in a fake API server, its tools on real launchers."""

    api: FakeApi
    directory: Path
    namespace: str = "tools"
    launched: list[Launched] = field(default_factory=list)
    ledger: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger = {
            "apiVersion": "cupel.dev/v1alpha1",
            "kind": "ApprovalLedger",
            "metadata": {"name": "ledger", "namespace": self.namespace},
            "spec": {
                "floors": {"withoutEgress": 1, "withEgress": 1},
                "separation": "TwoPeople",
                "decisions": {},
            },
            "status": {"condemned": {}},
        }
        labels = {"cupel.dev/zone": "serving"}
        self.api.put({"kind": "Namespace", "metadata": {"name": self.namespace, "labels": labels}})
        self.api.put(self.ledger)

    def approve(self, digest: str, egress: tuple[str, ...] = ()) -> None:
        entry = {"egress": list(egress), "review": {"decision": "Approve", "by": "bob"}}
        self.ledger["spec"]["decisions"][digest] = entry
        self.api.put(self.ledger)

    def condemn(self, digest: str) -> None:
        self.ledger["status"]["condemned"][digest] = "rolled back"
        self.api.put(self.ledger)

    def bundle(self, body: dict[str, Any]) -> Bundle:
        return bundle_of(GeneratedTool.parse(body))

    def propose(self, body: dict[str, Any]) -> Bundle:
        """The ToolRevision, not approved yet."""
        bundle = self.bundle(body)
        self.api.put(revision_body(bundle, self.namespace))
        return bundle

    def serve(
        self,
        body: dict[str, Any],
        bundle: Bundle,
        sleep: str | None = None,
        canary: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """The GeneratedTool, whose status says that this bundle serves, and more if told."""
        digest = bundle.digest()
        serving = {
            "revision": revision_name(bundle.tool, digest),
            "digest": digest,
            "since": "2026-11-21T10:01:00Z",
        }
        serving |= ({"sleep": sleep} if sleep else {}) | more
        shared = {"canary": canary} if canary else {}
        self.api.put({**body, "status": {"serving": serving, **shared}})

    def share(self, body: dict[str, Any], bundle: Bundle, canary: Bundle, percent: int, **more: Any) -> None:
        """The GeneratedTool, whose status says that a canary gets so many of a hundred calls."""
        digest = canary.digest()
        shared = {
            "revision": revision_name(canary.tool, digest),
            "digest": digest,
            "since": "2026-11-21T10:02:00Z",
            "percent": percent,
        }
        self.serve(body, bundle, canary=shared, **more)

    async def publish(self, body: dict[str, Any], *, pods: int = 1, sleep: str | None = None) -> Bundle:
        """All of it: proposed, approved, launched, served."""
        bundle = self.propose(body)
        self.approve(bundle.digest(), bundle.permissions.egress)
        for _ in range(pods):
            await self.launch(bundle)
        self.serve(body, bundle, sleep)
        return bundle

    async def launch(self, bundle: Bundle) -> Launched:
        """Start a launcher, wait until it is healthy, and show it as a ready Pod."""
        content = bundle.content()
        digits = hashlib.sha256(content).hexdigest()
        path = self.directory / f"{digits}.json"
        path.write_bytes(content)
        port = free_port()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cupel_sandbox", "serve", "--bundle", str(path), "--sha256", digits,
            "--port", str(port), cwd=SANDBOX, env={**os.environ, "PYTHONPATH": str(SANDBOX)},
        )  # fmt: skip
        pod = Launched(process, port, f"{bundle.tool}-{len(self.launched)}", self.namespace, bundle.digest())
        self.launched.append(pod)
        await healthy(port)
        self.api.put(pod.pod())
        return pod

    async def stop(self) -> None:
        for pod in self.launched:
            await pod.end()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def healthy(port: int, seconds: float = 20) -> None:
    """Wait until a launcher answers."""
    async with asyncio.timeout(seconds), ToolPods() as pods:
        while True:
            try:
                return await pods.healthy(f"127.0.0.1:{port}", 1)
            except Unreachable:
                await asyncio.sleep(0.02)
