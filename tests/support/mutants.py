"""Which mutants of a draft's code its own trials let live, judged here: for drafts of this project's own templates only."""

from __future__ import annotations

import signal
from typing import Any

from tests.support.trying import fault

from cupel.api.draft import Draft
from cupel_sandbox import mutate
from cupel_sandbox.mutate import Mutant as Mutant

SECONDS = 1.0
"""A mutant whose trial takes longer is as good as dead: the sandbox would end it."""


def mutants(draft: Draft) -> list[Mutant]:
    """Every mutant of the draft's code."""
    return list(mutate.mutants(draft.code, egress=bool(draft.permissions.egress)))


class TookTooLong(BaseException):
    """Raised by the timer, past what a tool may catch."""


def survives(draft: Draft, mutant: Mutant) -> bool:
    """Whether every trial passes in spite of the change. To be called in the main thread: it sets a timer."""
    try:
        code = compile(mutant.code(), "<mutant>", "exec")
    except ValueError:  # a change that cannot be written down
        return False
    before = signal.signal(signal.SIGALRM, _late)
    try:
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        return not any(fault(code, draft, trial) for trial in (*draft.examples, *draft.tests))
    except (TookTooLong, MemoryError, RecursionError):
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _late(*_: Any) -> None:
    raise TookTooLong
