"""The project's virtual environment, made from the lock file and made anew when that changes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from tests.cluster import venv
from tests.cluster.waiting import exclusive, step

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"
LOCK = ROOT / "requirements-dev.lock"
MADE_FROM = HOME / "made-from"
OLDEST = (3, 11)


def prepare() -> None:
    """Make the environment if there is none for this lock and this Python. Raises SystemExit where that fails."""
    if sys.version_info < OLDEST:
        raise SystemExit(
            f"Python {'.'.join(map(str, OLDEST))} or later is needed, and this is {sys.version.split()[0]}"
        )
    with exclusive(ROOT / "build" / "venv.lock"):
        if MADE_FROM.exists() and MADE_FROM.read_text() == recipe():
            return
        make()
        MADE_FROM.write_text(recipe())


def recipe() -> str:
    """What the environment depends on; its hash changes when it has to be made anew."""
    content = LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    return f"{hashlib.sha256(content).hexdigest()} {sys.version_info[:3]} {ROOT}"


def make() -> None:
    with step("virtual environment from requirements-dev.lock"):
        venv.make(HOME)
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        quietly([*pip, "--require-hashes", "-r", str(LOCK)])
        quietly([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])


def quietly(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{result.stdout[-2000:]}{result.stderr[-4000:]}")
