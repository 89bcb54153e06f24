"""The commands that take a tool or a revision of it out of use, and back."""

from __future__ import annotations

from typing import Annotated

import typer

from cupel.kube.target import Target

from .options import Digest, Timeout, Tool, Yes
from .output import Exit
from .session import run


def archive(target: Target, tool: Tool, timeout: Timeout = 120) -> Exit:
    """Archive a tool now, as if nobody had called it for long: no Pod, not listed, until a call wakes it."""
    from .lifecycle import archive as put

    return run(target, lambda session: put(session, tool, timeout))


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


def rollback(
    target: Target,
    tool: Tool,
    digest: Digest = "",
    to: Annotated[
        str,
        typer.Option("--to", metavar="REVISION", help="Go back to this revision: condemn all newer ones."),
    ] = "",
    timeout: Timeout = 120,
) -> Exit:
    """Condemn the canary, else what serves; the newest approved one before takes over. No spec is written."""
    from .rollback import rollback as back

    return run(target, lambda session: back(session, tool, digest, to, timeout))


def pardon(
    target: Target,
    tool: Tool,
    digest: Annotated[
        str, typer.Option("--digest", metavar="SHA256", help="Digest or its first digits, or version.")
    ],
    yes: Yes = False,
) -> Exit:
    """Lift a condemnation: the digest may serve again, if it is approved."""
    from .rollback import pardon as lift

    return run(target, lambda session: lift(session, tool, digest, yes))
