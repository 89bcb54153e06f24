"""Writes: replicas and template of a Deployment, the request to condemn a digest, the status of a policy.
Each is safe to repeat.

A write whose answer was lost is seen again at the next look: what was wanted then stands there, and nothing
is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import AutonomyPolicyStatus
from cupel.api.common import ObjectMeta
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import CONDEMN
from cupel.decide.deployment_history import ReplicaSetSeen, moved, undo
from cupel.kube.client import Client
from cupel.kube.errors import Weather
from cupel.kube.resources import AUTONOMY_POLICY, DEPLOYMENT, GENERATED_TOOL, REPLICA_SET

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

    async def roll_back(self, target: DeploymentSeen, history: Sequence[ReplicaSetSeen], to: str) -> None:
        """Put the template of an earlier revision back, into a Deployment that is still at its newest one."""
        earlier = next((one for one in history if one.template_hash == to), None)
        found = await self._client.get(DEPLOYMENT, target.namespace, target.name)
        if earlier is None or found is None or found["metadata"].get("uid") != target.uid:
            raise Stale("the Deployment or its earlier revision is gone")
        if why := moved(found, history[0].revision):
            raise Stale(why)
        kept = await self._client.get(REPLICA_SET, target.namespace, earlier.name)
        if kept is None or kept["metadata"].get("uid") != earlier.uid:
            raise Stale("the earlier revision is gone")
        patch = undo(kept["spec"]["template"], found["metadata"]["resourceVersion"])
        await self._client.json_patch(DEPLOYMENT, target.namespace, target.name, patch, MANAGER)

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
        stored = ObjectMeta.model_validate(await self._client.replace_status(manifest, MANAGER))
        return policy.model_copy(update={"metadata": stored, "status": status})
