"""The workflow the sweep disturbs: apply, approve, Ready, edit, approve, Ready, roll back, delete; and what it leaves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from .api import CUPEL, Api

ALICE = ("alice", "cupel-requesters", "system:authenticated")
ZOE = ("zoe", "cupel-zone-administrators", "system:authenticated")
BOB = ("bob", "cupel-approvers", "system:authenticated")
PATIENCE = 60.0


class NeverCame(AssertionError):
    """What should have become true did not, in time."""


def manifest(name: str, namespace: str, code: str) -> dict[str, Any]:
    return {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "GeneratedTool",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "description": "Count the words of a text.",
            "interface": {
                "inputSchema": {
                    "type": "object",
                    "properties": {"text": {"type": "string"}},
                    "required": ["text"],
                },
                "outputSchema": {"type": "object", "properties": {"words": {"type": "integer"}}},
            },
            "examples": [{"name": "two-words", "arguments": {"text": "a b"}, "result": {"words": 2}}],
            "source": {"type": "Inline", "inline": {"code": code}},
        },
    }


FIRST = "def run(text: str) -> dict:\n    return {'words': len(text.split())}\n"
SECOND = "def run(text: str) -> dict:\n    return {'words': len(text.strip().split())}\n"


class Workflow:
    """One tool from apply to nothing left."""

    def __init__(self, api: Api, name: str, serving: str, sandbox: str) -> None:
        self.api, self.name, self.serving, self.sandbox = api, name, serving, sandbox
        self.tools = f"{CUPEL}/{serving}/generatedtools"
        self.states: dict[str, Any] = {}

    async def play(self) -> dict[str, Any]:
        """The state at every resting point, free of what differs by run. Raises NeverCame."""
        first, second = await self.grow()
        await self.roll_back(f"{second}@1", first)
        await self.api.ask("DELETE", f"{self.tools}/{self.name}", who=ALICE)
        await self._until("nothing is left", self._nothing_left)
        return self.states

    async def grow(self) -> tuple[str, str]:
        """Two approved revisions, the second serving; answers their digests."""
        await self.api.ask("POST", self.tools, manifest(self.name, self.serving, FIRST), who=ALICE)
        first = await self._approve()
        await self._rest("served", lambda t: _reason(t) == "Serving")
        edit = {"spec": manifest(self.name, self.serving, SECOND)["spec"]}
        await self.api.patch(f"{self.tools}/{self.name}", edit, ALICE)
        second = await self._approve(other_than=first)
        await self._rest("edited", lambda t: _reason(t) == "Serving" and _serves(t) == second, deployments=1)
        return first, second

    async def roll_back(self, request: str, heir: str) -> None:
        """Ask for it, and wait until it is done and noted."""
        note = {"metadata": {"annotations": {"cupel.dev/condemn": request}}}
        await self.api.patch(f"{self.tools}/{self.name}", note, ALICE)

        def done(tool: Any) -> bool:
            noted = tool["status"].get("rollbackObeyed") == request
            return noted and _reason(tool) == "Condemned" and _serves(tool) == heir

        await self._rest("rolled back", done)

    async def pardon(self, digest: str) -> None:
        """By whoever may write nothing else. The annotation stays, and must not be obeyed again."""
        path = f"{CUPEL}/{self.serving}/approvalledgers/ledger/status"
        await self.api.patch(path, {"status": {"condemned": {digest: None}}}, ZOE)
        await self._rest("pardoned", lambda t: _reason(t) == "Serving" and _serves(t) == digest)

    async def _approve(self, other_than: str = "") -> str:
        async def waits() -> str:
            tool = await self.api.found(f"{self.tools}/{self.name}")
            digest = tool["status"].get("digest", "") if tool and "status" in tool else ""
            return digest if digest != other_than and _reason(tool) == "AwaitingApproval" else ""

        digest: str = await self._until("it waits for approval", waits)
        entry = {"review": {"decision": "Approve", "by": "bob"}}
        await self.api.patch(
            f"{CUPEL}/{self.serving}/approvalledgers/ledger", {"spec": {"decisions": {digest: entry}}}, BOB
        )
        return digest

    async def _rest(self, point: str, done: Callable[[Any], bool], deployments: int = 1) -> None:
        async def rests() -> bool:
            tool = await self.api.ask("GET", f"{self.tools}/{self.name}")
            return (
                done(tool)
                and len(await self._of(f"/apis/apps/v1/namespaces/{self.serving}/deployments")) == deployments
            )

        await self._until(point, rests)
        await self._until(f"{point}: the sandbox is empty", self._sandbox_empty)
        self.states[point] = await self._state()

    async def _until(self, what: str, seen: Callable[[], Awaitable[Any]]) -> Any:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if answer := await seen():
                return answer
            await asyncio.sleep(0.1)
        tool = await self.api.found(f"{self.tools}/{self.name}")
        raise NeverCame(
            f"{self.name}: {what}; its conditions: {tool and tool.get('status', {}).get('conditions')}"
        )

    async def _of(self, path: str) -> list[Any]:
        found = await self.api.ask("GET", f"{path}?labelSelector=cupel.dev/tool%3D{self.name}")
        return list(found["items"])

    async def _sandbox_empty(self) -> bool:
        paths = [f"/api/v1/namespaces/{self.sandbox}/{kind}" for kind in ("pods", "configmaps")]
        return not any([await self._of(path) for path in paths])

    async def _nothing_left(self) -> bool:
        mine = [f"/api/v1/namespaces/{self.serving}/{kind}" for kind in ("pods", "configmaps")]
        mine += [f"/apis/apps/v1/namespaces/{self.serving}/{kind}" for kind in ("deployments", "replicasets")]
        mine += [f"{CUPEL}/{self.serving}/{kind}" for kind in ("toolrevisions", "generatedtools")]
        gone = await self.api.found(f"{self.tools}/{self.name}") is None
        return gone and not any([await self._of(path) for path in mine]) and await self._sandbox_empty()

    async def _state(self) -> Any:
        tool = await self.api.ask("GET", f"{self.tools}/{self.name}")
        revisions = await self._of(f"{CUPEL}/{self.serving}/toolrevisions")
        deployments = await self._of(f"/apis/apps/v1/namespaces/{self.serving}/deployments")
        bundles = await self._of(f"/api/v1/namespaces/{self.serving}/configmaps")
        return {
            "tool": _conditions(tool),
            "revisions": sorted(str(_conditions(r)) for r in revisions),
            "runs": sorted(r["status"]["validation"]["run"].rsplit("-", 1)[1] for r in revisions),
            "versions": [
                sorted(tool["status"]["versions"]),
                (tool["status"].get("serving") or {}).get("version"),
            ],
            "borne": sorted(r["spec"]["version"] for r in revisions),
            "serving": len(deployments),
            "bundles": len(bundles),
        }


def _conditions(body: Any) -> list[str]:
    return [f"{c['type']}={c['status']}/{c['reason']}" for c in body["status"]["conditions"]]


def _reason(tool: Any) -> str:
    status = tool.get("status", {})
    if status.get("observedGeneration") != tool["metadata"]["generation"]:
        return ""
    return next((c["reason"] for c in status.get("conditions", []) if c["type"] == "Ready"), "")


def _serves(tool: Any) -> str:
    return str((tool["status"].get("serving") or {}).get("digest", ""))
