"""python3 -m tests.cluster check | build | up | images | load | status | down"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import build, build_images, check, images, machine, providers, status
from .waiting import step

Command = Callable[[argparse.Namespace], None]


def main() -> None:
    arguments = parser().parse_args()
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # somebody read the first lines and left, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python3 -m tests.cluster", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    add(
        commands,
        "check",
        run_check,
        "say what this machine lacks, and how long building takes; changes nothing",
        named=False,
    )
    add(
        commands,
        "build",
        run_build,
        "compile the binaries: about 15 minutes on two cores, then cached",
        named=False,
    )
    start = add(commands, "up", run_up, "start a cluster (5 s) and print its KUBECONFIG")
    start.add_argument(
        "--control-plane-only", action="store_true", help="API server and etcd, nothing else (3 s)"
    )
    add(
        commands,
        "images",
        run_images,
        "build both images if they changed, and load them into the node that runs",
    )
    load = add(
        commands, "load", run_load, "import an OCI archive into the node and print the name that Pods pin"
    )
    load.add_argument("archive", type=Path)
    add(commands, "status", run_status, "what runs, and where its files are", named=False)
    stop = add(commands, "down", run_down, "end a cluster and remove every trace of it")
    stop.add_argument("which", nargs="?", metavar="NAME", help="the same as --name NAME")
    stop.add_argument("--all", action="store_true", help="every cluster of this machine")
    return top


def add(
    commands: Any, name: str, run: Command, summary: str, *, named: bool = True
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=summary)
    command.set_defaults(run=run)
    if named:
        side_by_side = "several clusters may run side by side (default: cupel)"
        command.add_argument("--name", default="cupel", help=side_by_side)
    return command


def run_check(_: argparse.Namespace) -> None:
    """Exit code 1 when something is missing that this machine cannot install by itself."""
    raise SystemExit(check.report())


def run_build(_: argparse.Namespace) -> None:
    machine.require(control_plane_only=False, images=not build_images.docker_answers())
    build.build()


def run_up(arguments: argparse.Namespace) -> None:
    provider = providers.chosen()
    kubeconfig = provider.up(arguments.name, control_plane_only=arguments.control_plane_only)
    print(f"export KUBECONFIG={kubeconfig}")


def run_images(arguments: argparse.Namespace) -> None:
    for target, named in build_images.build_all().items():
        print(f"{target}: {named.pinned}")
    provider = providers.chosen()
    if provider.takes_images(arguments.name):
        for target, archive in build_images.archives().items():
            with step(f"load {target} into {arguments.name}"):
                provider.load(arguments.name, archive)
    print(build_images.REFERENCES)


def run_load(arguments: argparse.Namespace) -> None:
    providers.chosen().load(arguments.name, arguments.archive)
    print(images.inspect(arguments.archive).pinned)


def run_status(_: argparse.Namespace) -> None:
    print(status.report())


def run_down(arguments: argparse.Namespace) -> None:
    provider = providers.chosen()
    for name in provider.names() if arguments.all else [arguments.which or arguments.name]:
        with step(f"sweep cluster {name}"):
            provider.down(name)


if __name__ == "__main__":
    main()
