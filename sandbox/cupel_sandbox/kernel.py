"""What the standard library has no words for: prctl(2) and the kernel's log, by ctypes; process limits."""

from __future__ import annotations

import ctypes
import os
import resource
import signal

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
SYSLOG_ACTION_READ_ALL = 3
PAGE = resource.getpagesize()

_libc = ctypes.CDLL(None, use_errno=True)


def hide_from_neighbours() -> None:
    """Processes of the same user may no longer read, write or trace this one, nor those it forks."""
    _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def die_with_parent() -> None:
    """Have the kernel kill this process when the one that forked it dies."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Descendants whose parent died become children of this process, so that it can end them."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def log_head() -> str:
    """The first line of the kernel's log, empty where it may not be read; gVisor lets everybody read."""
    buffer = ctypes.create_string_buffer(131_072)
    length = _libc.klogctl(SYSLOG_ACTION_READ_ALL, buffer, len(buffer))
    return buffer.raw[: max(0, length)].decode("utf-8", "replace").partition("\n")[0]


def address_space() -> int:
    """Bytes of address space this process has mapped."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * PAGE


def children() -> list[int]:
    """Processes whose parent is this one (adopted ones included); empty where the kernel does not tell."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", "rb") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def limit_call(memory_bytes: int, seconds: float) -> None:
    """Bounds of one call. The alarm keeps its default action: a loop inside C code runs no Python handler."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # no forks, no threads (root is exempt)
    cpu = int(seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    signal.setitimer(signal.ITIMER_REAL, seconds)
