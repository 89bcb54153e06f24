"""Pieces of work in one repository, one after the other: each fails by itself, and each gets its turn."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from cupel.kube.errors import Denied, Unexpected, Weather

from .ledgers import NotGenuine
from .metrics import Problem
from .problems import Away, Refused
from .rests import Rests

log = logging.getLogger("cupel.pulls")
MOST_AWAYS = 3
"""After that many requests without an answer a repository is left alone for the rest of the round."""


@dataclass(frozen=True)
class Job:
    """One piece of work. Raises what the host and the API server raise."""

    name: str
    """Of what it is about: unique, and the same in every round."""
    work: Callable[[], Awaitable[None]]


@dataclass
class Met:
    """What a round met besides success."""

    problems: set[Problem] = field(default_factory=set)
    """Those of what rests are in it, too."""
    wait: float = 0.0
    """The longest the host asked for."""
    failed: bool = False
    """Whether something failed in this round."""
    answered: bool = False
    """Whether the host answered one request at least as it was asked."""


@dataclass
class Tally:
    """How it went in one repository in one round."""

    worked: int = 0
    aways: int = 0
    problem: Problem | None = None
    """The last one."""
    wait: float = 0.0


class Tries:
    """What fails rests; a repository rests where nothing works."""

    def __init__(self, rests: Rests, beat: Callable[[], None]) -> None:
        self._rests = rests
        self._beat = beat
        """Called after each piece of work: we are alive."""
        self._last: dict[str, str] = {}
        """Where the last round ended early, by repository."""

    async def in_repository(
        self, met: Met, repository: str, listing: Job, jobs: Callable[[], Iterable[Job]]
    ) -> None:
        """First `listing`, then what there is to do after it."""
        if (resting := self._rests.resting(repository)) is not None:
            met.problems.add(resting)
            return
        tally = Tally()
        await self._one(met, tally, listing)
        for job in self._in_turn(repository, jobs()):
            if tally.aways >= MOST_AWAYS:
                break
            self._last[repository] = job.name
            await self._one(met, tally, job)
        else:
            self._last.pop(repository, None)
        self._rest(repository, tally)

    def _in_turn(self, repository: str, jobs: Iterable[Job]) -> list[Job]:
        """By name, from behind the one where the last round ended: no three of them keep others waiting."""
        last, ordered = self._last.get(repository), sorted(jobs, key=lambda job: job.name)
        if last is None:
            return ordered
        return [each for each in ordered if each.name > last] + [
            each for each in ordered if each.name <= last
        ]

    def _rest(self, repository: str, tally: Tally) -> None:
        """Only where nothing worked: what fails beside others rests by itself, and slows nobody."""
        if tally.problem is not None and not tally.worked:
            self._rests.failed(repository, tally.problem, tally.wait)
        else:
            self._rests.worked(repository)

    async def _one(self, met: Met, tally: Tally, job: Job) -> None:
        if (resting := self._rests.resting(job.name)) is not None:
            met.problems.add(resting)
            return
        problem, wait = await self._problem(job)
        self._beat()
        if problem is None:
            self._rests.worked(job.name)
            tally.worked += 1
            return
        self._rests.failed(job.name, problem, wait)
        met.failed = True
        met.problems.add(problem)
        met.wait = max(met.wait, wait)
        tally.problem, tally.wait = problem, max(tally.wait, wait)
        tally.aways += problem == "host"

    async def _problem(self, job: Job) -> tuple[Problem | None, float]:
        """What it met, and how long the host asked to wait."""
        try:
            await job.work()
        except Away as away:
            log.warning("%s waits: %s", job.name, away)
            return "host", away.seconds
        except Refused as refused:
            log.warning("%s waits: %s", job.name, refused)
            return "refused", 0.0
        except (Weather, Denied, Unexpected, NotGenuine) as passing:
            log.warning("%s waits: %s", job.name, passing)
            return "cluster", 0.0
        except Exception:
            log.exception("a mistake of ours about %s", job.name)
            return "mistake", 0.0
        return None, 0.0
