"""One round: what waits is looked at, what waits no more is closed, what was written is told."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from cupel.api.approval_ledger import ApprovalLedger, PullRequests, Review
from cupel.clock import now
from cupel.decide.pull_files import branch_named
from cupel.decide.pull_stages import RevisionSeen, closing, looked_at
from cupel.decide.pull_text import CLOSED, RECORDED, comment, recorded_sentence
from cupel.decide.pulls import Pull

from .attempts import Attempts
from .hosted import Pulls
from .metrics import PROBLEMS, Metrics
from .problems import Refused
from .sights import Sights
from .tries import Job, Met, Tries

log = logging.getLogger("cupel.pulls")
LONG_AGO = timedelta(days=1)
"""A review older than that was told long ago: a start looks at no more."""
MOST_TOLD = 20_000
"""How many reviews are remembered as told; a forgotten one is looked at again, and not told twice."""


class Rounds:
    """Everything of one revision or one repository fails by itself: others are looked at all the same."""

    def __init__(
        self,
        sights: Sights,
        pulls: Pulls,
        attempts: Attempts,
        tries: Tries,
        metrics: Metrics,
        prefix: str,
        allowed: frozenset[str],
    ) -> None:
        self._sights = sights
        self._pulls = pulls
        self._attempts = attempts
        self._tries = tries
        self._metrics = metrics
        self._prefix = prefix
        self._allowed = allowed
        self._repositories: set[str] = set()
        """All that were named since the start: what was turned off is tidied, too."""
        self._told: set[tuple[str, str]] = set()

    async def once(self) -> Met:
        """One round."""
        met, before, waiting = Met(), self._pulls.answered, 0
        looks: dict[str, list[Job]] = {}
        for ledger in list(self._sights.zones()):
            where = ledger.spec.pull_requests
            if where is None or not self._usable(where, ledger, met):
                continue
            self._repositories.add(where.repository)
            for rev in list(self._sights.revisions_of(ledger.namespace)):
                shown = looked_at(rev, self._sights.tool(rev), ledger)
                waiting += shown and rev.stage == "Waiting"
                looks.setdefault(where.repository, []).extend(self._looks(rev, ledger, where, shown))
        for repository in sorted(self._repositories):
            await self._in(repository, looks.get(repository, []), met)
        met.answered = self._pulls.answered > before
        self._metrics.waiting.set(waiting)
        for problem in PROBLEMS:
            self._metrics.problem.labels(problem).set(problem in met.problems)
        return met

    def _usable(self, where: PullRequests, ledger: ApprovalLedger, met: Met) -> bool:
        if not self._allowed or where.repository in self._allowed:
            return True
        text = "namespace %s names %s, which is not among CUPEL_PULLS_REPOSITORIES"
        log.warning(text, ledger.namespace, where.repository)
        met.problems.add("refused")
        return False

    def _looks(
        self, rev: RevisionSeen, ledger: ApprovalLedger, where: PullRequests, shown: bool
    ) -> Iterator[Job]:
        """What is to be done about one revision."""
        name = f"{rev.namespace}/{rev.name}"
        if shown:
            yield Job(name, partial(self._look, rev, ledger, where))
        said = self._untold(rev, ledger)
        if said is not None and said.pull_request is not None:
            say = partial(self._say_recorded, rev, said, said.pull_request, where.repository)
            yield Job(f"{name} (its comment)", say)

    async def _in(self, repository: str, looks: list[Job], met: Met) -> None:
        """Everything in one repository: revisions are looked at, and what is open for nobody is closed."""
        stale: list[Job] = []
        listing = Job(repository, partial(self._list, repository, stale))
        await self._tries.in_repository(met, repository, listing, lambda: [*looks, *stale])

    async def _look(self, rev: RevisionSeen, ledger: ApprovalLedger, where: PullRequests) -> None:
        tool = self._sights.tool(rev)
        if tool is not None and looked_at(rev, tool, ledger):
            await self._attempts.look(rev, tool, ledger, where)

    async def _list(self, repository: str, stale: list[Job]) -> None:
        """Add to `stale` what is open and waits for nobody. Raises Away and Refused."""
        async for pull in self._pulls.opened(repository):
            if self._stale(pull, repository):
                name = f"{repository}#{pull.number}"
                stale.append(Job(name, partial(self._tidy, repository, pull.number)))

    async def _tidy(self, repository: str, number: int) -> None:
        """Close it, if that is still so: something else may have ended it since. Raises Away and Refused."""
        pull = await self._pulls.one(repository, number)
        if pull.state == "open" and (why := self._stale(pull, repository)):
            await self._say(repository, number, CLOSED, why)
            await self._pulls.close(repository, number)
            self._metrics.closed.inc()
            log.info("pull request %d of %s is closed: %s", number, repository, why)

    def _stale(self, pull: Pull, repository: str) -> str:
        branch = branch_named(self._prefix, pull.head_branch)
        if branch is None or self._sights.unclear(branch.namespace):
            return ""
        ledger = self._sights.ledger(branch.namespace)
        where = ledger.spec.pull_requests if ledger else None
        if where is not None and where.repository != repository:
            return "Reviews of this namespace are in another repository now."
        rev = self._sights.by_digits(branch.namespace, branch.tool, branch.digits)
        return closing(rev, self._sights.tool(rev) if rev else None, ledger)

    def _untold(self, rev: RevisionSeen, ledger: ApprovalLedger) -> Review | None:
        """A review of lately that came by a pull request, and of which we do not know that it was told."""
        entry = ledger.spec.decisions.get(rev.digest)
        said = entry.review if entry else None
        if said is None or said.pull_request is None or (rev.namespace, rev.digest) in self._told:
            return None
        return None if said.at is None or now() - said.at > LONG_AGO else said

    async def _say_recorded(self, rev: RevisionSeen, said: Review, number: int, repository: str) -> None:
        """Where we ended between the ledger and the comment. Raises Away and Refused."""
        pull = await self._found(repository, number)
        branch = branch_named(self._prefix, pull.head_branch) if pull else None
        if pull and branch and branch.digits == rev.digits and pull.author == await self._pulls.me():
            text = recorded_sentence(said.decision, said.by, rev.digest)
            await self._say(repository, number, RECORDED, text)
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        self._told.add((rev.namespace, rev.digest))

    async def _found(self, repository: str, number: int) -> Pull | None:
        """None where this repository has none of that number: reviews moved to another one since."""
        try:
            return await self._pulls.one(repository, number)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    async def _say(self, repository: str, number: int, mark: str, sentence: str) -> None:
        if mark not in await self._pulls.marks(repository, number):
            await self._pulls.comment(repository, number, comment(mark, sentence))
