"""Stores are opened by several processes at once, by old and new versions, and are not always what they should be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from cupel.store import feedback_tables, state_tables
from cupel.store.engine import StoreUnusable, opened, parsed, shown, synchronous
from cupel.store.migrate import newest, revision, schemas, upgrade, version_table

ROOT = Path(__file__).parents[3]
OPEN = """
import asyncio, sys
from cupel.store.engine import opened
from cupel.store.state import Owner, Seen, ToolStates

async def main():
    async with opened(sys.argv[1], "state") as engine:
        owner = Owner("tools", f"tool-{sys.argv[2]}", "uid", keep=False)
        assert await ToolStates(engine).save(owner, "user/a", Seen(), {})

asyncio.run(main())
"""


def test_processes_that_start_at_once_migrate_once(store_url: str) -> None:
    environment = {"PYTHONPATH": str(ROOT / "operator"), "PATH": "/usr/bin:/bin"}
    processes = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", OPEN, store_url, str(number)],
                         env=environment, stderr=subprocess.PIPE, text=True)
        for number in range(3)
    ]  # fmt: skip
    errors = [process.communicate(timeout=60)[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0], errors
    with synchronous(parsed(store_url)).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM tool_state")).scalar_one() == 3


@pytest.mark.parametrize("schema", schemas())
async def test_every_schema_is_made_with_a_history_of_its_own(store_url: str, schema: str) -> None:
    async with opened(store_url, schema):  # type: ignore[arg-type]  # read from the folders of migrations
        pass

    with synchronous(parsed(store_url)).connect() as connection:
        assert revision(connection, schema) == newest(schema) != ""


TABLES = {"state": state_tables.METADATA, "feedback": feedback_tables.METADATA}


@pytest.mark.parametrize("schema", TABLES)
def test_the_migrations_make_the_tables_the_code_uses(store_url: str, schema: str) -> None:
    engine, metadata = synchronous(parsed(store_url)), TABLES[schema]
    upgrade(engine, schema)

    with engine.connect() as connection:
        ours = {
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "table" or name in metadata.tables,
        }
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, metadata) == []


async def test_a_store_of_a_later_version_is_refused_and_left_alone(store_url: str) -> None:
    async with opened(store_url, "state") as engine, engine.begin() as connection:
        await connection.execute(text(f"UPDATE {version_table('state')} SET version_num = 'state_9999'"))

    with pytest.raises(
        StoreUnusable, match=r"of a later version of Cupel .revision state_9999; this one knows up to"
    ):
        async with opened(store_url, "state"):
            pass

    with synchronous(parsed(store_url)).connect() as connection:
        assert revision(connection, "state") == "state_9999"


async def test_a_migration_that_fails_half_way_leaves_nothing(store_url: str) -> None:
    """Its second statement finds a name taken; the table of its first must not stay."""
    engine = synchronous(parsed(store_url))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE other (x INTEGER)"))
        connection.execute(text("CREATE INDEX tool_state_by_owner ON other (x)"))

    assert "tool_state_by_owner" in await refused(store_url)

    assert inspect(engine).get_table_names() == ["other"]
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE other"))
    async with opened(store_url, "state"):
        pass


async def refused(url: str) -> str:
    with pytest.raises(StoreUnusable) as failure:
        async with opened(url, "state"):
            pass
    return str(failure.value)


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but dear to somebody\n" * 100)

    assert "file is not a database" in await refused(f"sqlite:///{path}")
    assert path.read_text().startswith("not a database, but dear")


async def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "unable to open database file" in await refused(f"sqlite:///{tmp_path}/no/such/folder/store.db")


async def test_a_server_that_does_not_answer_is_said_without_its_password() -> None:
    said = await refused("postgresql://cupel:hunter2@127.0.0.1:1/cupel")

    assert "postgresql://cupel:***@127.0.0.1:1/cupel cannot be used: connection failed" in said
    assert "hunter2" not in said


async def test_a_role_or_database_that_is_not_there_is_said(postgres_url: str) -> None:
    assert 'database "nowhere" does not exist' in await refused(f"{postgres_url.rpartition('/')[0]}/nowhere")


URLS = {
    "a path that is not absolute": "sqlite:///store.db",
    "a database in memory": "sqlite://",
    "another kind of database": "mysql://cupel@host/cupel",
    "a server without a database": "postgresql://cupel@host",
    "a driver of its own choice": "postgresql+asyncpg://cupel@host/cupel",
    "no URL": "store.db",
    "nothing": "",
    "a port that is none": "postgresql://cupel@host:port/cupel",
}


@pytest.mark.parametrize("what", URLS)
def test_other_urls_are_refused_with_the_forms_there_are(what: str) -> None:
    with pytest.raises(
        StoreUnusable, match=r"must be sqlite:////absolute/path.db or postgresql://user@host/database"
    ):
        parsed(URLS[what])


def test_a_password_stands_where_it_can_be_hidden() -> None:
    with pytest.raises(StoreUnusable, match="password before the host") as failure:
        parsed("postgresql://host/cupel?user=cupel&password=hunter2")

    assert "hunter2" not in str(failure.value)
    assert (
        shown(parsed("postgresql://cupel:hunter2@host/cupel?sslmode=require"))
        == "postgresql://cupel:***@host/cupel"
    )
