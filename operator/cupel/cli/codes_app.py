"""The commands below `codes`: names, arguments and help."""

from __future__ import annotations

from typing import Annotated

import typer

from cupel.kube.target import Target

from .options import Digest, Tool, on_cluster
from .output import Exit
from .session import run

codes = typer.Typer(help="One-time codes: the second channel of approvals.", no_args_is_help=True)
Transport = Annotated[
    str, typer.Option("--by", metavar="TRANSPORT", help="Kind of channel, such as mailto or slack.")
]


@codes.command("enroll")
@on_cluster
def enroll(target: Target) -> Exit:
    """Get a secret for your authenticator app, under your own name."""
    from .enrolling import enroll as ask

    return run(target, ask)


@codes.command("reset")
@on_cluster
def reset(
    target: Target,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="Their Kubernetes user name.")],
) -> Exit:
    """Remove somebody's enrolment, after they lost their phone. Needs the verb administer."""
    from .enrolling import reset as ask

    return run(target, lambda session: ask(session, person))


@codes.command("link")
@on_cluster
def link(
    target: Target,
    tool: Tool,
    digest: Digest = "",
    code: Annotated[str, typer.Option("--code", help="Your one-time code; asked for when absent.")] = "",
    by: Transport = "",
) -> Exit:
    """Get a link to the page for phones: shown here for a code, or sent to you with --by."""
    from .codes import Wanted
    from .codes import link as ask

    return run(target, lambda session: ask(session, Wanted(tool, digest, code, by)))


@codes.command("deliver")
@on_cluster
def deliver(target: Target, tool: Tool, digest: Digest = "", by: Transport = "") -> Exit:
    """Have a one-time code for one decision sent to you."""
    from .codes import Wanted
    from .codes import deliver as ask

    return run(target, lambda session: ask(session, Wanted(tool, digest, transport=by)))


@codes.command("keygen")
def keygen() -> None:
    """Print a new line for the code service's key file."""
    from cupel.sealed import new_key

    print(new_key())
