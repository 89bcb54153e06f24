"""Copies of a store: taken under writes, put back into an empty one, refused where something could be lost."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.postgres import binaries, database

from cupel.store import backup as copies
from cupel.store.engine import StoreUnusable, opened
from cupel.store.migrate import newest
from cupel.store.state import Owner, ToolStates

ROOT = Path(__file__).parents[3]
WATER = Owner("tools", "water-tracker", "uid-1", keep=True)


def url(path: Path) -> str:
    return f"sqlite:///{path}"


async def drunk(store: str, total: int, tenant: str = "user/alice") -> None:
    async with opened(store, "state") as engine:
        states = ToolStates(engine)
        assert await states.save(WATER, tenant, await states.load(WATER, tenant), {"total": total})


async def total(store: str, tenant: str = "user/alice") -> int | None:
    async with opened(store, "state") as engine:
        found: int | None = (await ToolStates(engine).load(WATER, tenant)).state.get("total")
        return found


async def test_what_was_backed_up_is_there_again(tmp_path: Path) -> None:
    await drunk(url(tmp_path / "store.db"), 250)
    copies.backup(url(tmp_path / "store.db"), tmp_path / "copy.db")
    await drunk(url(tmp_path / "store.db"), 500)

    found = copies.restore(url(tmp_path / "new.db"), tmp_path / "copy.db")

    assert found == {"state": newest("state")}
    assert await total(url(tmp_path / "new.db")) == 250
    assert await total(url(tmp_path / "store.db")) == 500
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]


async def test_a_copy_taken_under_writes_is_of_one_moment(tmp_path: Path) -> None:
    """The writer counts the first tenant up, then the second: no copy has the second ahead, or more than one behind."""
    store = url(tmp_path / "store.db")
    stop = asyncio.Event()
    async with opened(store, "state") as engine:
        states = ToolStates(engine)

        async def write() -> None:
            n = 0
            while not stop.is_set():
                n += 1
                for tenant in ("user/first", "user/second"):
                    assert await states.save(WATER, tenant, await states.load(WATER, tenant), {"total": n})

        writing = asyncio.create_task(write())
        for number in range(5):
            await asyncio.to_thread(copies.backup, store, tmp_path / f"copy-{number}.db")
        stop.set()
        await writing

    for number in range(5):
        first = await total(url(tmp_path / f"copy-{number}.db"), "user/first") or 0
        second = await total(url(tmp_path / f"copy-{number}.db"), "user/second") or 0
        assert first - second in (0, 1)


async def test_a_store_that_was_opened_but_never_used_counts_as_empty(tmp_path: Path) -> None:
    await drunk(url(tmp_path / "store.db"), 250)
    copies.backup(url(tmp_path / "store.db"), tmp_path / "copy.db")
    async with opened(url(tmp_path / "new.db"), "state") as engine:
        copies.restore(url(tmp_path / "new.db"), tmp_path / "copy.db")

        assert (await ToolStates(engine).load(WATER, "user/alice")).state == {"total": 250}


def of_later_version(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE cupel_state_version SET version_num = 'state_9999'")
    connection.close()


async def test_what_would_lose_something_is_refused(tmp_path: Path) -> None:
    store, copy = tmp_path / "store.db", tmp_path / "copy.db"
    await drunk(url(store), 250)
    copies.backup(url(store), copy)
    (tmp_path / "text").write_text("no database " * 100)
    sqlite3.connect(tmp_path / "empty.db").close()
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(copy.read_bytes()[:8192] + b"\xff" * 4096 + copy.read_bytes()[12288:])

    for said, act in {
        "is there already": lambda: copies.backup(url(store), copy),
        "there is no store at": lambda: copies.backup(url(tmp_path / "nothing.db"), tmp_path / "x.db"),
        "there is no file": lambda: copies.restore(url(tmp_path / "new.db"), tmp_path / "nothing.db"),
        "is not empty .tool_state.": lambda: copies.restore(url(store), copy),
        "file is not a database": lambda: copies.restore(url(tmp_path / "new.db"), tmp_path / "text"),
        "is no store of Cupel": lambda: copies.restore(url(tmp_path / "new.db"), tmp_path / "empty.db"),
        "damaged": lambda: copies.restore(url(tmp_path / "new.db"), damaged),
    }.items():
        with pytest.raises(StoreUnusable, match=said):
            act()

    assert await total(url(store)) == 250
    assert not (tmp_path / "x.db").exists()


async def test_later_versions_are_refused_on_both_sides(tmp_path: Path) -> None:
    store, copy, later = tmp_path / "store.db", tmp_path / "copy.db", tmp_path / "later.db"
    await drunk(url(store), 250)
    copies.backup(url(store), copy)
    async with opened(url(later), "state"):
        pass
    of_later_version(later)

    with pytest.raises(StoreUnusable, match=r"later.db is of a later version of Cupel .state at state_9999"):
        copies.restore(url(later), copy)
    of_later_version(copy)
    with pytest.raises(StoreUnusable, match=r"copy.db is of a later version of Cupel .state at state_9999"):
        copies.restore(url(tmp_path / "new.db"), copy)


def cupel(*arguments: str, sent: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "operator")}
    command = [sys.executable, "-m", "cupel.cli", "store", *arguments]
    return subprocess.run(command, input=sent, capture_output=True, env=environment)


async def test_the_command_line_takes_files_and_streams(tmp_path: Path) -> None:
    store = url(tmp_path / "store.db")
    await drunk(store, 250)

    streamed = cupel("backup", store, "-")
    restored = cupel("restore", url(tmp_path / "new.db"), "-", sent=streamed.stdout)
    again = cupel("restore", url(tmp_path / "new.db"), "-", sent=streamed.stdout)

    assert streamed.returncode == 0, streamed.stderr
    assert (restored.returncode, restored.stderr) == (0, b"restored state (state_0002)\n")
    assert await total(url(tmp_path / "new.db")) == 250
    assert (
        again.returncode == 1
        and again.stderr.startswith(b"error: the store at")
        and again.stderr.count(b"\n") == 1
    )
    assert sorted(path.name for path in tmp_path.iterdir() if "db-" not in path.name) == [
        "new.db",
        "store.db",
    ]


def test_a_postgresql_store_is_sent_to_its_own_tools(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match=r"pg_dump --format=custom") as failure:
        copies.backup("postgresql://cupel:hunter2@127.0.0.1:1/cupel", tmp_path / "copy")

    assert "hunter2" not in str(failure.value)


async def test_postgresqls_own_tools_bring_a_store_back(postgres_url: str, tmp_path: Path) -> None:
    """As docs/store.md says it."""
    tools, dump = binaries(), tmp_path / "store.dump"
    if tools is None:
        pytest.skip("the server is elsewhere, and its tools are not here")
    with database(postgres_url) as old, database(postgres_url) as new:
        await drunk(old, 250)
        subprocess.run([tools / "pg_dump", "--format=custom", f"--file={dump}", old], check=True)
        await drunk(old, 500)
        restore = [tools / "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={new}", dump]
        subprocess.run(restore, check=True)

        assert (await total(new), await total(old)) == (250, 500)
        assert subprocess.run(restore, capture_output=True).returncode != 0
