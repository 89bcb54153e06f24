"""The commands about what is missing: `need` and `gaps`."""

from __future__ import annotations

from typing import Annotated

import typer

from cupel.kube.target import Target

from .options import Output
from .output import Exit, Format
from .session import run


def need(
    target: Target,
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT",
            help="What a tool should do, or text with NEED_INTEGRATION: ...; - is stdin.",
        ),
    ],
    example: Annotated[
        list[str] | None,
        typer.Option("--example", metavar="JSON", help='{"arguments": {...}, "result": {...}}; repeatable.'),
    ] = None,
    tried: Annotated[
        list[str] | None, typer.Option("--tried", metavar="TEXT", help="What was tried instead; repeatable.")
    ] = None,
    checked: Annotated[
        list[str] | None,
        typer.Option("--checked", metavar="TOOL", help="A tool that does not do; repeatable."),
    ] = None,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What the tool should be called.")] = "",
    template: Annotated[
        str, typer.Option("--template", metavar="NAME", help="The template that makes it.")
    ] = "",
    parameters: Annotated[
        list[str] | None,
        typer.Option("-p", "--parameter", metavar="KEY=VALUE", help="Of the template; repeatable."),
    ] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also if nearly the same is there.")] = False,
    output: Output = Format.TEXT,
) -> Exit:
    """Say what is missing: makes a CapabilityGap, and prints how far it is and how to follow it."""
    from .need import Asked
    from .need import need as ask

    asked = Asked(
        text, tuple(example or ()), tuple(tried or ()), tuple(checked or ()), name, template,
        tuple(parameters or ()), anyway,
    )  # fmt: skip
    return run(target, lambda session: ask(session, asked, output))


def gaps(target: Target, output: Output = Format.TEXT) -> Exit:
    """List what is missing, what matters most first."""
    from .need import gaps as show

    return run(target, lambda session: show(session, output))
