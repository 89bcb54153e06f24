"""Tools that remember, and the ways tests ask about what they remember."""

from __future__ import annotations

import json
from typing import Any

import yaml
from tests.support.kustomize import MANIFESTS

from .conftest import ALICE, RunningGateway
from .zone import OBJECT, tool_body

OPEN = {"input_schema": OBJECT, "output_schema": OBJECT}
REMEMBERS = {"state": "PerTenant"}
COUNTS = """
    ctx.state["n"] = ctx.state.get("n", 0) + 1
    return {"n": ctx.state["n"]}
"""
"""Counts the calls of a tenant."""


def water_tracker() -> dict[str, Any]:
    """The example of the manifests, as a cluster has it."""
    body = yaml.safe_load((MANIFESTS / "examples" / "water-tracker.yaml").read_text(encoding="utf-8"))
    seen = {"namespace": "tools", "uid": "uid-water", "generation": 1}
    body["metadata"] |= seen | {"creationTimestamp": "2026-11-21T10:00:00Z"}
    return body


def remembering(code: str, name: str = "counter", **overrides: Any) -> dict[str, Any]:
    return tool_body(
        name,
        code=f"import time\ndef run(ctx, /, **given):\n{code}",
        permissions=REMEMBERS,
        **OPEN | overrides,
    )


async def store_is(gateway: RunningGateway, word: str) -> bool:
    return json.loads((await gateway.get("/health"))[1]).get("store") == word


async def state(gateway: RunningGateway, method: str, what: str, token: str = ALICE) -> tuple[int, Any]:
    """One request to /state."""
    headers = {"authorization": f"Bearer {token}"}
    async with gateway.session.request(method, f"{gateway.url}/state/{what}", headers=headers) as response:
        return response.status, await response.json()
