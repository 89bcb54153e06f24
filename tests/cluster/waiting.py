"""Waiting for a condition with a deadline, and telling how long a step took."""

from __future__ import annotations

import fcntl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def until(what: str, holds: Callable[[], bool], *, seconds: float, every: float = 0.05) -> None:
    """Return as soon as `holds()`. Raises TimeoutError that says what was waited for."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s: {what}")
        time.sleep(every)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print the title, and the seconds once it is done. On standard error: standard output is for answers."""
    began = time.monotonic()
    print(f"  {title} ...", end="", file=sys.stderr, flush=True)
    try:
        yield
    except BaseException:
        print(f" failed after {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock file: two sessions must not write the same cache, or take the same addresses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
