"""The commands about AutonomyPolicies, `autopilot` and `replay`: arguments and help, as in `app`."""

from __future__ import annotations

from typing import Annotated

import typer

from cupel.kube.target import Target

from .options import Output
from .output import Exit, Format
from .session import run, told


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


def replay(
    policy: Annotated[str, typer.Option("--policy", metavar="FILE", help="A file with one AutonomyPolicy.")],
    trace: Annotated[
        str, typer.Option("--trace", metavar="FILE", help="A .csv or .csv.gz: a call, or a count, a row.")
    ],
    picture: Annotated[
        str, typer.Option("--picture", metavar="FILE", help="Where to write an SVG; none when empty.")
    ] = "replay.svg",
    capacity: Annotated[
        float, typer.Option("--capacity", min=0, help="Calls a second of one Pod, in place of the policy's.")
    ] = 0.0,
    objective: Annotated[
        float, typer.Option("--objective", min=0, help="Seconds a call may wait before it is late.")
    ] = 0.5,
    hours: Annotated[float, typer.Option("--hours", min=0.01, help="How much of the trace to fly.")] = 12.0,
    skip: Annotated[float, typer.Option("--skip-hours", min=0, help="Where in the trace to begin.")] = 0.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the chance that spreads counts.")] = 1,
    output: Output = Format.TEXT,
) -> None:
    """Fly an AutonomyPolicy over a recorded demand: how many calls are late, at what cost, and why."""
    from .replay import Asked
    from .replay import replay as make

    given = Asked(policy, trace, picture, capacity, objective, hours, skip, seed)
    raise typer.Exit(told(lambda: make(given, output)))
