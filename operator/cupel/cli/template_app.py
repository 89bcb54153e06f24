"""The commands `template` and `skill`: names, arguments and help, as in `app`."""

from __future__ import annotations

from typing import Annotated

import typer

from cupel.kube.target import Target

from .options import Output, Tool, on_cluster
from .output import Exit, Format
from .session import run, told

template = typer.Typer(help="Make tools from templates, without a cluster.", no_args_is_help=True)
skill = typer.Typer(help="Tools as Agent Skills.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="TEMPLATE", help="As `template list` names it.")]


@template.command("list")
def list_(output: Output = Format.TEXT) -> None:
    """List the templates: what each makes."""
    from .template import show_all

    raise typer.Exit(told(lambda: show_all(output)))


@template.command("show")
def show(name: Name, output: Output = Format.TEXT) -> None:
    """Show a template: its parameters, and an example of them."""
    from .template import show_one

    raise typer.Exit(told(lambda: show_one(name, output)))


@template.command("make", short_help="Print a GeneratedTool made from a template, ready to apply.")
def make(
    name: Name,
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "-p", "--parameter", metavar="KEY=VALUE", help="A value is JSON, or else text; repeatable."
        ),
    ] = None,
    tool: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Of the tool; the template's when absent.")
    ] = "",
    policy: Annotated[str, typer.Option("--policy", metavar="NAME", help="The ToolPolicy.")] = "default",
    output: Annotated[Format, typer.Option("-o", "--output", help="text is YAML.")] = Format.TEXT,
) -> None:
    """Print a GeneratedTool made from a template: pipe it into `kubectl apply -f -`."""
    from .template import Asked
    from .template import make as build

    asked = Asked(name, tuple(parameters or ()), tool, policy)
    raise typer.Exit(told(lambda: build(asked, output)))


@skill.command("export", short_help="Write a tool as an Agent Skill into a folder.")
@on_cluster
def export(
    target: Target,
    tool: Tool,
    folder: Annotated[
        str, typer.Option("-o", "--output", metavar="DIR", help="Where its folder is made.")
    ] = ".",
) -> Exit:
    """Write a tool as an Agent Skill: SKILL.md and references, in a folder of its name below DIR."""
    from .skill import export as write

    return run(target, lambda session: write(session, tool, folder))
