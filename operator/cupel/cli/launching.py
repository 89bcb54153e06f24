"""Runs a tool's code in a child process, by the sandbox's own launcher."""

from __future__ import annotations

import ctypes
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cupel.api.bundle import Bundle
from cupel.decide.harmless import one_line

from .output import Failure

START_SECONDS = 15.0
SET_DUMPABLE = 4


def closed_to_children() -> None:
    """This process has credentials in its environment, which its children must not read (prctl(2))."""
    with suppress(OSError, AttributeError):  # not on Linux
        ctypes.CDLL(None).prctl(SET_DUMPABLE, 0, 0, 0, 0)


@contextmanager
def launched(bundle: Bundle) -> Iterator[int]:
    """The port of a child that serves this bundle: no environment, killed with all it started."""
    content = bundle.content()
    digits = hashlib.sha256(content).hexdigest()
    with tempfile.TemporaryDirectory(prefix="cupel-record-") as folder:
        path, port = Path(folder, "bundle.json"), _free_port()
        path.write_bytes(content)
        options = ["--bundle", str(path), "--sha256", digits, "--port", str(port)]
        with subprocess.Popen(  # noqa: S603  # our own interpreter and launcher
            [sys.executable, "-I", "-m", "cupel_sandbox", "trial", *options],
            cwd=folder, env={}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
        ) as child:  # fmt: skip
            try:
                _started(child, port)
                yield port
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _started(child: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the launcher listens, and have it import the tool. Raises Failure."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            said = json.loads(post(port, "/start", b"{}", START_SECONDS))
            break
        except OSError:
            if child.poll() is not None or time.monotonic() > deadline:
                raise Failure("the launcher did not start; its own words are above") from None
            time.sleep(0.05)
    if said.get("error"):
        raise Failure(f"the tool cannot be imported: {one_line(str(said['error']))}")


def post(port: int, path: str, body: bytes, seconds: float) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        return connection.getresponse().read()
    finally:
        connection.close()
