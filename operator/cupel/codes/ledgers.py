"""What the code service sees and writes in serving namespaces, as itself."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import Literal, TypeVar

from pydantic import ValidationError

from cupel.api.approval_ledger import LEDGER_NAME, ApprovalLedger
from cupel.api.common import JsonObject, Resource
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import CODES_SERVICE, DIGEST, SYSTEM_NAMESPACE, TOOL
from cupel.api.tool_revision import ToolRevision
from cupel.kube.access import Permission, Reviewer, ReviewFailed, User
from cupel.kube.client import Client
from cupel.kube.errors import Denied, Unexpected, Weather
from cupel.kube.refusals import in_words
from cupel.kube.resources import APPROVAL_LEDGER, GENERATED_TOOL, TOOL_REVISION

from .requests import Refusal

VOUCHER = f"system:serviceaccount:{SYSTEM_NAMESPACE}:{CODES_SERVICE}"
MANAGER = CODES_SERVICE
UNAVAILABLE = 503
M = TypeVar("M", bound=Resource)


class Ledgers:
    """Every failure comes out as a Refusal that a person can read."""

    def __init__(self, client: Client, reviewer: Reviewer) -> None:
        self._client = client
        self._reviewer = reviewer

    async def may_approve(self, person: str, groups: tuple[str, ...], namespace: str) -> bool:
        wanted = Permission("approve", "cupel.dev", "toolrevisions", namespace)
        try:
            return await self._reviewer.may(User(person, groups=groups), wanted)
        except ReviewFailed:
            raise _away("what you may do could not be asked") from None

    async def revision(self, namespace: str, digest: str) -> ToolRevision:
        """The revision of this digest, whose bundle was hashed anew."""
        short = digest.removeprefix("sha256-")[:40]
        for rev in await self._revisions(namespace, f"{DIGEST}={short}"):
            if rev.spec.digest == digest:
                return genuine(rev)
        raise Refusal(
            "NoSuchRevision", f"namespace {namespace} has no revision of that digest; was the tool deleted?"
        )

    async def siblings(self, rev: ToolRevision) -> tuple[ToolRevision, ...]:
        """All revisions of the same tool, newest first."""
        found = await self._revisions(rev.namespace, f"{TOOL}={rev.spec.tool}")
        mine = (each for each in found if each.spec.tool == rev.spec.tool)
        return tuple(sorted(mine, key=_age, reverse=True))

    async def serving(self, namespace: str, tool: str) -> str:
        """The digest that serves; empty where none does."""
        body = await self._asked(self._client.get(GENERATED_TOOL, namespace, tool))
        serves = _read(GeneratedTool, body).status.serving if body is not None else None
        return serves.digest if serves else ""

    async def ledger(self, namespace: str) -> ApprovalLedger:
        body = await self._asked(self._client.get(APPROVAL_LEDGER, namespace, LEDGER_NAME))
        if body is None:
            raise Refusal("LedgerMissing", f"namespace {namespace} has no ApprovalLedger")
        return _read(ApprovalLedger, body)

    async def write(
        self, rev: ToolRevision, decision: Literal["Approve", "Reject"], person: str, now: datetime
    ) -> None:
        """Add this channel's decision; a merge patch touches no other entry."""
        said = {
            "decision": decision,
            "by": person,
            "vouchedBy": VOUCHER,
            "at": now.isoformat(timespec="seconds"),
        }
        patch = {"spec": {"decisions": {rev.spec.digest: {"egress": list(rev.spec.egress), "code": said}}}}
        await self._asked(
            self._client.merge_patch(APPROVAL_LEDGER, rev.namespace, LEDGER_NAME, patch, manager=MANAGER)
        )

    async def _revisions(self, namespace: str, selector: str) -> list[ToolRevision]:
        answer = await self._asked(self._client.list(TOOL_REVISION, namespace, selector))
        return [_read(ToolRevision, body) for body in (answer or {}).get("items") or ()]

    async def _asked(self, call: Awaitable[JsonObject | None]) -> JsonObject | None:
        try:
            return await call
        except Denied as denied:
            raise Refusal("Denied", _words(denied)) from denied
        except (Weather, Unexpected) as error:
            raise _away("the API server did not answer") from error


def _words(denied: Denied) -> str:
    text = in_words(str(denied), denied.code)
    if denied.code == 403 and VOUCHER in text:
        return "this namespace does not take codes: an administrator runs kubectl cupel zone init there"
    return text


def _away(what: str) -> Refusal:
    return Refusal("TryAgain", f"{what}; nothing was decided. Try again with the next code", UNAVAILABLE)


def genuine(rev: ToolRevision) -> ToolRevision:
    """What is shown and decided must be what the digest stands for. Raises Refusal."""
    if rev.spec.bundle.digest() != rev.spec.digest:
        raise Refusal("NotGenuine", f"revision {rev.name} is not what its digest says: tell an administrator")
    return rev


def _read(model: type[M], body: JsonObject) -> M:
    try:
        return model.parse(body)
    except ValidationError as error:
        name = body.get("metadata", {}).get("name", "?")
        raise Refusal("Unreadable", f"{model.__name__} {name} cannot be read by this version") from error


def _age(rev: ToolRevision) -> tuple[str, str]:
    created = rev.metadata.creation_timestamp
    return (created.isoformat() if created else "", rev.name)
