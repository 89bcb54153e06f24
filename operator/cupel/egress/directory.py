"""Who may call where, as the API server says now: Pods by address, ledgers, and approved bundles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cupel.api.approval_ledger import LEDGER_NAME, ApprovalLedger
from cupel.api.names import ZONE
from cupel.api.tool_revision import ToolRevision
from cupel.decide.approvals import may_serve
from cupel.kube.parsed import Store

from .callers import CallingPod, by_address, parse_pod
from .outcome import Refusal

SERVING = "serving"


@dataclass(frozen=True)
class Approved:
    """What a bundle of an approved digest says of itself; its bytes were hashed here."""

    digest: str
    tool: str
    credentials: tuple[str, ...]


NOTHING_KNOWN = Approved("", "", ())


@dataclass(frozen=True)
class Caller:
    """A Pod, the digest it runs, and what people approved for that digest."""

    namespace: str
    pod: str
    digest: str
    targets: frozenset[str]
    """`host:port` pairs of the ledger's entry."""
    bundle: Approved

    @property
    def key(self) -> tuple[str, str]:
        """What limits hang on."""
        return self.namespace, self.digest


def parse_revision(body: Mapping[str, Any]) -> Approved:
    """What of a ToolRevision counts here. Raises ValueError when its bundle is not of its digest."""
    revision = ToolRevision.parse(body)
    bundle = revision.spec.bundle
    if bundle.digest() != revision.spec.digest:
        raise ValueError("the bundle does not have the digest the ToolRevision claims")
    return Approved(revision.spec.digest, bundle.tool, bundle.permissions.credentials)


def _zone(body: Mapping[str, Any]) -> str:
    return str((body["metadata"].get("labels") or {}).get(ZONE, ""))


class Directory:
    """Reflectors feed its stores; everybody else asks `caller`."""

    def __init__(self) -> None:
        self.zones: Store[str] = Store("Namespace", _zone, self._touched)
        self.pods: Store[CallingPod] = Store("Pod", parse_pod, self._touched_pod)
        self.ledgers: Store[ApprovalLedger] = Store("ApprovalLedger", ApprovalLedger.parse, self._touched)
        self.revisions: Store[Approved] = Store("ToolRevision", parse_revision, self._touched_revision)
        self._by_address: dict[str, list[CallingPod]] | None = None
        self._by_digest: dict[tuple[str, str], Approved] | None = None
        """Bundles by namespace and digest. Both indices are made anew when somebody asks after a change."""
        self._scheduled = False
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Tell `listener`, once for all events that arrive together."""
        self._listeners.append(listener)

    def waiting_for(self) -> tuple[str, ...]:
        """Kinds that were not listed yet; empty once anybody can be told apart."""
        stores: tuple[Store[Any], ...] = (self.zones, self.pods, self.ledgers, self.revisions)
        return tuple(store.kind for store in stores if not store.synced)

    def caller(self, address: str) -> Caller:
        """Who calls from this address, and what they may reach. Raises Refusal when nobody, or nothing."""
        pod = self._pod(address)
        ledger = self.ledgers.get(pod.namespace, LEDGER_NAME)
        entry = ledger.spec.decisions.get(pod.digest) if ledger else None
        egress = tuple(entry.egress) if entry else ()
        if problem := may_serve(ledger, pod.digest, egress):
            raise Refusal("not_approved", problem)
        if not egress:
            raise Refusal("not_approved", "no egress was approved for the digest")
        bundle = self._bundles().get((pod.namespace, pod.digest), NOTHING_KNOWN)
        return Caller(pod.namespace, pod.name, pod.digest, frozenset(egress), bundle)

    def _pod(self, address: str) -> CallingPod:
        if waiting := self.waiting_for():
            raise Refusal("unknown_caller", f"nobody is known yet: {', '.join(waiting)} are still being read")
        if self._by_address is None:
            self._by_address = by_address(
                pod for space in self.pods.objects.values() for pod in space.values()
            )
        pods = self._by_address.get(address, [])
        if len(pods) != 1:
            raise Refusal("unknown_caller", "this address is not that of exactly one running Pod of a tool")
        if self.zones.get(pods[0].namespace, pods[0].namespace) != SERVING or not pods[0].digest:
            raise Refusal("unknown_caller", "this address is not that of a Pod that serves a tool")
        return pods[0]

    def _bundles(self) -> dict[tuple[str, str], Approved]:
        if self._by_digest is None:
            spaces = self.revisions.objects.items()
            self._by_digest = {(name, each.digest): each for name, space in spaces for each in space.values()}
        return self._by_digest

    def _touched_revision(self, namespace: str, name: str) -> None:
        self._by_digest = None
        self._touched(namespace, name)

    def _touched_pod(self, namespace: str, name: str) -> None:
        self._by_address = None
        self._touched(namespace, name)

    def _touched(self, namespace: str, name: str) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._scheduled = False
        for listener in self._listeners:
            listener()
