"""Writing the tool: created where its name is free, mended only where it still is as it was seen."""

from __future__ import annotations

from cupel.api.generated_tool import GeneratedTool
from cupel.decide.plan import Manifest
from cupel.kube.client import Client
from cupel.kube.errors import Weather
from cupel.kube.resources import GENERATED_TOOL

MANAGER = "cupel-author"
KEPT = ("serving", "attempt")
"""What people may have set on the tool since; no part of what a draft is."""


async def write(client: Client, manifest: Manifest, tool: GeneratedTool | None) -> None:
    """Raises Weather when somebody was quicker, Denied when the API server does not take it."""
    if tool is None:
        await client.create(manifest)
        return
    body = await client.get(GENERATED_TOOL, tool.namespace, tool.name)
    if body is None or body["metadata"]["resourceVersion"] != tool.metadata.resource_version:
        raise Weather(f"tool {tool.namespace}/{tool.name} changed meanwhile", 409)
    kept = {name: body["spec"][name] for name in KEPT if name in body["spec"]}
    stamped = {name: body["spec"][name] for name in ("requestedBy", "contributors") if name in body["spec"]}
    body["spec"] = stamped | manifest["spec"] | kept
    body["metadata"].pop("managedFields", None)
    await client.replace(body, manager=MANAGER)
