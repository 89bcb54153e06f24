"""The commands `zone ...`: names, arguments and help."""

from __future__ import annotations

from typing import Annotated

import typer

from cupel.kube.target import Target

from .options import on_cluster
from .output import Exit
from .session import run, told

zone = typer.Typer(help="Zones: where tools are served, and where they are tried.", no_args_is_help=True)


@zone.command("init")
@on_cluster
def zone_init(
    target: Target,
    serving: Annotated[str, typer.Argument(metavar="NAMESPACE", help="The serving namespace.")],
    launcher: Annotated[
        list[str] | None,
        typer.Option(
            "--launcher", metavar="IMAGE@sha256:...", help="Image that may start tools; repeatable."
        ),
    ] = None,
    sandbox: Annotated[
        str, typer.Option("--sandbox", help="The sandbox namespace; NAMESPACE-sandbox when absent.")
    ] = "",
    floors: Annotated[
        str, typer.Option("--floors", metavar="WITHOUT,WITH", help="Least channels without and with egress.")
    ] = "",
    separation: Annotated[
        str, typer.Option("--separation", metavar="TwoPeople|OnePersonTwoChannels", help="Of two channels.")
    ] = "",
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Also take a namespace in which other Pods run.")
    ] = False,
    print_only: Annotated[bool, typer.Option("--print", help="Print the manifests; change nothing.")] = False,
) -> Exit:
    """Make a serving namespace and its sandbox with your own rights. Run again, ledger and policy stay."""
    from .zone import asked, made, printed

    flags = (serving, sandbox, floors, separation, launcher or ())
    if print_only:
        return told(lambda: printed(asked(*flags)))
    return run(target, lambda session: made(session, asked(*flags, adopt=adopt)))
