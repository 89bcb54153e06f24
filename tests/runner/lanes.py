"""Two cores, two lanes: what waits most of its time runs beside the rest, in a process of its own.

A lane is `python -m tests.runner lane NAME`. What it prints stands in a file until it ends, so that nobody reads two
runs at once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from .environment import ROOT
from .tally import FAILED, Tally

ENDING_SECONDS = 120
"""What a lane that is told to end may take to sweep its cluster."""


@contextmanager
def beside(lane: str) -> Iterator[Callable[[], Tally]]:
    """Run a lane. What is yielded waits for its end, prints what it said, and answers what came of it."""
    log, said = files(lane)
    print(f"  {lane}: beside what follows, and told when it ends", flush=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    said.unlink(missing_ok=True)
    with log.open("w") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.runner", "lane", lane],
            cwd=ROOT, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip

    def ended() -> Tally:
        child.wait()
        print(log.read_text(errors="replace"), end="", flush=True)
        return read(said)

    try:
        yield ended
    finally:
        end(child)


def end(child: subprocess.Popen[bytes]) -> None:
    """Ask it to sweep; by force where that is not heard."""
    if child.poll() is not None:
        return
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # what it runs would outlive it


def files(lane: str) -> tuple[Path, Path]:
    """What it prints, and what came of it."""
    place = ROOT / "build" / "reports"
    return place / f"lane-{lane}.log", place / f"lane-{lane}.json"


def tell(lane: str, tally: Tally) -> None:
    """In the lane: what came of it."""
    files(lane)[1].write_text(json.dumps(asdict(tally)))


def read(said: Path) -> Tally:
    """A lane that said nothing failed."""
    try:
        found = json.loads(said.read_text())
    except (OSError, ValueError):
        print(f"{said.stem} ended without a word", flush=True)
        return FAILED
    return Tally(**found | {"unsteady": tuple(found["unsteady"])})
