"""Writing the tool: created where its name is free, mended only where it still is as it was seen."""

from __future__ import annotations

from cupel.api import names
from cupel.api.generated_tool import GeneratedTool
from cupel.decide.plan import Manifest
from cupel.kube.client import Client
from cupel.kube.errors import Weather
from cupel.kube.resources import GENERATED_TOOL

from .story import CONFLICT, MANAGER

KEPT = ("serving", "attempt")
"""What people may have set on the tool since; no part of what a draft is."""


class NameTaken(Exception):
    """Another tool has the name; the text says whose."""


async def write(client: Client, manifest: Manifest, tool: GeneratedTool | None) -> None:
    """Raises Weather when somebody was quicker, Denied when the API server does not take it, NameTaken."""
    if tool is None:
        await _create(client, manifest)
        return
    body = await client.get(GENERATED_TOOL, tool.namespace, tool.name)
    if body is None or body["metadata"]["resourceVersion"] != tool.metadata.resource_version:
        raise Weather(f"tool {tool.namespace}/{tool.name} changed meanwhile", CONFLICT)
    kept = {name: body["spec"][name] for name in KEPT if name in body["spec"]}
    stamped = {name: body["spec"][name] for name in ("requestedBy", "contributors") if name in body["spec"]}
    body["spec"] = stamped | manifest["spec"] | kept
    body["metadata"].pop("managedFields", None)
    await client.replace(body, manager=MANAGER)


async def name(client: Client, tool: GeneratedTool, people: tuple[str, ...]) -> None:
    """Name them as contributors, too, if the tool still is as it was seen. Raises Weather, Denied."""
    patch = {
        "metadata": {"resourceVersion": tool.metadata.resource_version},
        "spec": {"contributors": [*tool.spec.contributors, *people]},
    }
    await client.merge_patch(GENERATED_TOOL, tool.namespace, tool.name, patch, manager=MANAGER)


async def _create(client: Client, manifest: Manifest) -> None:
    """Content when the gap has its tool already: another author, or we, were quicker."""
    try:
        await client.create(manifest)
    except Weather as weather:
        if weather.code != CONFLICT:
            raise
        meta = manifest["metadata"]
        body = await client.get(GENERATED_TOOL, meta["namespace"], meta["name"])
        labels = (body or {}).get("metadata", {}).get("labels") or {}
        if body is None:
            raise
        if labels.get(names.GAP) == meta["labels"][names.GAP]:
            return
        raise NameTaken(f"a tool {meta['name']} is there that was not made for this gap") from weather
