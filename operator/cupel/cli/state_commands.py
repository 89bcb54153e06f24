"""The commands `state` and `store`: names, arguments and help, as in `app`."""

from __future__ import annotations

from typing import Annotated

import typer

from cupel.kube.target import Target

from .options import Tool, Yes, on_cluster
from .output import Exit
from .session import told

state = typer.Typer(help="What tools remember of their callers.", no_args_is_help=True)
store = typer.Typer(help="The store that state is kept in.", no_args_is_help=True)

Everyones = Annotated[bool, typer.Option("--all", help="Of all tenants; takes the verb administer.")]
Gateway = Annotated[
    str, typer.Option("--gateway", metavar="URL", help="Default: CUPEL_GATEWAY, else localhost:8004.")
]
Token = Annotated[str, typer.Option("--token", help="Default: CUPEL_TOKEN, else the kubeconfig's token.")]
Url = Annotated[str, typer.Argument(metavar="URL", help="As in CUPEL_STORE_URL: sqlite:////path.db.")]


@state.command("export")
@on_cluster
def export(
    target: Target, tool: Tool, everyones: Everyones = False, gateway: Gateway = "", token: Token = ""
) -> Exit:
    """Print what a tool remembers of you as JSON; with --all of everybody, a line each."""
    import asyncio

    from .state import Asked
    from .state import export as read

    return told(lambda: asyncio.run(read(target, Asked(tool, everyones, gateway, token))))


@state.command("delete")
@on_cluster
def delete(
    target: Target,
    tool: Tool,
    everyones: Everyones = False,
    yes: Yes = False,
    gateway: Gateway = "",
    token: Token = "",
) -> Exit:
    """Delete what a tool remembers of you; with --all of everybody. There is no way back."""
    import asyncio

    from .state import Asked
    from .state import delete as forget

    return told(lambda: asyncio.run(forget(target, Asked(tool, everyones, gateway, token), yes)))


@store.command("backup")
def backup(
    url: Url, file: Annotated[str, typer.Argument(metavar="FILE", help="A new file; - is standard output.")]
) -> None:
    """Copy a SQLite store, also while it is used. PostgreSQL: pg_dump."""
    from .store import backup as copy

    raise typer.Exit(told(lambda: copy(url, file)))


@store.command("restore")
def restore(
    url: Url, file: Annotated[str, typer.Argument(metavar="FILE", help="A backup; - is standard input.")]
) -> None:
    """Put a backup into an empty SQLite store. PostgreSQL: pg_restore."""
    from .store import restore as put_back

    raise typer.Exit(told(lambda: put_back(url, file)))
