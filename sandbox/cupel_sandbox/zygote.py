"""The process that holds the imported tool and forks once per call. It never sees a client's socket.

A fork costs 6 to 10 ms in gVisor, so a call finds its process waiting: a spare, forked in advance, used once.
To the HTTP process, over a socket pair, go one word about the import, then spares, each with two descriptors:
the conversation, and the epitaph, which tells how the process ended. The other way go orders.
"""

from __future__ import annotations

import gc
import os
import resource
import select
import signal
import socket
import struct
import time

from . import kernel
from .call import answer_one, warm_up
from .tool import ImportLimits, import_tool

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from typing import NoReturn

    from .bundle import Bundle
    from .tool import Run

SPARE = struct.Struct("!i")
"""The process id of a spare."""
ORDER = struct.Struct("!id")
"""The spare that was given a call, and the seconds it may take."""
EPITAPH = struct.Struct("!?i")
"""Whether it was ended for its time, and its wait status."""
SPARES = 1
"""Each costs about 8 MB in gVisor, where the first write after a fork copies two megabytes around it."""
REPLACE_SECONDS = 0.005
"""A used spare is replaced this much later, or when its call ends: a fork would slow the call down."""
GRACE_SECONDS = 0.25
RETRY_SECONDS = 0.1
DESCRIPTORS = 64
TALK = 3


class Child:
    """A spare, or, with a deadline, a call under way."""

    def __init__(self, epitaph: int) -> None:
        self.epitaph = epitaph
        self.deadline: float | None = None


class Link:
    """The HTTP process's end: the zygote's process id and the socket to it."""

    def __init__(self, bundle: Bundle) -> None:
        """Fork the zygote. To be called before there is any thread or other socket."""
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            _settle_down(theirs, bundle)
        theirs.close()


def _settle_down(control: socket.socket, bundle: Bundle) -> NoReturn:
    """In the child: silence the tool's output, keep one descriptor, and never come back."""
    try:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        kept = os.dup2(control.fileno(), TALK)
        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        os.closerange(TALK + 1, min(most, 65_536))
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # no content in files, which calls could share
        kernel.hide_from_neighbours()
        be_zygote(socket.socket(fileno=kept), bundle)
    finally:
        os._exit(70)


def be_zygote(control: socket.socket, bundle: Bundle) -> NoReturn:
    """Import when told to, then keep spares and watch over calls until the other side is gone."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # sent to a whole group, it is for the HTTP process to obey
    kernel.adopt_orphans()
    limits = ImportLimits.unpack(control.recv(64))
    run, problem = import_tool(bundle.code, limits)
    control.send(b"!" + problem.encode())  # never empty: an empty message reads like the end
    if run is None:
        os._exit(1)
    os.closerange(TALK + 1, DESCRIPTORS)  # whatever the import opened
    gc.collect()
    gc.freeze()
    Zygote(control, run, bundle).work()
    os._exit(0)


class Zygote:
    """The loop: keep spares, take orders, bury children, end those that are late."""

    def __init__(self, control: socket.socket, run: Run, bundle: Bundle) -> None:
        self._control = control
        self._run = run
        self._bundle = bundle
        self._base = kernel.address_space()
        self._children: dict[int, Child] = {}
        self._due = 0.0
        self._wake, self._woken = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)

    def work(self) -> None:
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        orders = self._control.fileno()
        while True:
            self._keep_spares()
            ready, _, _ = select.select([orders, self._wake], [], [], self._patience())
            if self._wake in ready:
                os.read(self._wake, 512)
            self._bury()
            self._end_late()
            if orders in ready and not self._take_order():
                break
        for pid in self._children:
            _kill_group(pid)

    def _missing(self) -> int:
        """Spares to fork, now or soon."""
        return SPARES - sum(child.deadline is None for child in self._children.values())

    def _keep_spares(self) -> None:
        while self._missing() > 0 and time.monotonic() >= self._due:
            if not self._fork_spare():
                self._due = time.monotonic() + RETRY_SECONDS

    def _fork_spare(self) -> bool:
        """One process more that waits for a call. False when there is none to be had: it is tried again."""
        ours, talk = socket.socketpair()
        told, epitaph = os.pipe()
        with ours, talk:
            try:
                pid = os.fork()
            except OSError:
                os.close(epitaph)
                return False
            else:
                if pid == 0:
                    self._be_spare(talk.fileno())
                self._children[pid] = Child(epitaph)
                socket.send_fds(self._control, [SPARE.pack(pid)], [ours.fileno(), told])
                return True
            finally:
                os.close(told)

    def _be_spare(self, talk: int) -> NoReturn:
        """The child: drop everything but its own conversation, wait for the request, answer it."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            kernel.die_with_parent()
            os.setsid()
            os.dup2(talk, TALK)
            os.closerange(TALK + 1, DESCRIPTORS)
            warm_up(self._bundle)
            answer_one(socket.socket(fileno=TALK), self._run, self._bundle, self._base)
            code = 0
        finally:
            os._exit(code)

    def _take_order(self) -> bool:
        order = self._control.recv(ORDER.size)
        if not order:
            return False
        pid, seconds = ORDER.unpack(order)
        if child := self._children.get(pid):
            child.deadline = time.monotonic() + seconds + GRACE_SECONDS
            self._due = time.monotonic() + REPLACE_SECONDS
        return True

    def _patience(self) -> float | None:
        """Seconds until something is due; None when only others can bring news."""
        now = time.monotonic()
        due = [
            max(0.01, child.deadline - now) for child in self._children.values() if child.deadline is not None
        ]
        if self._missing() > 0:
            due.append(max(0.0, self._due - now))
        return min(due, default=None)

    def _bury(self) -> None:
        """Take note of every child that ended, and end what it left behind."""
        buried = False
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            buried = True
            if child := self._children.pop(pid, None):
                _kill_group(pid)
                self._write_epitaph(child, status)
                self._due = 0.0
        if buried:
            self._end_strays()

    def _write_epitaph(self, child: Child, status: int) -> None:
        late = child.deadline is not None and time.monotonic() >= child.deadline
        try:
            os.write(child.epitaph, EPITAPH.pack(late, status))
        except OSError:  # nobody waits for it any more
            pass
        finally:
            os.close(child.epitaph)

    def _end_late(self) -> None:
        now = time.monotonic()
        for pid, child in self._children.items():
            if child.deadline is not None and child.deadline <= now:
                _kill_group(pid)

    def _end_strays(self) -> None:
        """Kill adopted processes: what a call left behind outside its own group."""
        for pid in kernel.children():
            if pid not in self._children:
                os.kill(pid, signal.SIGKILL)


def _kill_group(pid: int) -> None:
    """Kill a call and its group. A child that has not called setsid() yet has no group of its own."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
