"""The pull-request service at work: started anew as often as a test likes, for it remembers nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from kubernetes.aio.client.api_client import ApiClient
from tests.contract.admission.server import Body, eventually
from tests.contract.cli.stage import Stage, condition
from tests.support.github import TOKEN, GitHub, PullRequest

from cupel.kube.access import Reviewer
from cupel.kube.client import Client
from cupel.kube.resources import APPROVAL_LEDGER, GENERATED_TOOL, TOOL_REVISION
from cupel.pulls.ledgers import Ledgers
from cupel.pulls.metrics import Metrics
from cupel.pulls.process import rounds
from cupel.pulls.round import Rounds
from cupel.pulls.sights import Sights
from cupel.pulls.tries import Met
from cupel.settings.pulls import pulls_settings

CODE = "def run(text: str) -> dict:\n    return {'words': len(text.split())}  # %s\n"


@dataclass
class Desk:
    """A zone, a git host, and the service between them."""

    zone: Stage
    host: GitHub
    api: ApiClient
    api_url: str
    git_url: str
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    metrics: Metrics = field(default_factory=Metrics)
    _session: aiohttp.ClientSession | None = None
    _parts: tuple[Sights, Rounds] | None = None

    async def start(self) -> None:
        """A fresh process: nothing of an earlier one is left but what others keep."""
        await self.end()
        token = self.folder / "token"
        token.write_text(TOKEN)
        values = {
            "CUPEL_PULLS_API_URL": self.api_url,
            "CUPEL_PULLS_GIT_URL": self.git_url,
            "CUPEL_PULLS_TOKEN_FILE": str(token),
            **self.settings,
        }
        self._session, self.metrics = aiohttp.ClientSession(), Metrics()
        sights = Sights(lambda: None)
        ledgers = Ledgers(Client(self.api), Reviewer(self.api))
        turn = rounds(pulls_settings(values), ledgers, self._session, sights, self.metrics)
        self._parts = (sights, turn)

    async def end(self) -> None:
        if self._session is not None:
            await self._session.close()
        self._session = self._parts = None

    async def round(self) -> Met:
        """One round over the cluster as it is now."""
        if self._parts is None:
            await self.start()
        assert self._parts is not None
        sights, turn = self._parts
        client = Client(self.api)
        for kind, shelf in (
            (APPROVAL_LEDGER, sights.ledgers),
            (TOOL_REVISION, sights.revisions),
            (GENERATED_TOOL, sights.tools),
        ):
            shelf.replace((await client.list(kind, self.zone.namespace))["items"])
        return await turn.once()

    async def settled(self, most: int = 6) -> Met:
        """Rounds until one writes nothing."""
        for _ in range(most):
            before = self.written
            met = await self.round()
            if self.written == before:
                return met
        raise AssertionError("it writes round after round")

    @property
    def written(self) -> int:
        return sum(1 for each in self.host.requests if each.method != "GET") + len(self.zone.decisions)

    def asked(self, name: str, requester: str = "alice", text: str = "", **window: Any) -> str:
        """A tool whose revision waits for approval, as the operator says; answers its digest."""
        self.zone.tool(name, CODE % (text or name), requester)
        digest = self.zone.revise(name)
        self.gate(digest, "Unknown", "AwaitingApproval", **window)
        return digest

    def gate(self, digest: str, status: str, reason: str, **window: Any) -> None:
        """What the operator says of this revision's gate Approved."""
        now = datetime.now(UTC)
        approval = {
            "attempt": 0,
            "askedAt": now.isoformat(),
            "deadline": (now + timedelta(days=1)).isoformat(),
            "verdict": "Waiting",
            "needed": 1,
            "given": 0,
        } | window
        found = condition("Analyzed", "True", "CodeAccepted"), condition("Validated", "True", "TrialsPassed")
        gates = [*found, condition("Approved", status, reason)]
        name = next(name for name, each in self.zone.made.items() if each == digest)
        self.zone.evidence(name, conditions=gates, approval=approval)

    def entry(self, digest: str) -> Body:
        found: Body = self.zone.decisions.get(digest, {})
        return found

    def by_kubectl(self, digest: str, person: str, decision: str = "Approve") -> None:
        patch = {
            "spec": {"decisions": {digest: {"egress": [], "review": {"decision": decision, "by": person}}}}
        }
        path = self.zone.path("ApprovalLedger", "ledger")
        eventually(lambda: self.zone.server.patch(path, patch, person), allowed=True).allowed()

    def of(self, digest: str) -> list[PullRequest]:
        """Pull requests about this digest, oldest first."""
        digits = digest.removeprefix("sha256-")[:40]
        return [pull for _, pull in sorted(self.host.pulls.items()) if digits in pull.head]

    def comments_of_all(self) -> list[str]:
        return [text for pull in self.host.pulls.values() for text in self.comments(pull)]

    def comments(self, pull: PullRequest) -> list[str]:
        return [text for who, text in pull.comments if who == "cupel-bot"]


def sha256(content: bytes) -> str:
    return "sha256-" + hashlib.sha256(content).hexdigest()
