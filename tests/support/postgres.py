"""A real PostgreSQL server for tests: Debian's, on loopback, as a user without rights, gone with the tests."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.cluster import machine

OVERRIDE = "CUPEL_TEST_POSTGRES_URL"
"""A server that runs already, under a role that may create databases."""
ROLE = "cupel"
QUICK = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")
"""For tests: what they check does not hang on the machine's disk. Benchmarks leave it out."""


def binaries() -> Path | None:
    """The newest server's programs; None where there is none."""
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    versions = sorted(found, key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else None


def required() -> Path:
    """The programs, installed where apt and root allow it. Skips the test, saying why, where they do not."""
    if binaries() is None and machine.can_install():
        machine.install(["postgresql"])
    return binaries() or pytest.skip(
        f"no PostgreSQL server: install Debian's package postgresql, or set {OVERRIDE}"
    )


@contextmanager
def server(*settings: str) -> Iterator[str]:
    """A server with a data directory of its own; the URL of its database `postgres`."""
    home = required()
    place = Path(tempfile.mkdtemp(prefix="cupel-postgres-"))
    data, port = place / "data", free_port()
    try:
        prepare(home, place, data)
        log = (place / "log").open("wb")
        places = ["-k", "", "-h", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(
            [*unprivileged(), str(home / "postgres"), "-D", str(data), *places, *settings],
            stdout=log, stderr=log, cwd=place,
        )  # fmt: skip
        log.close()
        url = f"postgresql://{ROLE}@127.0.0.1:{port}/postgres"
        try:
            answered(url, process, place / "log")
            yield url
        finally:
            process.send_signal(signal.SIGINT)  # "fast": ends sessions, and says goodbye to the disk
            process.wait(30)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def prepare(home: Path, place: Path, data: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(place, "postgres", "postgres")
    init = [str(home / "initdb"), "-D", str(data), "-U", ROLE, "--auth=trust", "-E", "UTF8", "--locale=C"]
    done = subprocess.run([*unprivileged(), *init, "--no-sync"], capture_output=True, text=True, cwd=place)
    if done.returncode:
        raise RuntimeError(f"initdb failed: {done.stdout}{done.stderr}")


def unprivileged() -> list[str]:
    """PostgreSQL refuses to be root; and it ends when whoever started it is gone, even killed."""
    end = ["setpriv", "--pdeathsig=INT"]
    if os.geteuid() != 0:
        return end
    return [*end, "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def answered(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 30) -> None:
    """Wait until it takes connections."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database(url: str) -> Iterator[str]:
    """A fresh database on this server, dropped afterwards with whoever is still in it."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{url.rpartition('/')[0]}/{name}"
        finally:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a server's maintenance database: for making databases in, by `database`."""
    if given := os.environ.get(OVERRIDE):
        yield given
        return
    with server(*QUICK) as url:
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of a database of this test's own."""
    with database(postgres_url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store, once on each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    url: str = request.getfixturevalue("postgres_database")
    return url
