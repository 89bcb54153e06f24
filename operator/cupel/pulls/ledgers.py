"""What the pull-request service reads of one tool and writes into its ledger, as itself."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from cupel.api.approval_ledger import LEDGER_NAME, PullReviewer
from cupel.api.names import PULLS_SERVICE, TOOL
from cupel.api.tool_revision import ToolRevision
from cupel.decide.pull_stages import RevisionSeen
from cupel.decide.pulls import Decision
from cupel.kube.access import Permission, Reviewer, ReviewFailed, User
from cupel.kube.client import Client
from cupel.kube.errors import Weather
from cupel.kube.resources import APPROVAL_LEDGER, TOOL_REVISION

EVERYBODY = "system:authenticated"


class NotGenuine(Exception):
    """A revision is not what its digest says: nothing of it is shown, and nobody decides about it."""


class Ledgers:
    """Raises what `cupel.kube.client` raises."""

    def __init__(self, client: Client, reviewer: Reviewer) -> None:
        self._client = client
        self._reviewer = reviewer

    async def revisions(self, rev: RevisionSeen) -> tuple[ToolRevision, tuple[ToolRevision, ...]]:
        """The revision whole, and all of the same tool, newest first. Raises NotGenuine and Weather, too."""
        answer = await self._client.list(TOOL_REVISION, rev.namespace, f"{TOOL}={rev.tool}")
        found = [
            each for each in map(_read, answer.get("items") or ()) if each and each.spec.tool == rev.tool
        ]
        whole = next((each for each in found if each.name == rev.name), None)
        if whole is None:
            raise Weather(f"revision {rev.name} is gone, or cannot be read")
        if whole.spec.digest != rev.digest or whole.spec.bundle.digest() != rev.digest:
            raise NotGenuine(f"revision {rev.name} is not what its digest says: tell an administrator")
        return whole, tuple(sorted(found, key=_age, reverse=True))

    async def may_approve(self, reviewer: PullReviewer, namespace: str) -> bool:
        """Whether RBAC lets this person approve there, with the groups the ledger names. Raises Weather."""
        user = User(reviewer.person, groups=(*reviewer.groups, EVERYBODY))
        try:
            return await self._reviewer.may(
                user, Permission("approve", "cupel.dev", "toolrevisions", namespace)
            )
        except ReviewFailed as failed:
            raise Weather(str(failed)) from failed

    async def write(
        self, rev: ToolRevision, decision: Decision, person: str, number: int, now: datetime
    ) -> None:
        """Add the review; a merge patch touches no other entry, and a decision is never rewritten."""
        said = {
            "decision": decision,
            "by": person,
            "pullRequest": number,
            "at": now.isoformat(timespec="seconds"),
        }
        patch = {"spec": {"decisions": {rev.spec.digest: {"egress": list(rev.spec.egress), "review": said}}}}
        await self._client.merge_patch(
            APPROVAL_LEDGER, rev.namespace, LEDGER_NAME, patch, manager=PULLS_SERVICE
        )


def _read(body: dict[str, object]) -> ToolRevision | None:
    try:
        return ToolRevision.parse(body)
    except ValidationError:
        return None


def _age(rev: ToolRevision) -> tuple[str, str]:
    created = rev.metadata.creation_timestamp
    return (created.isoformat() if created else "", rev.name)
