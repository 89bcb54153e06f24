"""The serving zone under test, with its ledger."""

from __future__ import annotations

from dataclasses import dataclass

from .server import PATHS, SERVING, Answer, Body, Server, eventually

LEDGER = PATHS["ApprovalLedger"].format(SERVING) + "/ledger"


@dataclass(frozen=True)
class Zone:
    """The serving zone under test, with its ledger."""

    server: Server

    @property
    def ledger(self) -> Body:
        return self.server.get(LEDGER)

    def decide(self, digest: str, entry: Body | None, user: str = "") -> Answer:
        return self.server.patch(LEDGER, {"spec": {"decisions": {digest: entry}}}, user)

    def condemn(self, digest: str, why: str | None, user: str) -> Answer:
        return self.server.patch(f"{LEDGER}/status", {"status": {"condemned": {digest: why}}}, user)

    def settings(self, **spec: object) -> None:
        self.server.patch(LEDGER, {"spec": spec}).allowed()

    def soon(self, user: str, pod: Body, *, allowed: bool, fragment: str = "") -> Answer:
        """Create this Pod (dry run) once the policies know the ledger as it is now."""
        answer = eventually(
            lambda: self.server.create(pod, user, dry=True), allowed=allowed, fragment=fragment
        )
        return answer.allowed() if allowed else answer.refused(fragment)
