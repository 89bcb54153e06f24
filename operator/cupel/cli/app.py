"""The commands: names, arguments and help. Each imports its own module, so that `--help` stays quick."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import Digest, Output, Timeout, Tool, Yes, on_cluster
from .output import Exit, Format
from .session import Target, run, told

app = typer.Typer(
    name="cupel",
    help="Tools for agents: see how far they are and why, decide about them, roll back, call.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command("get")
@on_cluster
def get(
    target: Target,
    tool: Annotated[str, typer.Argument(metavar="[TOOL]", help="Name of the GeneratedTool.")] = "",
    watch: Annotated[bool, typer.Option("-w", "--watch", help="Go on showing changes.")] = False,
    output: Output = Format.TEXT,
) -> Exit:
    """Show one tool as a tree: gates, reasons, evidence, what serves. Without TOOL: list all."""
    from .get import show_all, show_one, watch_one

    if not tool:
        return run(target, lambda session: show_all(session, output))
    show = watch_one if watch else show_one
    return run(target, lambda session: show(session, tool, output))


zone = typer.Typer(help="Zones: where tools are served, and where they are tried.", no_args_is_help=True)
app.add_typer(zone, name="zone")


@zone.command("init")
@on_cluster
def zone_init(
    target: Target,
    serving: Annotated[str, typer.Argument(metavar="NAMESPACE", help="The serving namespace.")],
    launcher: Annotated[
        list[str] | None,
        typer.Option("--launcher", metavar="IMAGE@sha256:...", help="Image that may start tools; repeatable."),
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
    print_only: Annotated[bool, typer.Option("--print", help="Print the manifests; change nothing.")] = False,
) -> Exit:
    """Make a serving namespace and its sandbox, with your own rights. May be run again: nothing is reset."""
    from .zone import asked, made, printed

    flags = (serving, sandbox, floors, separation, launcher or ())
    if print_only:
        return told(lambda: printed(asked(*flags)))
    return run(target, lambda session: made(session, asked(*flags)))
