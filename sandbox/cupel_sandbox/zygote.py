"""The process that holds the imported tool and forks once per call. It never sees a client's socket.

Over one socket pair with the HTTP process come first one word about the import, then orders, one a call, each
with two descriptors: the conversation (request, answer; the child's) and the epitaph (how the child ended).
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
import time
from dataclasses import dataclass
from typing import NoReturn

from . import kernel
from .bundle import Bundle
from .call import Run, answer_one
from .tool import ImportLimits, import_tool

ORDER = struct.Struct("!dI")
"""Seconds the call may take, MiB of memory it may add to what the zygote itself has mapped."""
EPITAPH = struct.Struct("!?i")
"""Whether it was ended for its time, and its wait status."""
GRACE_SECONDS = 0.25
DESCRIPTORS = 64
TALK = 3


@dataclass(frozen=True)
class Child:
    """A call under way."""

    epitaph: int
    deadline: float


def be_zygote(control: socket.socket, bundle: Bundle) -> NoReturn:
    """Import when told to, then fork for every order until the other side is gone."""
    kernel.adopt_orphans()
    limits = ImportLimits.unpack(control.recv(64))
    run, problem = import_tool(bundle.code, limits)
    control.send(b"!" + problem.encode())  # never empty: an empty message reads like the end
    if run is None:
        os._exit(1)
    gc.collect()
    gc.freeze()
    Zygote(control, run, bundle).work()
    os._exit(0)


class Zygote:
    """The loop: take orders, bury children, end those that are late."""

    def __init__(self, control: socket.socket, run: Run, bundle: Bundle) -> None:
        self._control = control
        self._run = run
        self._bundle = bundle
        self._base = kernel.address_space()
        self._children: dict[int, Child] = {}
        self._wake, self._woken = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)

    def work(self) -> None:
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        orders = self._control.fileno()
        while True:
            ready, _, _ = select.select([orders, self._wake], [], [], self._patience())
            if self._wake in ready:
                os.read(self._wake, 512)
            self._bury()
            self._end_late()
            if orders in ready and not self._take_order():
                break
        for pid in self._children:
            _kill_group(pid)

    def _patience(self) -> float | None:
        """Seconds until the next child is late; None while there is none."""
        now = time.monotonic()
        return min((max(0.01, child.deadline - now) for child in self._children.values()), default=None)

    def _take_order(self) -> bool:
        order, descriptors, _, _ = socket.recv_fds(self._control, ORDER.size, 2)
        if not order:
            return False
        talk, epitaph = descriptors
        seconds, mebibytes = ORDER.unpack(order)
        try:
            pid = os.fork()
        except OSError:  # out of memory or processes: the caller sees the conversation end without an answer
            os.close(talk)
            os.close(epitaph)
            return True
        if pid == 0:
            self._be_call(talk, seconds, mebibytes)
        os.close(talk)
        self._children[pid] = Child(epitaph, time.monotonic() + seconds + GRACE_SECONDS)
        return True

    def _be_call(self, talk: int, seconds: float, mebibytes: int) -> NoReturn:
        """The child: drop everything but its own conversation, then answer."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            os.dup2(talk, TALK)
            os.closerange(TALK + 1, DESCRIPTORS)
            kernel.limit_call(self._base + (mebibytes << 20), seconds)
            answer_one(socket.socket(fileno=TALK), self._run, self._bundle)
            code = 0
        finally:
            os._exit(code)

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
            child = self._children.pop(pid, None)
            if child:
                _kill_group(pid)
                late = time.monotonic() >= child.deadline
                os.write(child.epitaph, EPITAPH.pack(late, status))
                os.close(child.epitaph)
        if buried:
            self._end_strays()

    def _end_late(self) -> None:
        now = time.monotonic()
        for pid, child in self._children.items():
            if child.deadline <= now:
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
