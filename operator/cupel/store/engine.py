"""Opening a store: from a URL to an engine whose tables are as this version wants them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any, Literal

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from .migrate import Newer, upgrade

Schema = Literal["state", "codes", "notices", "feedback"]
"""A set of tables with a history of its own; several may share a database."""
FORMS = "must be sqlite:////absolute/path.db or postgresql://user@host/database"
BUSY_MILLISECONDS = 5000
"""How long a SQLite writer waits for another before it fails."""
CONNECT_SECONDS = 5
POOL = {"pool_size": 8, "max_overflow": 8, "pool_timeout": 5, "pool_pre_ping": True}
SECRETS = frozenset({"password", "sslpassword", "passfile"})


class StoreUnusable(Exception):
    """The store cannot be opened; the text says why, without the URL's password."""


@asynccontextmanager
async def opened(url: str, schema: Schema) -> AsyncIterator[AsyncEngine]:
    """An engine over this store, migrated first. Raises StoreUnusable."""
    place = parsed(url)
    await asyncio.to_thread(_migrate, place, schema)
    engine = _engine(place)
    try:
        yield engine
    finally:
        await engine.dispose()


def parsed(url: str) -> URL:
    """The URL, as far as we know its kind. Raises StoreUnusable."""
    try:
        place = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreUnusable(f"the store's URL {FORMS}") from None
    if SECRETS & set(place.query):
        raise StoreUnusable(
            "the store's URL must have its password before the host, as in user:password@host"
        )
    if place.drivername == "sqlite" and (place.database or "").startswith("/"):
        return place
    if place.drivername == "postgresql" and place.database:
        if find_spec("psycopg") is None:
            raise StoreUnusable("a PostgreSQL store needs the extra: pip install 'cupel[postgresql]'")
        return place
    raise StoreUnusable(f"the store's URL {FORMS}, not {shown(place)}")


def shown(place: URL) -> str:
    """The URL as people and logs may read it."""
    return place.set(query={}).render_as_string()


def told(error: Exception) -> str:
    """What a database says is wrong, in one line, without the statement and its values."""
    said = str(error.orig) if isinstance(error, DBAPIError) and error.orig is not None else str(error)
    return " ".join(said.split())[:500] or type(error).__name__


def _engine(place: URL) -> AsyncEngine:
    if place.drivername == "postgresql":
        return create_async_engine(
            place.set(drivername="postgresql+psycopg"), **POOL, **_postgresql(), hide_parameters=True
        )
    engine = create_async_engine(place.set(drivername="sqlite+aiosqlite"), **POOL, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare)
    return engine


def _migrate(place: URL, schema: Schema) -> None:
    engine = synchronous(place)
    try:
        upgrade(engine, schema)
    except Newer as newer:
        raise StoreUnusable(f"{shown(place)} cannot be used: {newer}") from None
    except (SQLAlchemyError, OSError) as error:
        raise StoreUnusable(f"{shown(place)} cannot be used: {told(error)}") from None
    finally:
        engine.dispose()


def synchronous(place: URL) -> Engine:
    """The same store for a command that does one thing and ends: migrations, backup, restore."""
    if place.drivername == "postgresql":
        return create_engine(
            place.set(drivername="postgresql+psycopg"),
            poolclass=NullPool,
            hide_parameters=True,
            **_postgresql(),
        )
    engine = create_engine(place, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    return engine


def _postgresql() -> dict[str, Any]:
    """A server that went away without a word is noticed, not waited for."""
    alive = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
    return {"connect_args": {"connect_timeout": CONNECT_SECONDS, "application_name": "cupel", **alive}}


def _prepare(connection: Any, _: object) -> None:
    """Readers never wait, a second writer waits a little, and what was answered is on disk."""
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",  # first: changing the journal's mode may have to wait, too
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
