"""Which revision a call goes to, while a canary gets a share of the calls beside the one that serves."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from cupel.api.approval_ledger import LEDGER_NAME, ApprovalLedger
from cupel.decide.approvals import may_serve

from .catalogue import Catalogue
from .entry import Entry, Proven, prove

MOST_KNOWN = 256
"""Canaries whose bundles stay hashed and compiled."""


class Sharing:
    """Draws for each call. Who holds a revision back or lets it go is the operator, in the tool's status."""

    def __init__(self, catalogue: Catalogue, draw: Callable[[], float] = random.random) -> None:
        self._catalogue = catalogue
        self._draw = draw
        self._known: dict[tuple[str, str, str], Proven | str] = {}
        """By namespace, revision and its digest."""

    def chosen(self, entry: Entry) -> Entry:
        """The entry itself, or that of its canary, which has Pods that take calls."""
        canary = entry.canary
        if canary is None or entry.pinned or 100 * self._draw() >= canary.percent:
            return entry
        if not self._catalogue.backends.count(entry.namespace, canary.digest):
            return entry
        ledger = self._catalogue.ledgers.get(entry.namespace, LEDGER_NAME)
        return (
            canary_of(entry, self._proven(entry.namespace, canary.revision, canary.digest), ledger) or entry
        )

    def _proven(self, namespace: str, revision: str, digest: str) -> Proven | str:
        key = (namespace, revision, digest)
        if key not in self._known:
            found = self._catalogue.revisions.get(namespace, revision)
            if found is None:
                return "it is not there yet"
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = prove(found)
        return self._known[key]


def canary_of(entry: Entry, proven: Proven | str, ledger: ApprovalLedger | None) -> Entry | None:
    """The canary's entry. None where it must not run: it is not what the status names, not approved any more,
    or not what callers were told of the tool.
    """
    if entry.canary is None or isinstance(proven, str):
        return None
    if (proven.digest, proven.tool) != (entry.canary.digest, entry.tool) or _told(proven) != _told(
        entry.proven
    ):
        return None
    if may_serve(ledger, proven.digest, proven.permissions.egress):
        return None
    return replace(entry, proven=proven, canary=None)


def is_evidence(entry: Entry) -> bool:
    """Whether a run says anything about its revision: beside a canary only those say something whose revision
    was drawn, or whoever names a version chooses which of the two looks bad.
    """
    return entry.canary is None or not entry.pinned


def _told(proven: Proven) -> tuple[object, ...]:
    """What callers know of a tool, besides its description."""
    return proven.tool_name, proven.input_schema, proven.output_schema, proven.permissions
