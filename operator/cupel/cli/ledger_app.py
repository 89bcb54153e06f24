"""The commands `ledger ...`: names, arguments and help."""

from __future__ import annotations

from typing import Annotated

import typer

from cupel.kube.target import Target

from .options import BackupFile, Yes, on_cluster
from .output import Exit
from .session import run

ledger = typer.Typer(help="The ledger of a namespace: back it up, restore it.", no_args_is_help=True)


@ledger.command("backup")
@on_cluster
def ledger_backup(target: Target, file: BackupFile) -> Exit:
    """Write settings, decisions and condemnations of the namespace's ledger to a new file."""
    from .ledger import backup

    return run(target, lambda session: backup(session, file))


@ledger.command("restore")
@on_cluster
def ledger_restore(
    target: Target,
    file: BackupFile,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would come back; try; write nothing.")
    ] = False,
    yes: Yes = False,
) -> Exit:
    """Put a backup into a ledger that nobody changed yet. Needs the verb restore."""
    from .ledger import restore

    return run(target, lambda session: restore(session, file, dry_run=dry_run, sure=yes))
