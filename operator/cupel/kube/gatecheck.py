"""Whether the API server guards the zones: every policy is there and denies, and canaries are judged as
they should be.

A policy that does not compile is simply not there; so nothing is started on faith.
"""

from __future__ import annotations

from cupel.api.approval_ledger import LEDGER_NAME
from cupel.api.common import JsonObject

from .canaries import Canary, sandbox, serving
from .client import Client
from .cluster import Cluster
from .errors import Denied, Unexpected, Weather
from .resources import (
    APPROVAL_LEDGER,
    MUTATING_BINDING,
    MUTATING_POLICY,
    VALIDATING_BINDING,
    VALIDATING_POLICY,
    Kind,
)

VALIDATING = (
    "cupel-requester", "cupel-revision", "cupel-revision-requester", "cupel-revision-decided", "cupel-ledger",
    "cupel-ledger-requester", "cupel-ledger-status", "cupel-ledger-delete", "cupel-zone-labels",
    "cupel-serving-approval", "cupel-serving-shape", "cupel-sandbox-image", "cupel-sandbox-pod",
    "cupel-running-pod", "cupel-no-doors", "cupel-binding", "cupel-bundle", "cupel-scale",
    "cupel-deployments", "cupel-network-policies", "cupel-status", "cupel-own-identities",
    "cupel-ledger-referred", "cupel-zone-delete",
    "cupel-code-enrollment", "cupel-code-enrollment-status",
    "cupel-autopilot-tools", "cupel-autopilot-scale", "cupel-autopilot-rollback", "cupel-autonomy-status",
    "cupel-autopilot-bounds", "cupel-gap", "cupel-gap-tools", "cupel-gap-askers",
)  # fmt: skip
MUTATING = ("cupel-stamp-requester", "cupel-stamp-enrollment", "cupel-stamp-gap")
"""The names in manifests/base/admission; tests/contract/operator holds the two lists together."""

ZONES_A_RUN = 4
"""Zones that were well are tried again a few at a time, so that a check costs the same however many there
are.
"""
MAX_MESSAGE = 600


class GateCheck:
    """Runs again and again; remembers which zones were well."""

    def __init__(self, cluster: Cluster, image: str) -> None:
        self._cluster = cluster
        self._image = image
        self._well: dict[str, int] = {}
        """Zone namespaces that passed, and in which run they did last."""
        self._run = 0
        self.everywhere = "the admission policies were not checked yet"
        """Why nothing may start in the cluster; empty when nothing speaks against it."""
        self.local: dict[str, str] = {}
        """Why nothing may start in this zone namespace."""

    def problem(self, *namespaces: str) -> str:
        """Why nothing may start in these namespaces; empty when the policies hold."""
        if self.everywhere:
            return self.everywhere
        return next((self.local[name] for name in namespaces if name in self.local), "")

    async def run(self, client: Client) -> None:
        """Look again. Weather keeps what was known, but never turns a bad word into a good one."""
        self._run += 1
        try:
            self.everywhere = await self._policies(client) or await self._zones(client)
        except Weather as weather:
            if self.everywhere:
                self.everywhere = f"the admission policies could not be checked: {weather}"[:MAX_MESSAGE]
        except (Denied, Unexpected) as refused:
            self.everywhere = f"the admission policies could not be checked: {refused}"[:MAX_MESSAGE]

    async def _policies(self, client: Client) -> str:
        missing = [
            *await self._missing(client, VALIDATING_POLICY, VALIDATING_BINDING, VALIDATING),
            *await self._missing(client, MUTATING_POLICY, MUTATING_BINDING, MUTATING),
        ]
        if not missing:
            return ""
        text = f"admission policies do not hold: {'; '.join(missing)}. Apply manifests/base/admission"
        return text[:MAX_MESSAGE]

    async def _missing(
        self, client: Client, policies: Kind, bindings: Kind, wanted: tuple[str, ...]
    ) -> list[str]:
        found = {item["metadata"]["name"]: item for item in (await client.list(policies))["items"]}
        bound = [item["spec"] for item in (await client.list(bindings))["items"]]
        problems = {name: _policy_problem(found.get(name), bound, name) for name in wanted}
        return [f"{name} {problem}" for name, problem in problems.items() if problem]

    async def _zones(self, client: Client) -> str:
        """Try the canaries where they are due. Answers a bad Pod let through, anywhere."""
        zones = [*self._cluster.zones("sandbox"), *self._cluster.zones("serving")]
        self.local = {name: text for name, text in self.local.items() if name in zones}
        known = sorted((run, name) for name, run in self._well.items() if name in zones)
        due = [name for name in zones if name not in self._well] + [name for _, name in known[:ZONES_A_RUN]]
        for namespace in due:
            hole = await self._zone(client, namespace, self._canaries(namespace))
            if hole:
                self._well.pop(namespace, None)
                return hole
        return ""

    def _canaries(self, namespace: str) -> tuple[Canary, ...]:
        if self._cluster.zone(namespace) == "sandbox":
            return sandbox(namespace, self._image)
        ledger = self._cluster[APPROVAL_LEDGER].get(namespace, LEDGER_NAME)
        floor = ledger.body()["spec"]["floors"]["withoutEgress"] if ledger else 1
        return serving(namespace, self._image, floor)

    async def _zone(self, client: Client, namespace: str, canaries: tuple[Canary, ...]) -> str:
        """Try one zone.

        Answers a hole; a good Pod that is refused is remembered as this zone's own trouble.
        """
        for canary in canaries:
            refusal = await self._try(client, canary)
            if canary.policies and not any(f"'{name}'" in refusal for name in canary.policies):
                return _hole(namespace, canary, refusal)
            if not canary.policies and refusal and "exceeded quota" not in refusal:
                self._well.pop(namespace, None)
                self.local[namespace] = f"in {namespace} a good Pod would be refused: {refusal}"[:MAX_MESSAGE]
                return ""
        self.local.pop(namespace, None)
        self._well[namespace] = self._run
        return ""

    async def _try(self, client: Client, canary: Canary) -> str:
        """What the API server says against it; empty when it would let it through."""
        try:
            await client.create(canary.manifest, trial="All")
        except Denied as denied:
            return str(denied)
        return ""


def _hole(namespace: str, canary: Canary, refusal: str) -> str:
    by = f"refused by something else ({refusal})" if refusal else "let through"
    text = f"in {namespace} a Pod ({canary.deviation}) was {by}; {canary.policies[0]} should refuse it"
    return text[:MAX_MESSAGE]


def _policy_problem(policy: JsonObject | None, bindings: list[JsonObject], name: str) -> str:
    """What is wrong with one policy and its binding; empty when nothing is."""
    if policy is None:
        return "is missing"
    if policy["spec"].get("failurePolicy", "Fail") != "Fail":
        return "does not fail closed"
    warnings = policy.get("status", {}).get("typeChecking", {}).get("expressionWarnings") or []
    if warnings:
        return f"has type warnings ({warnings[0].get('warning', '').splitlines()[0]})"
    mine = [binding for binding in bindings if binding.get("policyName") == name]
    if not mine:
        return "is not bound"
    if name in VALIDATING and not any("Deny" in binding.get("validationActions", []) for binding in mine):
        return "is bound without Deny"
    return ""
