"""One revision that waits: its pull request is opened, looked at, and what it came to is written.

Nothing is remembered between two looks. Branches are named after the digest, commits are made again and
compared, and what was said is read from our own comments: so it may end between any two steps.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from cupel.api.approval_ledger import ApprovalLedger, PullRequests
from cupel.api.tool_revision import ToolRevision
from cupel.clock import now
from cupel.decide.approvals import needed_channels, risk_of
from cupel.decide.disclosure import approved_before, disclose, last_approved
from cupel.decide.harmless import one_line
from cupel.decide.pull_files import MOST_ATTEMPTS, Branch, branch_of
from cupel.decide.pull_stages import RevisionSeen, ToolSeen
from cupel.decide.pull_text import RECORDED, VOID, body, comment, recorded_sentence, title, void_sentence
from cupel.decide.pulls import Decided, Ours, Over, Pull, Void, Waits, of_closed, of_open
from cupel.kube.errors import Denied
from cupel.kube.refusals import by_a_policy, in_words

from .commits import made
from .hosted import Pulls
from .ledgers import Ledgers
from .metrics import Metrics
from .pushing import Pusher

log = logging.getLogger("cupel.pulls")


@dataclass(frozen=True)
class Case:
    """One revision that waits, and everything that is known about it."""

    seen: RevisionSeen
    tool: ToolSeen
    ledger: ApprovalLedger
    where: PullRequests
    rev: ToolRevision
    others: tuple[ToolRevision, ...]


class Attempts:
    """Looks after the pull requests of revisions. Raises what the host and the API server raise."""

    def __init__(self, pulls: Pulls, pusher: Pusher, ledgers: Ledgers, metrics: Metrics, prefix: str) -> None:
        self._pulls = pulls
        self._pusher = pusher
        self._ledgers = ledgers
        self._metrics = metrics
        self._prefix = prefix

    async def look(
        self, seen: RevisionSeen, tool: ToolSeen, ledger: ApprovalLedger, where: PullRequests
    ) -> None:
        """One look; the same look again changes nothing."""
        rev, others = await self._ledgers.revisions(seen)
        case = Case(seen, tool, ledger, where, rev, others)
        last, pull = await self._last(case)
        if pull is None:
            await self._open(case, last)
            return
        found = await self._outcome(case, last, pull)
        outcome = await self._write(case, pull, found) if isinstance(found, Decided) else found
        if isinstance(outcome, Void):
            await self._say_void(case, last, pull, outcome)
        if isinstance(outcome, Void | Over) and last.attempt < MOST_ATTEMPTS:
            await self._open(case, replace(last, attempt=last.attempt + 1))

    async def _last(self, case: Case) -> tuple[Branch, Pull | None]:
        """The newest pull request of ours about this digest; without one the branch for the first."""
        first = branch_of(self._prefix, case.seen.namespace, case.seen.tool, case.seen.digest, 1)
        found: tuple[Branch, Pull | None] = (first, None)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            branch = replace(first, attempt=attempt)
            pulls = await self._pulls.of(case.where.repository, branch.head)
            if not pulls:
                break
            found = (branch, pulls[0])
        return found

    async def _outcome(self, case: Case, branch: Branch, pull: Pull) -> Waits | Void | Over | Decided:
        repository = case.where.repository
        ours = await self._ours(case, branch)
        if pull.state == "open":
            return of_open(pull, ours, await self._pulls.history(repository, pull.number))
        if VOID in await self._pulls.marks(repository, pull.number):
            return Over()
        who = await self._pulls.ended_by(repository, pull)
        merged = await self._pulls.merged(repository, pull.merge_commit) if pull.merged else None
        history = await self._pulls.history(repository, pull.number)
        return of_closed(pull, ours, history, who, merged, case.where.reviewers)

    async def _ours(self, case: Case, branch: Branch) -> Ours:
        bases = (None, *approved_before(case.rev, case.others, case.ledger))
        pushed = [made(case.rev, before).pushed for before in bases]
        return Ours(await self._pulls.me(), case.where.repository, branch, pushed)

    async def _open(self, case: Case, branch: Branch) -> None:
        """Push, then open: a branch without a pull request is pushed again."""
        if case.seen.stage != "Waiting":
            return
        before = last_approved(case.rev, case.others, case.ledger, case.tool.serving)
        await self._pusher.push(case.where.repository, branch, made(case.rev, before))
        window, risk = case.rev.status.approval, risk_of(case.rev.spec.bundle.permissions)
        needed = window.needed if window else needed_channels(case.ledger, None, risk)
        told = disclose(case.rev, case.others, case.ledger, case.tool.serving)
        text = body(case.rev, told, case.tool.origin, needed, window.deadline if window else None)
        number = await self._pulls.open(
            case.where.repository, branch.head, branch.base, title(case.rev), text
        )
        self._metrics.opened.inc()
        self._log("opened", case, number)

    async def _write(self, case: Case, pull: Pull, decided: Decided) -> Void | None:
        """The decision in the ledger, and a comment; Void where the API server says it may not be."""
        who, repository = decided.reviewer, case.where.repository
        if not await self._ledgers.may_approve(who, case.seen.namespace):
            return Void(
                f"{one_line(who.person)} may not approve in namespace {case.seen.namespace} "
                "(the verb approve on toolrevisions, by name or by the groups in the ledger)"
            )
        try:
            await self._ledgers.write(case.rev, decided.decision, who.person, pull.number, now())
        except Denied as denied:
            if not by_a_policy(str(denied)):
                raise  # a right or an object is missing here: that is no word about this person
            return Void(one_line(in_words(str(denied), denied.code)))
        self._metrics.decisions.labels(decided.decision).inc()
        self._log(decided.decision, case, pull.number, who.person)
        text = comment(RECORDED, recorded_sentence(decided.decision, who.person, case.seen.digest))
        await self._pulls.comment(repository, pull.number, text)
        return None

    async def _say_void(self, case: Case, branch: Branch, pull: Pull, void: Void) -> None:
        """Once; then it is closed. What it says is what stands for it from now on."""
        repository, last = case.where.repository, branch.attempt >= MOST_ATTEMPTS
        if VOID not in await self._pulls.marks(repository, pull.number):
            text = comment(VOID, void_sentence(void.why, last))
            await self._pulls.comment(repository, pull.number, text)
            self._metrics.decisions.labels("Void").inc()
            self._log("Void", case, pull.number, void.why)
        if pull.state == "open":
            await self._pulls.close(repository, pull.number)
            self._metrics.closed.inc()

    def _log(self, what: str, case: Case, number: int, detail: str = "") -> None:
        fields = {
            "namespace": case.seen.namespace,
            "tool": case.seen.tool,
            "digest": case.seen.digest,
            "repository": case.where.repository,
            "number": number,
        }
        log.info("pull request: %s", what, extra={"fields": fields | ({"detail": detail} if detail else {})})
