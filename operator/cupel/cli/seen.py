"""What the cluster says about one tool: the tool, its revisions, the ledger. Read once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from cupel.api.approval_ledger import LEDGER_NAME, ApprovalLedger, Entry
from cupel.api.common import Condition, JsonObject, Resource
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import TOOL
from cupel.api.tool_revision import ToolRevision
from cupel.decide.asked import digest_asked
from cupel.decide.versioning import version_of
from cupel.kube.client import Client
from cupel.kube.errors import Denied
from cupel.kube.resources import APPROVAL_LEDGER, GENERATED_TOOL, TOOL_REVISION

from .output import Failure
from .session import Session

GATES = ("Accepted", "Generated", "Analyzed", "Validated", "Approved", "Available", "Verified")
BESIDE = ("Canary", "RolledBack", "Tidied")
"""Conditions that are there only while there is something to say: calls are shared, or something beside the
gates is refused."""
LEAST_DIGITS = 8
FORBIDDEN = 403
M = TypeVar("M", bound=Resource)


@dataclass(frozen=True)
class Seen:
    """One tool as the cluster knows it at one moment."""

    tool: GeneratedTool
    revisions: tuple[ToolRevision, ...] = ()
    ledger: ApprovalLedger | None = None
    """None: there is none, or the caller may not read it."""

    @property
    def digest(self) -> str:
        """Digest of what the spec asks for now; empty when it cannot be bundled."""
        try:
            return digest_asked(self.tool)
        except ValueError:
            return ""

    @property
    def revision(self) -> ToolRevision | None:
        """The revision asked for, where it was made."""
        return self.of(self.digest)

    @property
    def fresh(self) -> bool:
        """Whether the status is about the spec as it is now."""
        return self.tool.status.observed_generation == self.tool.metadata.generation

    @property
    def ready(self) -> Condition | None:
        return self.condition("Ready")

    @property
    def stopped(self) -> Condition | None:
        """The condition that holds the tool up: a rollback that cannot be done, or a gate that did not pass.

        None when all passed or none was asked.
        """
        asked = (self.condition(kind) for kind in ("RolledBack", *GATES, "Canary"))
        return next((c for c in asked if c is not None and c.status != "True"), None)

    def of(self, digest: str) -> ToolRevision | None:
        return next((rev for rev in self.revisions if rev.spec.digest == digest), None)

    def condition(self, kind: str) -> Condition | None:
        return next((c for c in self.tool.status.conditions if c.type == kind), None)

    def entry(self, digest: str) -> Entry | None:
        return self.ledger.spec.decisions.get(digest) if self.ledger else None

    def condemned(self, digest: str) -> str:
        """Why the digest may never start again; empty when it may."""
        return self.ledger.status.condemned.get(digest, "") if self.ledger else ""

    def version(self, rev: ToolRevision) -> str | None:
        """The version the operator gave its digest; None: none yet."""
        return version_of(self.tool.status.versions, rev.spec.digest) or rev.spec.version

    def named(self, digest: str) -> ToolRevision:
        """The revision meant by a digest, its first digits, a name or a version. Raises Failure."""
        wanted = digest.removeprefix("sha256-").lower()
        by_name = [rev for rev in self.revisions if digest in (rev.name, self.version(rev))]
        found = by_name or [
            rev for rev in self.revisions if rev.spec.digest.removeprefix("sha256-").startswith(wanted)
        ]
        if len(found) != 1 or (not by_name and len(wanted) < LEAST_DIGITS):
            known = ", ".join(sorted(rev.spec.digest[:19] for rev in self.revisions)) or "none"
            raise Failure(
                f"{digest} does not name one revision of {self.tool.name}: give at least {LEAST_DIGITS} "
                f"digits of one of {known}, or a version that kubectl get trev shows"
            )
        return found[0]


def parsed(model: type[M], body: JsonObject) -> M:
    """An object of ours. Raises Failure when this version cannot read it."""
    try:
        return model.parse(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        name = body.get("metadata", {}).get("name", "?")
        raise Failure(
            f"{model.__name__} {name} cannot be read by this version of cupel ({where}: {first['msg']}): "
            "use the version the operator has"
        ) from error


def assembled(tool: JsonObject, revisions: Iterable[JsonObject], ledger: JsonObject | None) -> Seen:
    """From the API server's objects to what is known. Raises Failure."""
    the_tool = parsed(GeneratedTool, tool)
    theirs = (parsed(ToolRevision, body) for body in revisions)
    mine = (rev for rev in theirs if rev.spec.tool == the_tool.name)
    return Seen(
        the_tool,
        tuple(sorted(mine, key=_age, reverse=True)),
        parsed(ApprovalLedger, ledger) if ledger else None,
    )


def _age(rev: ToolRevision) -> tuple[str, str]:
    created = rev.metadata.creation_timestamp
    return (created.isoformat() if created else "", rev.name)


async def look(session: Session, tool: str) -> Seen:
    """Everything about one tool, now. Raises Failure when there is no such tool."""
    body = await session.client.get(GENERATED_TOOL, session.namespace, tool)
    if body is None:
        raise Failure(missing(session, tool))
    revisions = await readable(session.client, session.namespace, tool)
    return assembled(body, revisions, await ledger_of(session))


def missing(session: Session, tool: str) -> str:
    return (
        f"there is no GeneratedTool {tool} in namespace {session.namespace}: "
        "kubectl cupel get lists them; -n names another namespace"
    )


async def readable(client: Client, namespace: str, tool: str) -> list[JsonObject]:
    """The tool's revisions; none for a caller who may not list them."""
    try:
        answer = await client.list(TOOL_REVISION, namespace, f"{TOOL}={tool}")
    except Denied as denied:
        if denied.code == FORBIDDEN:
            return []
        raise
    return list(answer.get("items") or ())


async def ledger_of(session: Session) -> JsonObject | None:
    """The namespace's ledger; None where there is none, or for a caller who may not read it."""
    try:
        return await session.client.get(APPROVAL_LEDGER, session.namespace, LEDGER_NAME)
    except Denied as denied:
        if denied.code == FORBIDDEN:
            return None
        raise
