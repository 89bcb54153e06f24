"""`serve` and `trial`: set up the two processes, run until told to stop, leave politely."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time

from . import kernel
from .tool import ImportLimits
from .zygote import Link

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from typing import NoReturn

    from .bundle import Bundle
    from .server import Launcher

IMPORT_LIMITS = ImportLimits(seconds=10.0, mebibytes=256)
LAME_DUCK_SECONDS = 2.0
LAST_WORDS_SECONDS = 0.2
BACKLOG = 128
"""Connections wait here while the tool is imported: a probe that came early is answered, not refused."""
EXIT_CODE_UNUSABLE = 65
EXIT_ZYGOTE_LOST = 70
EXIT_NO_PORT = 71


def serve(bundle: Bundle, port: int) -> NoReturn:
    """Import at once, serve until SIGTERM. Exits 65 when the import fails, 70 when the zygote is lost."""
    link = Link(bundle)
    leave = _told_to_leave()
    listening = _listen("", port)
    from .server import Handler, Launcher  # after the fork: the zygote carries no HTTP server
    from .toolprocess import ToolProcess

    launcher = Launcher(listening, Handler, bundle, ToolProcess(link))
    problem = launcher.import_tool(IMPORT_LIMITS)
    if problem:
        print(f"cupel_sandbox: the tool cannot be imported: {problem}", file=sys.stderr, flush=True)
        os._exit(EXIT_CODE_UNUSABLE)
    threading.Thread(target=_leave_with, args=(link,), daemon=True).start()
    _answer(launcher)
    leave.wait()
    launcher.leaving = True
    time.sleep(LAME_DUCK_SECONDS)
    launcher.shutdown()
    launcher.server_close()
    launcher.wait_for_calls()
    os._exit(0)


def trial(bundle: Bundle, port: int) -> NoReturn:
    """Answer probes; import when told to; serve calls on loopback until told to stop."""
    link = Link(bundle)
    leave = _told_to_leave()
    listening = _listen("127.0.0.1", port)
    from .server import Launcher
    from .toolprocess import ToolProcess
    from .trial import TrialHandler

    launcher = Launcher(listening, TrialHandler, bundle, ToolProcess(link))
    launcher.stop = leave.set
    _answer(launcher)
    leave.wait()
    time.sleep(LAST_WORDS_SECONDS)  # the answer to /stop is on its way
    os._exit(0)


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        print(f"cupel_sandbox: port {port} cannot be listened on: {why}", file=sys.stderr, flush=True)
        os._exit(EXIT_NO_PORT)


def _answer(launcher: Launcher) -> None:
    kernel.hide_from_neighbours()
    threading.Thread(target=launcher.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()


def _told_to_leave() -> threading.Event:
    """An event that SIGTERM or SIGINT sets; process 1 of a container gets no default action."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    return told


def _leave_with(link: Link) -> None:
    """Without the zygote nothing can be called: let answers out, then have the kubelet start anew."""
    _, status = os.waitpid(link.pid, 0)
    print(f"cupel_sandbox: the tool's process was lost (wait status {status})", file=sys.stderr, flush=True)
    time.sleep(LAST_WORDS_SECONDS)
    os._exit(EXIT_ZYGOTE_LOST)
