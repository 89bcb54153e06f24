"""The wheels of both images, fetched and built on the host, so that an image build asks no registry."""

from __future__ import annotations

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .layout import CACHE
from .waiting import step

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
DEVELOPMENT = ROOT / "requirements-dev.lock"
HARNESS = frozenset({"hypothesis", "sortedcontainers"})
"""All that the sandbox image holds besides Python and our own code."""
PIP = "pip==26.0.1"
"""The installer used inside the build; it is not part of the image."""
GLIBC = (
    "manylinux_2_36",
    "manylinux_2_34",
    "manylinux_2_31",
    "manylinux_2_28",
    "manylinux_2_17",
    "manylinux2014",
)


def python() -> str:
    """The project's own interpreter, which surely has pip; else the one that runs this."""
    own = ROOT / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def pip(*arguments: str) -> None:
    command = [python(), "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"pip {arguments[0]} failed:\n{result.stderr[-3000:]}")


def target(version: str) -> list[str]:
    """Which wheels fit: CPython of this version on Debian's C library."""
    platforms = [word for name in GLIBC for word in ("--platform", f"{name}_{platform.machine()}")]
    abi = f"cp{version.replace('.', '')}"
    flavour = ["--abi", abi, "--abi", "abi3", "--abi", "none"]
    return [
        "--only-binary=:all:",
        "--python-version",
        version,
        "--implementation",
        "cp",
        *flavour,
        *platforms,
    ]


def lock_of(image: str) -> str:
    """What goes into an image, by hash. The sandbox's harness draws by the Hypothesis that our own tests use."""
    if image == "operator":
        return LOCK.read_text("utf-8")
    blocks = re.split(r"^(?=\S)", DEVELOPMENT.read_text("utf-8"), flags=re.MULTILINE)
    return "".join(block for block in blocks if block.partition("==")[0] in HARNESS)


def locked(image: str, version: str) -> Path:
    """A directory with exactly the wheels of an image, its lock, and pip's own; fetched once per lock."""
    lock = lock_of(image)
    content = hashlib.sha256(lock.encode() + repr([PIP, *target(version)]).encode()).hexdigest()[:12]
    directory = CACHE / "images" / f"wheels-{content}"
    if not directory.exists():
        with step(f"wheels of the {image} image"):
            directory.parent.mkdir(parents=True, exist_ok=True)
            fresh = Path(tempfile.mkdtemp(dir=directory.parent))
            (fresh / "requirements.lock").write_text(lock, "utf-8")
            pip(
                "download",
                "--no-deps",
                *target(version),
                "--dest",
                str(fresh),
                "--require-hashes",
                "-r",
                str(fresh / "requirements.lock"),
            )
            pip("download", "--no-deps", "--dest", str(fresh), PIP)
            fresh.chmod(0o755)
            fresh.rename(directory)
    return directory


def own(destination: Path) -> None:
    """Build the wheel of this project, from a copy: a build must not write into the tree."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("operator", "sandbox"):
            shutil.copytree(ROOT / name, Path(scratch, name), ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, scratch)
        pip("wheel", "--no-deps", "--wheel-dir", str(destination), scratch)
