"""The commands: names, arguments and help. Each imports its own module, so that `--help` stays quick."""

from __future__ import annotations

from typing import Annotated

import typer

from cupel.kube.target import Target

from .autopilot_app import autopilot
from .codes_app import codes
from .gaps_app import gaps, need
from .ledger_app import ledger
from .lifecycle_app import archive, pardon, retire, rollback, unarchive, unretire
from .offline_commands import replay, version
from .options import (
    AlthoughRefused,
    Digest,
    Given,
    Output,
    Reason,
    Timeout,
    Tool,
    Yes,
    on_cluster,
    with_decision_options,
)
from .output import Exit, Format
from .session import run, told
from .state_commands import state, store
from .template_app import skill, template
from .zone_app import zone

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


app.command("autopilot", short_help="Show what an AutonomyPolicy sees and does.")(on_cluster(autopilot))
app.command("need", short_help="Say what is missing, and follow it.")(on_cluster(need))
app.command("gaps", short_help="List what is missing.")(on_cluster(gaps))
app.command("archive", short_help="Archive a tool now; a call wakes it.")(on_cluster(archive))
app.command("unarchive", short_help="Bring an archived tool back.")(on_cluster(unarchive))
app.command("retire", short_help="Take a tool out of use.")(on_cluster(retire))
app.command("unretire", short_help="Bring a retired tool back.")(on_cluster(unretire))
app.command("rollback", short_help="Condemn the digest that serves; the one before takes over.")(
    on_cluster(rollback)
)
app.command("pardon", short_help="Lift a condemnation.")(on_cluster(pardon))
GROUPS = {"zone": zone, "ledger": ledger, "codes": codes, "state": state, "store": store}
for title, group in (GROUPS | {"template": template, "skill": skill}).items():
    app.add_typer(group, name=title)


@app.command("check", short_help="Judge tools without a cluster; nothing is executed.")
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="A .py, .yaml or .json; - is stdin.")],
    output: Annotated[
        Format, typer.Option("-o", "--format", "--output", help="What to print.")
    ] = Format.TEXT,
    egress: Annotated[
        list[str] | None, typer.Option("--egress", metavar="HOST:PORT", help="For a .py; repeatable.")
    ] = None,
    state: Annotated[bool, typer.Option("--state", help="For a .py: it may keep state.")] = False,
    form: Annotated[
        str, typer.Option("--type", metavar="auto|python|manifest", help="What the files are.")
    ] = "auto",
) -> None:
    """Judge tools without a cluster: 0 accepted, 1 refused, 2 unusable. Nothing is executed."""
    from .check import check as judge
    from .check import declared
    from .check_output import report

    raise typer.Exit(told(lambda: report(judge(files, declared(egress or (), state, form)), output)))


@app.command("record", short_help="Run a tool's examples for real, and record what they exchange.")
def record(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A .yaml or .json with one GeneratedTool.")],
    output: Annotated[
        str,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write; standard output when absent."),
    ] = "",
    send: Annotated[
        list[str] | None,
        typer.Option(
            "--send",
            metavar="HOST:PORT=HEADER=VARIABLE",
            help="A credential from the environment; repeatable.",
        ),
    ] = None,
    private: Annotated[
        list[str] | None,
        typer.Option("--private", metavar="HOST:PORT", help="May be in a private network; repeatable."),
    ] = None,
    results: Annotated[bool, typer.Option("--results", help="Take the results of the run, too.")] = False,
    yes: Yes = False,
) -> None:
    """Run a tool's examples on this machine against the real servers, and record what they exchange."""
    from .record import Asked
    from .record import record as make

    raise typer.Exit(
        told(lambda: make(Asked(file, output, tuple(send or ()), tuple(private or ()), results, yes)))
    )


app.command("replay", short_help="Fly an AutonomyPolicy over a recorded demand, without a cluster.")(replay)
app.command("version")(version)


@app.command("explain", short_help="Say which gate stopped a tool, and what to do next.")
@on_cluster
def explain(target: Target, tool: Tool, output: Output = Format.TEXT) -> Exit:
    """Say which gate stopped a tool, which rule, which line, and what to do next."""
    from .explain import explain as tell

    return run(target, lambda session: tell(session, tool, output))


@app.command("diff", short_help="Show what differs between two revisions of a tool.")
@on_cluster
def diff(
    target: Target,
    tool: Tool,
    first: Annotated[str, typer.Argument(metavar="[REV]", help="Revision, its version or digest.")] = "",
    second: Annotated[str, typer.Argument(metavar="[REV]", help="Another; default: asked for now.")] = "",
    output: Output = Format.TEXT,
) -> Exit:
    """Show what differs between two revisions; by default between what serves and what is asked for now."""
    from .diff import diff as compare

    return run(target, lambda session: compare(session, tool, (first, second), output))


@app.command("approve", short_help="Say yes to a revision, under your own name.")
@on_cluster
@with_decision_options
def approve(target: Target, given: Given, although_refused: AlthoughRefused = False) -> Exit:
    """Say yes to a revision, under your own name, after showing what it is and does."""
    from .channel import decide_by_either
    from .decision import asked_by

    asked = asked_by(given, "Approve", although_refused)
    return run(target, lambda session: decide_by_either(session, asked))


@app.command("reject")
@on_cluster
@with_decision_options
def reject(target: Target, given: Given, reason: Reason = "") -> Exit:
    """Say no to a revision, under your own name. It will not serve unless this is revoked."""
    from .channel import decide_by_either
    from .decision import asked_by

    asked = asked_by(given, "Reject", reason=reason)
    return run(target, lambda session: decide_by_either(session, asked))


@app.command("revoke")
@on_cluster
def revoke(target: Target, tool: Tool, digest: Digest = "", yes: Yes = False) -> Exit:
    """Take back every decision about a digest. What serves only under them stops."""
    from .decision import revoke as take_back

    return run(target, lambda session: take_back(session, tool, digest, yes))


@app.command("status", short_help="Wait until it serves, is refused, or waits for a person.")
@on_cluster
def status(target: Target, tool: Tool, timeout: Timeout = 60, output: Output = Format.TEXT) -> Exit:
    """Wait until it serves (0), is refused (1), waits for a person (2) or time is up (3)."""
    from .status import status as wait

    return run(target, lambda session: wait(session, tool, timeout, output))


@app.command("call", short_help="Call a served tool and print its structured result.")
@on_cluster
def call(
    target: Target,
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="MCP name of the tool.")],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]...")] = None,
    body: Annotated[str, typer.Option("--json", metavar="OBJECT", help="All arguments as JSON.")] = "",
    gateway: Annotated[
        str, typer.Option("--gateway", metavar="URL", help="Default: CUPEL_GATEWAY, else localhost:8004.")
    ] = "",
    token: Annotated[
        str, typer.Option("--token", help="Default: CUPEL_TOKEN, else the kubeconfig's token.")
    ] = "",
    output: Output = Format.TEXT,
) -> Exit:
    """Call a served tool through the gateway and print its structured result."""
    import asyncio

    from .call import Asked
    from .call import call as ask

    asked = Asked(tool, target.namespace, tuple(arguments or ()), body, gateway, token, output)
    return told(lambda: asyncio.run(ask(target, asked)))
