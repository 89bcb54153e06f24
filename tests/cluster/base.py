"""The base that images stand on where no registry answers: Debian packages, by this machine's own apt."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
from pathlib import Path

from .layout import CACHE
from .waiting import step

PACKAGES = "python3,libstdc++6,ca-certificates,tzdata,media-types"
SOURCES = "$(ORIGIN) deb $(REPO_URI) $(RELEASE) $(COMPONENT)"


def codename() -> str:
    """Such as `bookworm`."""
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line
    )
    return release.get("VERSION_CODENAME", "stable").strip('"')


def sources() -> str:
    """The Debian lines of this machine's apt configuration, whatever its form; never written down here."""
    command = ["apt-get", "indextargets", "--format", SOURCES, "Created-By: Packages"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    found = sorted({line.partition(" ")[2] for line in lines if line.startswith(("Debian ", "Ubuntu "))})
    if not found:
        raise SystemExit("apt knows no packages yet: run apt-get update")
    return "\n".join(found) + "\n"


def proxies() -> list[str]:
    """mmdebstrap does not read the machine's apt.conf; what leads to the mirror is handed on."""
    dump = subprocess.run(
        ["apt-config", "dump"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return [
        f"--aptopt={line}" for line in dump if line.startswith("Acquire::http") and not line.endswith('"";')
    ]


def tarball() -> Path:
    """A root file system as a tar, made once per machine and Debian release."""
    recipe = f"{codename()} {PACKAGES}"
    path = CACHE / "images" / f"base-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}.tar"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with step(f"base of Debian {codename()} packages"):
            make(path)
    return path


def make(path: Path) -> None:
    fresh = path.with_suffix(f".{os.getpid()}.tar")
    command = ["mmdebstrap", "--quiet", "--variant=essential", f"--include={PACKAGES}", *proxies()]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "0"}
    result = subprocess.run(
        [*command, codename(), str(fresh), "-"], input=sources(), env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if result.returncode:
        fresh.unlink(missing_ok=True)
        raise SystemExit(f"mmdebstrap failed:\n{result.stderr[-2000:]}")
    fresh.replace(path)


def python_version(path: Path) -> str:
    """Such as `3.11`: what the wheels of the operator image must be made for."""
    with tarfile.open(path) as content:
        names = (entry.name.removeprefix("./") for entry in content)
        found = {name.removeprefix("usr/bin/python") for name in names if name.startswith("usr/bin/python3.")}
    versions = [version for version in found if version.replace(".", "").isdigit()]
    return versions[0]
