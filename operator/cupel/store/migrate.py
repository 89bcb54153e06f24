"""Bringing a schema's tables up to date, by Alembic; several processes may start at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x6375_7065_6C  # "cupel": the number of PostgreSQL's advisory lock, any fixed one will do


class Newer(Exception):
    """The store was migrated by a later version of Cupel."""


def upgrade(engine: Engine, schema: str) -> None:
    """Run what is missing of `migrations/<schema>`. Raises Newer, and SQLAlchemyError."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # released with the connection, however the process ends
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        settings = configured(connection, schema)
        try:
            command.upgrade(settings, "head")
        except CommandError as error:
            raise Newer(f"its tables are of a later version of Cupel ({error})") from error
        connection.commit()


def newest(schema: str) -> str:
    """The revision a migrated store is at."""
    return ScriptDirectory.from_config(_config(schema)).get_current_head() or ""


def configured(connection: Connection, schema: str) -> Config:
    """What Alembic's `env.py` reads."""
    settings = _config(schema)
    settings.attributes["connection"] = connection
    settings.attributes["schema"] = schema
    return settings


def _config(schema: str) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.set_main_option("version_locations", str(MIGRATIONS / schema))
    settings.set_main_option("path_separator", "newline")
    return settings
