"""The cluster as far as flying needs it, kept by reflectors: policies, what they fly, what is in the way."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from cupel.api import names
from cupel.api.approval_ledger import LEDGER_NAME, ApprovalLedger
from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_policy import ToolPolicy
from cupel.control.rollback import Known
from cupel.decide.approvals import may_serve
from cupel.decide.deployment_history import ReplicaSetSeen, history, replicaset
from cupel.kube.client import Client
from cupel.kube.parsed import EVERY, Store
from cupel.kube.resources import (
    APPROVAL_LEDGER,
    AUTONOMY_POLICY,
    CONFIG_MAP,
    DEPLOYMENT,
    GENERATED_TOOL,
    POD,
    POD_SCALER,
    REPLICA_SET,
    TOOL_POLICY,
    TOOL_REVISION,
    Kind,
)
from cupel.kube.watch import Feed, reflect
from cupel.signals.reading import PodAddress, Request

from .seen import (
    DeploymentSeen,
    PodSeen,
    RevisionSeen,
    ScalerSeen,
    deployment,
    paused,
    pod,
    revision,
    scaler,
    version,
)
from .subjects import Zone

SWITCH = "cupel-autopilot"
"""The ConfigMap that stops all policies."""
Loop = Coroutine[Any, Any, None]


def _nothing(namespace: str, name: str) -> None:
    """Whoever wants to know looks."""


@dataclass(frozen=True)
class Target:
    """What a policy flies, as it is now. Without a Deployment there is nothing to scale."""

    deployment: DeploymentSeen | None
    tool: GeneratedTool | None
    scaler: str
    """The HorizontalPodAutoscaler that scales it, too; empty when none does."""
    rival: str
    """An older policy that flies it already; empty when none does."""
    most: int | None = None
    """Most Pods that the tool's ToolPolicy lets it have; None for a Deployment."""
    may_scale: bool = True
    may_roll_back: bool = True
    """Whether the namespace lets the autopilot; of a tool no such thing is needed."""
    history: tuple[ReplicaSetSeen, ...] = ()
    """Revisions of a Deployment that may be rolled back, newest first."""


class Sights:
    """Everything seen."""

    def __init__(self, home: str, steady: Callable[[], float]) -> None:
        self._home = home
        self._steady = steady
        self.policies = Store[AutonomyPolicy]("AutonomyPolicy", self._policy, _nothing)
        self.tools = Store[GeneratedTool]("GeneratedTool", GeneratedTool.parse, _nothing)
        self.tool_policies = Store[ToolPolicy]("ToolPolicy", ToolPolicy.parse, _nothing)
        self.deployments = Store[DeploymentSeen]("Deployment", deployment, _nothing)
        self.scalers = Store[ScalerSeen]("HorizontalPodAutoscaler", scaler, _nothing)
        self.pods = Store[PodSeen]("Pod", pod, self._pods_touched)
        self.revisions = Store[RevisionSeen]("ToolRevision", revision, _nothing)
        self.ledgers = Store[ApprovalLedger]("ApprovalLedger", ApprovalLedger.parse, _nothing)
        self.replicasets = Store[ReplicaSetSeen]("ReplicaSet", replicaset, _nothing)
        self.switch = Store[bool]("ConfigMap", paused, _nothing)
        self._ready: dict[str, dict[str, float]] = {}
        """By namespace and name of every ready Pod: when it was first seen so."""
        self._chosen: dict[tuple[str, str], tuple[PodSeen, ...]] = {}
        """Ready Pods by namespace and Deployment, until a Pod of the namespace changes."""

    def reflectors(self, client: Client) -> Iterator[Loop]:
        """Run each as long as anybody looks."""
        stores: tuple[tuple[Kind, Store[Any]], ...] = (
            (AUTONOMY_POLICY, self.policies), (GENERATED_TOOL, self.tools), (DEPLOYMENT, self.deployments),
            (POD_SCALER, self.scalers), (POD, self.pods), (TOOL_POLICY, self.tool_policies),
            (TOOL_REVISION, self.revisions), (APPROVAL_LEDGER, self.ledgers), (REPLICA_SET, self.replicasets),
        )  # fmt: skip
        for kind, store in stores:
            yield reflect(client.api, Feed(kind), store)
        chosen = f"metadata.name={SWITCH}"
        yield reflect(client.api, Feed(CONFIG_MAP, namespace=self._home, field_selector=chosen), self.switch)

    def unlisted(self) -> list[str]:
        """Kinds that were not listed yet."""
        every: tuple[Store[Any], ...] = (
            self.policies, self.tools, self.tool_policies, self.deployments, self.scalers, self.pods,
            self.revisions, self.ledgers, self.replicasets, self.switch,
        )  # fmt: skip
        return [store.kind for store in every if not store.synced]

    @property
    def all_paused(self) -> bool:
        """Whether the switch holds every policy still. One that cannot be read does."""
        present = (self._home, SWITCH) in self.switch.uids
        said = self.switch.get(self._home, SWITCH)
        return present and said is not False

    def target(self, policy: AutonomyPolicy) -> Target:
        """What a policy flies, and what stands in its way."""
        space, reference = policy.namespace, policy.spec.target_ref
        tool = self.tools.get(space, reference.name) if policy.spec.flies_a_tool else None
        serving = tool.status.serving.revision if tool and tool.status.serving else ""
        name = serving if policy.spec.flies_a_tool else reference.name
        deployment = self.deployments.get(space, name) if name else None
        return Target(
            deployment=deployment,
            tool=tool,
            scaler=self._scaler(space, name),
            rival=self._rival(policy),
            most=self._most(tool) if tool else None,
            history=self._history(policy, deployment),
        )

    def _history(self, policy: AutonomyPolicy, found: DeploymentSeen | None) -> tuple[ReplicaSetSeen, ...]:
        if found is None or policy.spec.flies_a_tool or not policy.spec.rollback.enabled:
            return ()
        return history(self.replicasets.within(policy.namespace), found.uid)

    def _most(self, tool: GeneratedTool) -> int | None:
        found = self.tool_policies.get(tool.namespace, tool.spec.policy_ref.name)
        return found.spec.max_replicas if found else None

    def _scaler(self, space: str, deployment: str) -> str:
        found = (
            one.name
            for one in self.scalers.within(space)
            if (one.kind, one.target) == ("Deployment", deployment)
        )
        return next(found, "")

    def _rival(self, policy: AutonomyPolicy) -> str:
        """The older policy flies; of two of one second, the first by name."""
        mine = _age(policy)
        others = (one for one in self.policies.within(policy.namespace) if one.name != policy.name)
        older = [one for one in others if one.spec.target_ref == policy.spec.target_ref and _age(one) < mine]
        return min(older, key=_age).name if older else ""

    @property
    def zone(self) -> Zone:
        """What a rollback goes back to, and by whose word."""
        return Zone(self._known, self._condemned)

    def _known(self, tool: GeneratedTool) -> tuple[Known, ...]:
        """A tool's revisions, newest first; good are those that were approved and may serve now."""
        mine = [one for one in self.revisions.within(tool.namespace) if one.tool == tool.name]
        mine.sort(key=lambda one: (one.created, one.name), reverse=True)
        ledger = self.ledgers.get(tool.namespace, LEDGER_NAME)
        return tuple(
            Known(one.name, one.digest, one.approved and not may_serve(ledger, one.digest, one.egress))
            for one in mine
        )

    def _condemned(self, namespace: str) -> frozenset[str]:
        ledger = self.ledgers.get(namespace, LEDGER_NAME)
        return frozenset(ledger.status.condemned) if ledger else frozenset()

    def ready_pods(self, target: DeploymentSeen) -> tuple[PodSeen, ...]:
        """Ready Pods that a Deployment selects."""
        place = (target.namespace, target.name)
        if place not in self._chosen:
            every = self.pods.within(target.namespace)
            self._chosen[place] = tuple(
                one for one in every if one.ready and target.selector.matches(one.labels)
            )
        return self._chosen[place]

    def _policy(self, body: Mapping[str, Any]) -> AutonomyPolicy:
        """Our own writes come back from the watch: they are not parsed again, nor go before newer ones."""
        place = body["metadata"]["namespace"], body["metadata"]["name"]
        known, now = self.policies.get(*place), int(body["metadata"].get("resourceVersion") or -1)
        return known if known and 0 <= now <= version(known) else AutonomyPolicy.parse(body)

    def written(self, policy: AutonomyPolicy) -> None:
        """Take in what a write of ours left: the next look must not decide about what was before it."""
        known = self.policies.get(policy.namespace, policy.name)
        if known and version(known) < version(policy):
            self.policies.objects[policy.namespace][policy.name] = policy

    def pods_of(self, request: Request) -> tuple[PodSeen, ...]:
        """The Pods that a request is about, in full."""
        found = (self.pods.get(request.key.namespace, one.name) for one in request.pods)
        return tuple(one for one in found if one is not None)

    def addresses(
        self, pods: tuple[PodSeen, ...], revisions: tuple[ReplicaSetSeen, ...] = ()
    ) -> tuple[PodAddress, ...]:
        """Where to ask each Pod, since when it is ready, and of which revision it is, by its owner."""
        hashes = {one.uid: one.template_hash for one in revisions}
        return tuple(
            PodAddress(one.name, one.host, self._since(one), hashes.get(one.owner, "")) for one in pods
        )

    def gateways(self) -> tuple[PodAddress, ...]:
        """Ready Pods of the gateway."""
        here = self.pods.within(self._home)
        return self.addresses(
            tuple(one for one in here if one.ready and one.labels.get(names.COMPONENT) == "gateway")
        )

    def _since(self, seen: PodSeen) -> float:
        return self._ready.get(seen.namespace, {}).get(seen.name, -inf)

    def _pods_touched(self, namespace: str, name: str) -> None:
        """Note since when Pods are ready: what a list brings was ready before we looked."""
        self._chosen = {place: pods for place, pods in self._chosen.items() if place[0] != namespace}
        known = self._ready.setdefault(namespace, {})
        if name == EVERY:
            now = {one.name for one in self.pods.within(namespace) if one.ready}
            self._ready[namespace] = {one: known.get(one, -inf) for one in now}
            return
        found = self.pods.get(namespace, name)
        if found is None or not found.ready:
            known.pop(name, None)
        else:
            known.setdefault(name, self._steady())


def _age(policy: AutonomyPolicy) -> tuple[float, str]:
    made = policy.metadata.creation_timestamp
    return (made.timestamp() if made else 0.0, policy.name)
