"""Writes: the replicas of a Deployment, the request to condemn a digest, the status of a policy. Each is safe
to repeat.

A write whose answer was lost is seen again at the next look: what was wanted then stands there, and nothing
is done.
"""

from __future__ import annotations

from dataclasses import dataclass

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import AutonomyPolicyStatus
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import CONDEMN
from cupel.kube.client import Client
from cupel.kube.errors import Weather
from cupel.kube.resources import AUTONOMY_POLICY, DEPLOYMENT, GENERATED_TOOL

from .seen import DeploymentSeen

MANAGER = "cupel-autopilot"
CONFLICT = 409


@dataclass(frozen=True)
class Stale(Exception):
    """The object is not as it was when it was decided about: the next look decides anew."""

    what: str


class Hands:
    """Does what was decided.

    Raises Denied and Weather; what conflicts with a newer write is left for the next look.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    async def scale(self, target: DeploymentSeen, replicas: int) -> None:
        """Set the replicas of a Deployment that still has those it was seen with.

        Its resourceVersion moves with every Pod that becomes ready: a conflict is looked into once.
        """
        try:
            await self._scale(target, replicas, target.version)
        except Weather as weather:
            if weather.code != CONFLICT:
                raise
            found = await self._client.get(DEPLOYMENT, target.namespace, target.name)
            if found is None or found["metadata"].get("uid") != target.uid:
                raise Stale("the Deployment is another") from weather
            if found["spec"].get("replicas", 1) != target.replicas:
                raise Stale("somebody else changed its replicas") from weather
            await self._scale(target, replicas, found["metadata"]["resourceVersion"])

    async def _scale(self, target: DeploymentSeen, replicas: int, version: str) -> None:
        patch = {"metadata": {"resourceVersion": version}, "spec": {"replicas": replicas}}
        await self._client.merge_patch(DEPLOYMENT, target.namespace, target.name, patch, "scale", MANAGER)

    async def condemn(self, tool: GeneratedTool, request: str) -> None:
        """Ask the operator to condemn; `request` is a digest, `@` and when it was decided."""
        patch = {
            "metadata": {
                "resourceVersion": tool.metadata.resource_version,
                "annotations": {CONDEMN: request},
            }
        }
        await self._client.merge_patch(GENERATED_TOOL, tool.namespace, tool.name, patch, manager=MANAGER)

    async def write_status(self, policy: AutonomyPolicy, status: AutonomyPolicyStatus) -> AutonomyPolicy:
        """Replace the status of a policy that still is as it was read. Answers it as stored."""
        manifest = {
            "apiVersion": AUTONOMY_POLICY.api_version,
            "kind": AUTONOMY_POLICY.name,
            "metadata": {
                "name": policy.name,
                "namespace": policy.namespace,
                "resourceVersion": policy.metadata.resource_version,
            },
            "status": status.wire(),
        }
        return AutonomyPolicy.parse(await self._client.replace(manifest, "status", MANAGER))
