"""Process 1 of a cluster: it lives in PID, mount and network namespaces of its own and starts what it is told.

The kernel kills every process of a PID namespace when its process 1 ends, drops the mounts with the last of them, and
the network with its links. So whatever is killed, and however: nothing of a cluster outlives this process.
Run by path, not as a module: it may not import its neighbours, and needs nothing but its state directory.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

LISTENED = {signal.SIGCHLD, signal.SIGUSR1, signal.SIGTERM}


def bind(source: str, target: str) -> None:
    """Put a directory of ours over a path that some component has built in."""
    os.makedirs(source, exist_ok=True)
    subprocess.run(["mount", "--bind", source, target], check=True)


def start(name: str, argv: list[str], path: str, logs: Path) -> None:
    with open(logs / f"{name}.log", "ab") as log:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": path, "HOME": "/root"},
            start_new_session=True,
            preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, LISTENED) and None,
        )
    print(f"started {name} as {child.pid}", flush=True)
    child.returncode = 0  # reaped below with every other orphan of this namespace, not by its Popen


def reap() -> None:
    """Collect every child that ended: containerd's shims are handed to process 1 on purpose."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if os.waitstatus_to_exitcode(status) != 0:
            print(f"{pid} ended with {os.waitstatus_to_exitcode(status)}", flush=True)


def main(state: Path) -> None:
    """SIGUSR1 starts the next stage of the plan; SIGTERM ends everything, by ending this process."""
    signal.pthread_sigmask(signal.SIG_BLOCK, LISTENED)
    plan = json.loads((state / "plan.json").read_text())
    for source, target in plan["binds"]:
        bind(source, target)
    stages = iter(plan["stages"])
    (state / "listening").touch()
    while True:
        match signal.sigwait(LISTENED):
            case signal.SIGTERM:
                return
            case signal.SIGUSR1:
                for process in next(stages, []):
                    start(process["name"], process["argv"], plan["path"], state / "log")
            case _:
                reap()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
