"""What a decision asks to find out: analyses in a child process, live checks.

Results are evidence for a later pass.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime
from typing import Literal

from cupel.api.tool_revision import AnalysisEvidence
from cupel.decide.plan import Analyze, Verify
from cupel.decide.tool_world import LiveCheck
from cupel.kube.evidence import Evidence

from .workqueue import Key

Analyzer = Callable[[Analyze], Awaitable[AnalysisEvidence]]
Verifier = Callable[[Verify], Awaitable[tuple[Literal["Passed", "Failed", "Unreached"], str]]]
Failed = Callable[[Key, BaseException], None]


class Senses:
    """Runs each question once at a time, a few of each sort together, and wakes who asked."""

    def __init__(
        self,
        evidence: Evidence,
        analyze: Analyzer,
        verify: Verifier,
        limits: tuple[int, int],
        wake: Callable[[Key], None],
        failed: Failed,
        now: Callable[[], datetime],
    ) -> None:
        self._evidence = evidence
        self._analyze = analyze
        self._verify = verify
        self._analyses = asyncio.Semaphore(limits[0])
        self._checks = asyncio.Semaphore(limits[1])
        self._wake = wake
        self._failed = failed
        self._now = now
        self._running: dict[Hashable, asyncio.Task[None]] = {}

    def ask(self, action: Analyze | Verify, key: Key) -> None:
        """Start to find out, unless that is already under way."""
        match action:
            case Analyze():
                question: Hashable = ("analyze", action.digest)
            case Verify():
                question = (key, action.digest, action.template, action.repeat)
        if question in self._running:
            return
        task = asyncio.create_task(self._answer(action, key))
        self._running[question] = task
        task.add_done_callback(lambda _: self._running.pop(question, None))

    async def _answer(self, action: Analyze | Verify, key: Key) -> None:
        try:
            match action:
                case Analyze():
                    async with self._analyses:
                        self._evidence.analyses.keep(action.digest, await self._analyze(action))
                case Verify():
                    async with self._checks:
                        await self._check(action, key)
        except Exception as error:  # noqa: BLE001  a question of its own task: reported like a pass that failed
            self._failed(key, error)
        else:
            self._wake(key)

    async def _check(self, action: Verify, key: Key) -> None:
        verdict, message = await self._verify(action)
        known = self._evidence.repeated if action.repeat else self._evidence.live
        owner = (key.namespace, key.name)
        check = LiveCheck(verdict, message, self._now())
        others = {mark: one for mark, one in known.get(owner, {}).items() if mark[0] == action.digest}
        known.keep(owner, others | {(action.digest, action.template): check})

    async def close(self) -> None:
        """End what is under way."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
