"""Copies of a SQLite store, taken while it is in use, and put back. PostgreSQL has tools of its own."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from .engine import BUSY_MILLISECONDS, StoreUnusable, parsed, shown
from .migrate import known, newest, schemas, version_table
from .state_tables import CLUSTER

OF_POSTGRESQL = (
    "is backed up by PostgreSQL's own tools: pg_dump --format=custom --file=FILE URL, and into an empty "
    "database pg_restore --no-owner --exit-on-error --dbname=URL FILE"
)


def backup(url: str, target: Path) -> int:
    """Write a consistent copy, whole or not at all; its size in bytes. Raises StoreUnusable."""
    place = database(url)
    if not place.exists():
        raise StoreUnusable(f"there is no store at {place}")
    if target.exists():
        raise StoreUnusable(f"{target} is there already: name a new file")
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with _told(place), closing(_open(place)) as here, closing(_open(fresh)) as there:
            _revisions(here, place)
            here.backup(there)
            there.execute("PRAGMA journal_mode=DELETE")  # one file, without its log beside it
            _whole(there, fresh)
        fresh.rename(target)
    finally:
        fresh.unlink(missing_ok=True)
    return target.stat().st_size


def restore(url: str, source: Path) -> Mapping[str, str]:
    """Put a copy into an empty store; the schemas in it and their revisions. Raises StoreUnusable."""
    place = database(url)
    if not source.is_file():
        raise StoreUnusable(f"there is no file {source}")
    with _told(source), closing(_open(source)) as here, closing(_open(place)) as there:
        _whole(here, source)
        found = _revisions(here, source)
        if not found:
            raise StoreUnusable(f"{source} is no store of Cupel")
        _revisions(there, place)
        if full := _tables_with_rows(there):
            raise StoreUnusable(
                f"the store at {place} is not empty ({', '.join(full)}): stop what uses it, and move it away"
            )
        here.backup(there)
        _whole(there, place)
    return found


def database(url: str) -> Path:
    """The file of a SQLite store. Raises StoreUnusable for any other."""
    place = parsed(url)
    if place.drivername != "sqlite":
        raise StoreUnusable(f"{shown(place)} {OF_POSTGRESQL}")
    return Path(place.database or "")


@contextmanager
def _told(place: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreUnusable(f"{place} cannot be copied: {error}") from None


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_MILLISECONDS / 1000)


def _whole(connection: sqlite3.Connection, path: Path) -> None:
    (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        raise StoreUnusable(f"{path} is damaged: {said}")


def _revisions(connection: sqlite3.Connection, path: Path) -> dict[str, str]:
    """The schemas in a file. Raises StoreUnusable when a later version of Cupel made one."""
    found = {}
    for table in _tables(connection):
        schema = table.removeprefix("cupel_").removesuffix("_version")
        if table != version_table(schema):
            continue
        for (revision,) in connection.execute(f'SELECT version_num FROM "{table}"'):  # noqa: S608  # read above
            if schema not in schemas() or revision not in known(schema):
                upto = newest(schema) if schema in schemas() else "none of it"
                raise StoreUnusable(
                    f"{path} is of a later version of Cupel ({schema} at {revision}; this one knows {upto})"
                )
            found[schema] = revision
    return found


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in rows if not name.startswith("sqlite_")]


def _tables_with_rows(connection: sqlite3.Connection) -> list[str]:
    ours = (CLUSTER.name,)  # says whose store it is, from its first moment on
    tables = (table for table in _tables(connection) if not table.endswith("_version") and table not in ours)
    any_row = 'SELECT EXISTS (SELECT 1 FROM "{}")'
    return [table for table in tables if connection.execute(any_row.format(table)).fetchone()[0]]
