"""Doing, as far as it is writing to Kubernetes: apply, delete, condemn, and one status write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable

from cupel.api.approval_ledger import LEDGER_NAME
from cupel.api.common import JsonObject
from cupel.decide.plan import Apply, Condemn, Delete

from .client import Client, address
from .cluster import Cluster
from .errors import Denied, Weather
from .evidence import Evidence, Subject
from .resources import APPROVAL_LEDGER, KINDS, Kind
from .stores import Stored
from .trim import holds, trim


class Hands:
    """Writes as the operator. What is already as wanted costs no call."""

    def __init__(self, client: Client, cluster: Cluster, evidence: Evidence) -> None:
        self.client = client
        self.cluster = cluster
        self.evidence = evidence

    async def apply(self, action: Apply, subject: Subject) -> bool:
        """Make the object as the manifest says. Answers whether a refusal, or the end of one, is news.

        A refusal is remembered, so that the next pass can say what stands in the way. Raises Weather.
        """
        manifest = action.manifest
        kind, namespace, name = address(manifest)
        known = self.cluster.stores.get(kind)
        found = known.get(namespace, name) if known else None
        if found is not None and self._holds(kind, found, manifest):
            return self.evidence.denied(subject, action.thing, "")
        return await self._tried(subject, action.thing, self._apply(kind, manifest))

    def _holds(self, kind: Kind, found: Stored, manifest: JsonObject) -> bool:
        """Whether applying would change nothing. Comparing costs ten times what recognising does."""
        mark = hashlib.sha256(json.dumps(manifest).encode()).digest()
        if found.known.get("holds") == mark:
            return True
        same = holds(found.body(), trim(kind.name, manifest))
        if same:
            found.known["holds"] = mark
        return same

    async def delete(self, action: Delete, subject: Subject | None) -> bool:
        """Delete that very object. Answers as `apply`; with no subject to show it on, a refusal is raised."""
        kind = KINDS[(action.api_version, action.kind)]
        deletion = self.client.delete(kind, action.namespace, action.name, action.uid, action.grace_seconds)
        return await self._tried(subject, action.thing, deletion)

    async def condemn(self, action: Condemn, subject: Subject) -> bool:
        """Add a digest to the ledger's condemned ones. Answers as `apply`."""
        return await self._tried(subject, action.thing, self._condemn(action))

    async def _apply(self, kind: Kind, manifest: JsonObject) -> None:
        self.cluster.take(kind, await self.client.apply(manifest))

    async def _condemn(self, action: Condemn) -> None:
        """A merge patch: it touches no other entry."""
        patch = {"status": {"condemned": {action.digest: action.why[:256]}}}
        answer = await self.client.merge_patch(
            APPROVAL_LEDGER, action.namespace, LEDGER_NAME, patch, "status"
        )
        self.cluster.take(APPROVAL_LEDGER, answer)

    async def _tried(self, subject: Subject | None, thing: str, write: Awaitable[None]) -> bool:
        try:
            await write
        except Denied as denied:
            if subject is None:
                raise
            return self.evidence.denied(subject, thing, str(denied))
        return subject is not None and self.evidence.denied(subject, thing, "")

    async def write_status(
        self, kind: Kind, namespace: str, name: str, version: str, status: JsonObject
    ) -> None:
        """Replace the status, if the object still is as we read it. Raises Weather when it is not.

        Whoever writes knows what came of it: everybody else concerned is woken, the object itself is not.
        """
        found = self.cluster[kind].get(namespace, name)
        metadata = {"name": name, "namespace": namespace, "resourceVersion": version}
        manifest = {
            "apiVersion": kind.api_version,
            "kind": kind.name,
            "metadata": metadata,
            "status": status,
        }
        try:
            stored = await self.client.replace_status(manifest)
        except Denied as denied:
            if denied.code == 404:  # gone meanwhile: its deletion is on the way to us
                raise Weather(str(denied), denied.code) from denied
            raise
        if found is not None and str(found.version) == version:  # else the watch brings it
            body = found.body() | {"metadata": stored, "status": status}
            self.cluster.take(kind, body, by=(kind.name, namespace, name))
