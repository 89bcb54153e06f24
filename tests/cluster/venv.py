"""Make a virtual environment, on Debian too, whose Python comes without the means to."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

from . import machine


def make(home: Path) -> Path:
    """A fresh environment of the Python that runs this; answers its interpreter. Raises SystemExit where it cannot."""
    if importlib.util.find_spec("ensurepip") is None:
        if not machine.can_install():
            raise SystemExit("this Python has no ensurepip; on Debian: apt-get install python3-venv")
        machine.install(["python3-venv"])
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(home)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise SystemExit(f"no virtual environment in {home}:\n{made.stdout}{made.stderr}")
    return home / "bin" / "python"
