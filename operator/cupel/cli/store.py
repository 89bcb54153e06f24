"""`store backup` and `store restore`: files in and out, with `-` for the streams `kubectl exec` has."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from cupel.store import backup as copies
from cupel.store.engine import StoreUnusable

from .output import Exit, Failure, note

STREAM = "-"


def backup(url: str, file: str) -> Exit:
    """Copy the store at `url` to a file, or by way of one beside the store to standard output."""
    try:
        if file != STREAM:
            size = copies.backup(url, Path(file))
            note(f"wrote {file}, {size} bytes")
            return Exit.OK
        passing = copies.database(url).with_suffix(f".backup.{os.getpid()}")
        try:
            copies.backup(url, passing)
            with passing.open("rb") as content:
                shutil.copyfileobj(content, sys.stdout.buffer)
        finally:
            passing.unlink(missing_ok=True)
    except (StoreUnusable, OSError) as problem:
        raise Failure(str(problem)) from problem
    return Exit.OK


def restore(url: str, file: str) -> Exit:
    """Put a file, or what comes on standard input, into the store at `url`."""
    try:
        if file != STREAM:
            found = copies.restore(url, Path(file))
        else:
            with tempfile.NamedTemporaryFile(dir=copies.database(url).parent, suffix=".restore") as passing:
                shutil.copyfileobj(sys.stdin.buffer, passing)
                passing.flush()
                found = copies.restore(url, Path(passing.name))
    except (StoreUnusable, OSError) as problem:
        raise Failure(str(problem)) from problem
    note("restored " + ", ".join(f"{schema} ({revision})" for schema, revision in sorted(found.items())))
    return Exit.OK
