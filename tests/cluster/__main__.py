"""python3 -m tests.cluster build | up | load | down | status"""

from __future__ import annotations

import argparse
import sys

from . import build, machine, node, sweep
from .layout import all_recorded
from .waiting import step


def main() -> None:
    arguments = parser().parse_args()
    arguments.run(arguments)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python3 -m tests.cluster", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    add(commands, "build", run_build, "compile the binaries (about 15 minutes on two cores, then cached)")
    start = add(commands, "up", run_up, "start a cluster (about 5 s) and print its KUBECONFIG")
    start.add_argument("--control-plane-only", action="store_true", help="API server and etcd, nothing else")
    stop = add(commands, "down", run_down, "end a cluster and remove every trace of it")
    for command in (start, stop):
        command.add_argument("--name", default="cupel", help="several clusters may run side by side (default: cupel)")
    stop.add_argument("--all", action="store_true", help="every cluster of this machine")
    return top


def add(commands, name, run, summary):  # type: ignore[no-untyped-def]  # argparse keeps its type private
    command = commands.add_parser(name, help=summary)
    command.set_defaults(run=run)
    return command


def run_build(_: argparse.Namespace) -> None:
    machine.require(control_plane_only=False, images=True)
    build.build()


def run_up(arguments: argparse.Namespace) -> None:
    cluster = node.up(arguments.name, control_plane_only=arguments.control_plane_only)
    print(f"export KUBECONFIG={cluster.kubeconfig}")


def run_down(arguments: argparse.Namespace) -> None:
    names = [cluster.name for cluster in all_recorded()] if arguments.all else [arguments.name]
    for name in names:
        with step(f"sweep cluster {name}"):
            sweep.sweep(name)


if __name__ == "__main__":
    sys.exit(main())
