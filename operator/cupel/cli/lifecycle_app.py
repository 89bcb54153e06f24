"""The commands that take a tool out of use and back: `unarchive`, `retire`, `unretire`."""

from __future__ import annotations

from typing import Annotated

import typer

from cupel.kube.target import Target

from .options import Timeout, Tool
from .output import Exit
from .session import run


def unarchive(target: Target, tool: Tool, timeout: Timeout = 120) -> Exit:
    """Bring an archived tool back, as a call of it would: a Pod runs, and agents are shown it."""
    from .lifecycle import unarchive as bring

    return run(target, lambda session: bring(session, tool, timeout))


def retire(
    target: Target,
    tool: Tool,
    successor: Annotated[
        str,
        typer.Option("--successor", metavar="NAME", help="GeneratedTool to use instead; callers are told."),
    ] = "",
    timeout: Timeout = 120,
) -> Exit:
    """Take a tool out of use: no Pod, not listed. Revisions, approvals and what it remembers stay."""
    from .lifecycle import retire as end

    return run(target, lambda session: end(session, tool, successor, timeout))


def unretire(target: Target, tool: Tool, timeout: Timeout = 120) -> Exit:
    """Bring a retired tool back: what was approved serves again, without a new approval."""
    from .lifecycle import unretire as bring

    return run(target, lambda session: bring(session, tool, timeout))
