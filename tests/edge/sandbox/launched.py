"""Real launcher and harness processes on loopback, for tests: start, ask, end."""

from __future__ import annotations

import atexit
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tests.support.waiting import until as until

from cupel_sandbox.zygote import SPARES

SANDBOX = Path(__file__).parents[3] / "sandbox"
DEADLINE = 15.0


def bundle_of(code, egress=(), state="PerTenant"):
    """Bytes of a bundle and the 64 digits of their hash."""
    content = json.dumps(
        {
            "format": "cupel.dev/bundle/v1",
            "tool": "tried",
            "description": "A tool that is tried.",
            "interface": {
                "toolName": "tried",
                "inputSchema": {"type": "object"},
                "outputSchema": {"type": "object"},
            },
            "code": code,
            "permissions": {"egress": list(egress), "state": state},
            "examples": [],
            "tests": [],
        },
        sort_keys=True,
        separators=(",", ":"),
    ).encode()
    return content, hashlib.sha256(content).hexdigest()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Launched:
    """A launcher under test."""

    process: subprocess.Popen
    port: int

    def ask(self, method, path, body=None, seconds=DEADLINE):
        """Status and JSON of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def call(self, arguments=None, **fields):
        """The answer of one call, which must be understood."""
        status, told = self.ask("POST", "/call", {"arguments": arguments or {}} | fields)
        assert status == 200, told
        return told

    def error(self, arguments=None, **fields):
        """Type and message of one call that must fail."""
        told = self.call(arguments, **fields)
        assert set(told) == {"error", "milliseconds"}, told
        return told["error"]["type"], told["error"]["message"]

    def listens(self):
        assert self.process.poll() is None, self.process.stderr.read()
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def processes(self):
        """Every process below the launcher."""
        return descendants(self.process.pid)

    def spares(self):
        """Processes that wait for a call, when none is under way."""
        return until(lambda: (found := set(children(self.zygote))) and len(found) == SPARES and found)

    def is_idle(self):
        """Whether nothing is left but the zygote and its spares."""
        return len(self.processes()) == 1 + SPARES

    @property
    def zygote(self):
        (pid,) = children(self.process.pid)
        return pid


def children(pid):
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def descendants(pid):
    return [found for child in children(pid) for found in (child, *descendants(child))]


@cache
def public_sandbox():
    """The package where every user can read it: a checkout may lie in somebody's home."""
    place = Path(tempfile.mkdtemp(prefix="cupel-sandbox-"))
    atexit.register(shutil.rmtree, place, True)
    shutil.copytree(
        SANDBOX / "cupel_sandbox", place / "cupel_sandbox", ignore=shutil.ignore_patterns("__pycache__")
    )
    _with_hypothesis(place)
    place.chmod(0o755)
    return place


def _with_hypothesis(place):
    """What the image keeps for its harness."""
    for name in ("hypothesis", "sortedcontainers"):
        source = Path(find_spec(name).origin).parent
        shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__", "extra"))
    shutil.copy(find_spec("_hypothesis_globals").origin, place)


@cache
def interpreter():
    """A Python, and how Popen is told to run it as nobody in particular, as in a container, where this test may."""
    nobody = {"user": 65532, "group": 65532, "extra_groups": ()} if os.geteuid() == 0 else {}
    for python in dict.fromkeys((sys.executable, "/usr/bin/python3")):
        try:
            subprocess.run([python, "-c", "import tomllib"], check=True, **nobody)
        except (OSError, subprocess.CalledProcessError):
            continue
        return python, nobody
    return sys.executable, {}


def is_nobody():
    return os.geteuid() != 0 or bool(interpreter()[1])


def start(*arguments):
    python, nobody = interpreter()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(public_sandbox()),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.Popen(
        [python, "-m", "cupel_sandbox", *arguments],
        **nobody,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def mark(name):
    """Path of a file that tools may make, empty, to tell that they were called."""
    place = public_sandbox() / "marks"
    place.mkdir(exist_ok=True)
    place.chmod(0o777)
    (place / name).unlink(missing_ok=True)
    return place / name


def public_file(name, content):
    """Path of a file everybody may read."""
    path = public_sandbox() / name
    path.write_bytes(content)
    return str(path)


@contextmanager
def launched(code, mode="serve", **bundle):
    """A launcher that listens; everything of it is gone afterwards."""
    content, sha256 = bundle_of(code, **bundle)
    path = public_file(f"bundle-{sha256}.json", content)
    port = free_port()
    process = start(mode, "--bundle", path, "--sha256", sha256, "--port", str(port))
    tool = Launched(process, port)
    try:
        until(tool.listens)
        yield tool
    finally:
        for pid in (process.pid, *descendants(process.pid)):
            end(pid)
        process.communicate(timeout=DEADLINE)


def end(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
