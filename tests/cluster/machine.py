"""What a machine must have, what it lacks, and how to get it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .layout import CACHE
from .waiting import step

PROGRAMS = {
    "openssl": "openssl", "ip": "iproute2", "unshare": "util-linux", "nsenter": "util-linux", "mount": "mount",
    "sysctl": "procps",
}  # fmt: skip
NODE_PROGRAMS = {"runc": "runc", "iptables-restore": "iptables", "conntrack": "conntrack"}
NODE_FILES = {
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    "/usr/lib/cni/ptp": "containernetworking-plugins",
}
IMAGE_PROGRAMS = {"buildah": "buildah", "mmdebstrap": "mmdebstrap"}
PROMTOOL = CACHE / "debian" / "prometheus" / "usr" / "bin"
BROWSER_PROGRAMS = {"chromium": "chromium", "chromedriver": "chromium-driver"}
"""For tests of pages; without them those tests are skipped."""
SEARCHED = ":".join(filter(None, [os.environ.get("PATH", ""), "/usr/sbin:/sbin"]))


def lacking(*, control_plane_only: bool, images: bool = False) -> dict[str, str]:
    """What is missing, and the Debian package that brings it."""
    programs = PROGRAMS | ({} if control_plane_only else NODE_PROGRAMS) | (IMAGE_PROGRAMS if images else {})
    gone = {name: package for name, package in programs.items() if not shutil.which(name, path=SEARCHED)}
    files = {} if control_plane_only else NODE_FILES
    return gone | {path: package for path, package in files.items() if not Path(path).exists()}


def obstacles() -> list[str]:
    """What no package can mend."""
    found = []
    if sys.platform != "linux":
        found.append("This is not Linux: use CLUSTER=kind or CLUSTER=current.")
    elif os.geteuid() != 0:
        found.append(
            "The one-node cluster makes namespaces and cgroups: run it as root, or use CLUSTER=kind."
        )
    if not Path("/sys/fs/cgroup").is_dir():
        found.append("No cgroups are mounted at /sys/fs/cgroup.")
    return found


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def require(*, control_plane_only: bool, images: bool = False) -> None:
    """Install what is missing where apt and root allow it. Raises SystemExit with the list where they do not."""
    trouble = obstacles()
    gone = lacking(control_plane_only=control_plane_only, images=images)
    if gone and not trouble and can_install():
        install(sorted(set(gone.values())))
        gone = lacking(control_plane_only=control_plane_only, images=images)
    trouble += [f"{name} is missing (Debian package {package})" for name, package in sorted(gone.items())]
    if gone:
        trouble.append(f"On Debian: apt-get install {' '.join(sorted(set(gone.values())))}")
    if trouble:
        raise SystemExit("This machine cannot run the cluster:\n  " + "\n  ".join(trouble))


def offer_browser() -> None:
    """Install a browser where apt and root allow it; elsewhere say what its absence means."""
    gone = {
        program: name
        for program, name in BROWSER_PROGRAMS.items()
        if not shutil.which(program, path=SEARCHED)
    }
    if gone and can_install():
        install(sorted(gone.values()))
    elif gone:
        print(f"  no {' and no '.join(gone)}: tests of pages are skipped", flush=True)


def offer_promtool() -> None:
    """Unpack Debian's promtool into the cache where apt is; installing its package would start a Prometheus."""
    if shutil.which("promtool", path=f"{PROMTOOL}:{SEARCHED}"):
        return
    if not can_install() or not _unpacked("prometheus", PROMTOOL.parents[1]):
        print("  no promtool: tests of when alerts fire are skipped", flush=True)


def _unpacked(package: str, folder: Path) -> bool:
    """Whether the files of a Debian package are in this folder now; nothing of it was run."""
    with step(f"apt-get download {package}"), tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)  # apt fetches as a user of its own
        commands = (
            ["apt-get", "-q", "update"],
            ["apt-get", "-q", "download", package],
            ["sh", "-c", 'mkdir -p "$1" && dpkg-deb -x "$2"_*.deb "$1"', "sh", str(folder), package],
        )
        return not any(
            subprocess.run(command, cwd=place, capture_output=True, check=False).returncode
            for command in commands
        )


def install(packages: list[str]) -> None:
    with step(f"apt-get install {' '.join(packages)}"):
        quiet = {
            "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            "capture_output": True,
            "text": True,
        }
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            result = subprocess.run(["apt-get", "-q", *arguments], **quiet, check=False)  # type: ignore[call-overload]
            if result.returncode:
                raise SystemExit(
                    f"apt-get {arguments[0]} failed:\n{result.stdout[-2000:]}{result.stderr[-2000:]}"
                )
