"""Which channel a command line means: a review under one's own name, or a one-time code."""

from __future__ import annotations

from cupel.api.approval_ledger import MAX_REASON

from .codes import decide_by_code
from .decision import Asked, decide
from .output import Exit, Failure
from .session import Session


async def decide_by_either(session: Session, asked: Asked) -> Exit:
    """On the channel that the command line means. Raises Failure when it cannot be told."""
    if asked.prefix and not asked.code:
        raise Failure("--digest-prefix goes with --code", Exit.UNUSABLE)
    if asked.reason and asked.code:
        raise Failure("--reason goes with a review, not with --code: a code says yes or no", Exit.UNUSABLE)
    if len(asked.reason) > MAX_REASON:
        raise Failure(f"--reason is of at most {MAX_REASON} characters", Exit.UNUSABLE)
    if asked.code:
        return await decide_by_code(session, asked)
    return await decide(session, asked)
