"""Opening a store: from a URL to an engine whose tables are as this version wants them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from .migrate import Newer, upgrade

Schema = Literal["state", "codes", "notices"]
"""A set of tables with a history of its own; several may share a database."""
FORMS = "must be sqlite:////absolute/path.db or postgresql://user@host/database"
BUSY_MILLISECONDS = 5000
"""How long a SQLite writer waits for another before it fails."""
POOL = {"pool_size": 8, "max_overflow": 8, "pool_timeout": 5, "pool_pre_ping": True}


class StoreUnusable(Exception):
    """The store cannot be opened; the text says why, without the URL's password."""


@asynccontextmanager
async def opened(url: str, schema: Schema) -> AsyncIterator[AsyncEngine]:
    """An engine over this store, migrated first. Raises StoreUnusable."""
    place = parsed(url)
    try:
        await asyncio.to_thread(_migrate, place, schema)
        engine = _engine(place)
    except (SQLAlchemyError, OSError, Newer) as error:
        raise StoreUnusable(f"{place.render_as_string()} cannot be used: {error}") from error
    try:
        yield engine
    finally:
        await engine.dispose()


def parsed(url: str) -> URL:
    """The URL, as far as we know its kind. Raises StoreUnusable."""
    try:
        place = make_url(url)
    except ArgumentError:
        raise StoreUnusable(f"the store's URL {FORMS}") from None
    if place.drivername == "sqlite" and place.database and place.database.startswith("/"):
        return place
    if place.drivername == "postgresql" and place.database:
        return place
    raise StoreUnusable(f"the store's URL {FORMS}, not {place.render_as_string()}")


def _engine(place: URL) -> AsyncEngine:
    if place.drivername == "postgresql":
        return create_async_engine(place.set(drivername="postgresql+psycopg"), **POOL)
    engine = create_async_engine(place.set(drivername="sqlite+aiosqlite"))
    event.listen(engine.sync_engine, "connect", _prepare)
    return engine


def _migrate(place: URL, schema: Schema) -> None:
    engine = synchronous(place)
    try:
        upgrade(engine, schema)
    finally:
        engine.dispose()


def synchronous(place: URL) -> Engine:
    """The same store for a command that does one thing and ends: migrations, backup, restore."""
    if place.drivername == "postgresql":
        return create_engine(place.set(drivername="postgresql+psycopg"))
    engine = create_engine(place)
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _: object) -> None:
    """Readers never wait, a second writer waits a little, and what was answered is on disk."""
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={BUSY_MILLISECONDS}",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
