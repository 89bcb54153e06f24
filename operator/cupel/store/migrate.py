"""Bringing a schema's tables up to date, by Alembic; several processes may start at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x6375_7065_6C  # "cupel": the number of PostgreSQL's advisory lock, any fixed one will do
LOCK_SECONDS = 30


class Newer(Exception):
    """The store was migrated by a later version of Cupel."""


def upgrade(engine: Engine, schema: str) -> None:
    """Run what is missing of `migrations/<schema>`. Raises Newer, and SQLAlchemyError."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # released with the transaction, however the process ends
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        present = revision(connection, schema)
        if present not in known(schema):
            raise Newer(
                f"its tables are of a later version of Cupel (revision {present}; this one knows up to "
                f"{newest(schema)}): run that version, or restore a backup from before"
            )
        if present != newest(schema):
            command.upgrade(_configured(connection, schema), "head")
        connection.commit()


def revision(connection: Connection, schema: str) -> str:
    """The revision a store's tables are at; empty when there are none."""
    context = MigrationContext.configure(
        connection, opts={"version_table": version_table(schema), "transactional_ddl": True}
    )
    return context.get_current_revision() or ""


def known(schema: str) -> frozenset[str]:
    """All revisions this version knows, and the empty store."""
    return frozenset(script.revision for script in _scripts(schema).walk_revisions()) | {""}


def newest(schema: str) -> str:
    """The revision a migrated store is at."""
    return _scripts(schema).get_current_head() or ""


def schemas() -> tuple[str, ...]:
    """Every schema there are migrations of."""
    return tuple(sorted(path.name for path in MIGRATIONS.iterdir() if any(path.glob("[0-9]*.py"))))


def version_table(schema: str) -> str:
    return f"cupel_{schema}_version"


def _scripts(schema: str) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(schema))


def _configured(connection: Connection, schema: str) -> Config:
    """What Alembic's `env.py` reads."""
    settings = _config(schema)
    settings.attributes["connection"] = connection
    settings.attributes["version_table"] = version_table(schema)
    return settings


def _config(schema: str) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.set_main_option("version_locations", str(MIGRATIONS / schema).replace("%", "%%"))
    settings.set_main_option("path_separator", "newline")
    return settings
