"""One round: what waits is looked at, what waits no more is closed, what was written is told."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from cupel.api.approval_ledger import ApprovalLedger, PullRequests
from cupel.decide.pull_files import branch_named
from cupel.decide.pull_stages import RevisionSeen, closing, looked_at
from cupel.decide.pull_text import CLOSED, RECORDED, comment, recorded_sentence
from cupel.decide.pulls import Pull
from cupel.kube.errors import Denied, Unexpected, Weather

from .attempts import Attempts
from .clock import now
from .hosted import Pulls
from .ledgers import NotGenuine
from .metrics import PROBLEMS, Metrics, Problem
from .problems import Away, Refused
from .sights import Sights

log = logging.getLogger("cupel.pulls")
LONG_AGO = timedelta(days=1)
"""A review older than that was told long ago: a start looks at no more."""
MOST_AWAYS = 3
"""After that many requests without an answer a repository is left alone for the rest of the round."""
MOST_TOLD = 20_000
"""How many reviews are remembered as told; a forgotten one is looked at again, and not told twice."""


@dataclass
class Met:
    """What a round met besides success."""

    problems: set[Problem] = field(default_factory=set)
    wait: float = 0.0
    """The longest the host asked for."""
    aways: Counter[str] = field(default_factory=Counter)
    """How often the host did not answer, by repository."""


class Rounds:
    """Everything of one revision or one repository fails by itself: others are looked at all the same."""

    def __init__(
        self,
        sights: Sights,
        pulls: Pulls,
        attempts: Attempts,
        metrics: Metrics,
        prefix: str,
        allowed: frozenset[str],
    ) -> None:
        self._sights = sights
        self._pulls = pulls
        self._attempts = attempts
        self._metrics = metrics
        self._prefix = prefix
        self._allowed = allowed
        self._repositories: set[str] = set()
        """All that were named since the start: what was turned off is tidied, too."""
        self._told: set[tuple[str, str]] = set()

    async def once(self) -> Met:
        """One round."""
        met, waiting = Met(), 0
        for ledger in list(self._sights.zones()):
            where = ledger.spec.pull_requests
            if where is None or not self._usable(where, ledger, met):
                continue
            self._repositories.add(where.repository)
            for rev in list(self._sights.revisions_of(ledger.namespace)):
                waiting += await self._look(met, rev, ledger, where)
        for repository in sorted(self._repositories):
            await self._try(met, repository, repository, partial(self._tidy, repository))
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

    async def _look(self, met: Met, rev: RevisionSeen, ledger: ApprovalLedger, where: PullRequests) -> bool:
        """Look at one revision; answers whether it waits to be reviewed here."""
        tool, repository = self._sights.tool(rev), where.repository
        shown = tool is not None and looked_at(rev, tool, ledger)
        if tool is not None and shown:
            look = partial(self._attempts.look, rev, tool, ledger, where)
            await self._try(met, repository, rev.name, look)
        await self._try(met, repository, rev.name, partial(self._say_recorded, rev, ledger, repository))
        return shown and rev.stage == "Waiting"

    async def _try(self, met: Met, repository: str, what: str, work: Callable[[], Awaitable[None]]) -> None:
        if met.aways[repository] >= MOST_AWAYS:
            return
        try:
            await work()
        except Away as away:
            met.wait = max(met.wait, away.seconds)
            met.aways[repository] += 1
            self._problem(met, "host", what, away)
        except Refused as refused:
            self._problem(met, "refused", what, refused)
        except (Weather, Denied, Unexpected, NotGenuine) as passing:
            self._problem(met, "cluster", what, passing)
        except Exception:
            met.problems.add("mistake")
            log.exception("a mistake of ours about %s", what)

    def _problem(self, met: Met, problem: Problem, what: str, error: Exception) -> None:
        met.problems.add(problem)
        log.warning("%s waits: %s", what, error)

    async def _tidy(self, repository: str) -> None:
        """Close what is open and waits for nobody. Raises Away and Refused."""
        async for pull in self._pulls.opened(repository):
            if why := self._stale(pull, repository):
                await self._say(repository, pull.number, CLOSED, why)
                await self._pulls.close(repository, pull.number)
                self._metrics.closed.inc()
                log.info("pull request %d of %s is closed: %s", pull.number, repository, why)

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

    async def _say_recorded(self, rev: RevisionSeen, ledger: ApprovalLedger, repository: str) -> None:
        """Where we ended between the ledger and the comment. Raises Away and Refused."""
        entry = ledger.spec.decisions.get(rev.digest)
        said = entry.review if entry else None
        if said is None or said.pull_request is None or (rev.namespace, rev.digest) in self._told:
            return
        if said.at is None or now() - said.at > LONG_AGO:
            return
        pull = await self._pulls.one(repository, said.pull_request)
        branch = branch_named(self._prefix, pull.head_branch)
        if branch is not None and branch.digits == rev.digits and pull.author == await self._pulls.me():
            text = recorded_sentence(said.decision, said.by, rev.digest)
            await self._say(repository, pull.number, RECORDED, text)
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        self._told.add((rev.namespace, rev.digest))

    async def _say(self, repository: str, number: int, mark: str, sentence: str) -> None:
        if mark not in await self._pulls.marks(repository, number):
            await self._pulls.comment(repository, number, comment(mark, sentence))
