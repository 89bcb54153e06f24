"""What a container finds when it tries to get out. An empty string: held. Otherwise: what it could do."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterable

from . import kernel
from .network import reached

TOKEN_PLACES = (
    "/var/run/secrets/kubernetes.io",
    "/run/secrets/kubernetes.io",
    "/run/secrets",
    "/var/run/secrets",
)
SCRATCH = "/tmp"  # noqa: S108 - the one place a container may write to
MAY_BE_WRITTEN = (SCRATCH, "/dev/shm", "/dev/mqueue")  # noqa: S108 - memory that dies with the Pod
PLACES = (
    "/", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/etc", "/bundle", "/tests", "/var", "/run",
    "/run/lock", "/var/tmp",  # noqa: S108 - it must not be writable
    "/home", "/root", "/opt", "/srv", "/mnt", "/dev", "/sys", "/proc",
)  # fmt: skip
MAX_CHARACTERS = 256
KERNEL_FILESYSTEMS = ("/proc", "/sys", "/dev")


def probe(targets: Iterable[str]) -> dict[str, str]:
    """The four walls, each tried. `targets` are `address:port` of servers that do listen."""
    found = {
        "kernel": _kernel(),
        "token": _token(),
        "filesystem": _filesystem(),
        "network": reached(targets),
    }
    return {wall: text[:MAX_CHARACTERS] for wall, text in found.items()}


def _kernel() -> str:
    """gVisor writes its own log and lets everybody read it; the host's is closed or begins otherwise."""
    first = kernel.log_head()
    if first.endswith("Starting gVisor..."):
        return ""
    return f"the kernel is not gVisor's: {_read('/proc/version', 120).strip() or 'it does not say which'}"


def _token() -> str:
    for place in TOKEN_PLACES:
        if os.path.lexists(place) and any(files for _, _, files in os.walk(place)):
            return f"a service account token is mounted under {place}"
    for mount in _mount_points():
        if not mount.startswith(KERNEL_FILESYSTEMS):
            for name in _names(mount):
                if _looks_like_token(_read(os.path.join(mount, name), 4_096)):
                    return f"{mount}/{name} looks like a token"
    return ""


def _filesystem() -> str:
    mount_points = _mount_points()
    places = {
        *PLACES,
        *mount_points,
        *sys.path,
        os.path.expanduser("~"),
        os.getcwd(),
        os.path.dirname(__file__),
    }
    written = sorted(p for p in places if p not in MAY_BE_WRITTEN and os.path.isdir(p) and _can_create_in(p))
    if written:
        return f"files can be created in {', '.join(written)}"
    if not os.statvfs("/").f_flag & os.ST_RDONLY:
        return "the root filesystem is not mounted read-only"
    works = _can_create_in(SCRATCH)
    return "" if works else "files cannot be created in /tmp, so the other attempts prove nothing"


def _can_create_in(directory: str) -> bool:
    path = os.path.join(directory, f".cupel-probe-{uuid.uuid4().hex}")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600))
    except OSError:
        return False
    os.unlink(path)
    return True


def _mount_points() -> list[str]:
    lines = _read("/proc/self/mountinfo", 262_144).splitlines()
    return [fields[4] for fields in map(str.split, lines) if len(fields) > 4]


def _names(mount: str) -> list[str]:
    if os.path.isfile(mount):
        return [""]
    try:
        return sorted(os.listdir(mount))[:100]
    except OSError:
        return []


def _looks_like_token(text: str) -> bool:
    """A JSON web token: three parts, the first of which starts an encoded JSON object."""
    return text.startswith("eyJ") and text.count(".") == 2


def _read(path: str, most: int) -> str:
    """Text of a file, empty when it cannot be read. Only regular files and /proc: a device could block."""
    try:
        with open(path, "rb", buffering=0) as file:
            return (file.read(most) or b"").decode("utf-8", "replace")
    except OSError:
        return ""
