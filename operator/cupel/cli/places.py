"""What is in the two namespaces of a pair of zones before `zone init` changes anything."""

from __future__ import annotations

from cupel.api import names
from cupel.decide.zone_claim import Place
from cupel.kube.client import Client
from cupel.kube.resources import NAMESPACE, POD


async def place(client: Client, name: str) -> Place:
    """One namespace, who names it as a sandbox, and the Pods in it that are no tools."""
    found = await client.get(NAMESPACE, "", name)
    naming = await client.list(NAMESPACE, selector=f"{names.SANDBOX_NAMESPACE}={name}")
    labels = (found or {}).get("metadata", {}).get("labels") or {}
    zone = labels.get(names.ZONE, "")
    return Place(
        name,
        zone,
        tuple(each["metadata"]["name"] for each in naming.get("items") or ()),
        await _strangers(client, name) if found and not zone else (),
    )


async def _strangers(client: Client, namespace: str) -> tuple[str, ...]:
    pods = await client.list(POD, namespace, f"!{names.TOOL}")
    return tuple(each["metadata"]["name"] for each in pods.get("items") or ())
