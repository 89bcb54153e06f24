"""The command `autopilot`: its arguments and help, as in `app`."""

from __future__ import annotations

from typing import Annotated

import typer

from cupel.kube.target import Target

from .options import Output
from .output import Exit, Format
from .session import run


def autopilot(
    target: Target,
    policy: Annotated[str, typer.Argument(metavar="NAME", help="Name of the AutonomyPolicy.")],
    watch: Annotated[bool, typer.Option("-w", "--watch", help="Go on showing changes.")] = False,
    output: Output = Format.TEXT,
) -> Exit:
    """Show what an AutonomyPolicy sees, believes, chose and why, and what came of it."""
    from .autopilot import show
    from .autopilot import watch as follow

    look = follow if watch else show
    return run(target, lambda session: look(session, policy, output))
