"""`python3 -I -m cupel_sandbox serve|trial|validate`. Exits 64: usage; 65: unusable; 78: another bundle."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from typing import NoReturn

    from .bundle import Bundle

EXIT_USAGE = 64
EXIT_UNUSABLE = 65
EXIT_MISMATCH = 78
USAGE = """usage: cupel_sandbox serve --bundle FILE --sha256 HEX [--port 8080]
       cupel_sandbox trial --bundle FILE --sha256 HEX [--port 8080]
       cupel_sandbox validate --tests FILE [--report FILE] [--tool-port 8080] [--proxy-port 8082]
"""
LAUNCH = {"--bundle": None, "--sha256": None, "--port": "8080"}
OPTIONS: dict[str, dict[str, str | None]] = {
    "serve": LAUNCH,
    "trial": LAUNCH,
    "validate": {
        "--tests": None,
        "--report": "/dev/termination-log",
        "--tool-port": "8080",
        "--proxy-port": "8082",
    },
}
"""Each mode's options, and their values when not given; None: they must be. argparse is slow to import."""


PORTS = frozenset({"--port", "--tool-port", "--proxy-port"})


class Misused(Exception):
    """The arguments cannot be understood."""


def main(arguments: list[str]) -> NoReturn:
    try:
        mode, given = parse(arguments)
        ports = {name: int(value) for name, value in given.items() if name in PORTS}
    except (Misused, ValueError) as error:
        _leave(EXIT_USAGE, f"{error}\n{USAGE}")
    if mode == "validate":
        from .validate import validate

        code = validate(given["--tests"], given["--report"], ports["--tool-port"], ports["--proxy-port"])
        sys.stderr.flush()
        os._exit(code)  # an interpreter that ends orderly may stumble over the player's threads
    from .launch import serve, trial

    run = serve if mode == "serve" else trial
    run(_bundle(given["--bundle"], given["--sha256"]), ports["--port"])


def parse(arguments: list[str]) -> tuple[str, dict[str, str]]:
    """The mode and its options, all of them. Raises Misused."""
    mode, *rest = arguments or [""]
    if mode not in OPTIONS:
        raise Misused(f"the mode must be one of {', '.join(OPTIONS)}")
    if len(rest) % 2:
        raise Misused(f"{rest[-1]} has no value")
    given = dict(zip(rest[::2], rest[1::2], strict=True))
    if unknown := given.keys() - OPTIONS[mode].keys():
        raise Misused(f"unknown option {min(unknown)}")
    whole = OPTIONS[mode] | given
    if missing := [name for name, value in whole.items() if value is None]:
        raise Misused(f"{missing[0]} is needed")
    return mode, {name: value for name, value in whole.items() if value is not None}


def _bundle(path: str, sha256: str) -> Bundle:
    from .bundle import BundleMismatch, BundleUnusable, read_bundle

    try:
        return read_bundle(path, sha256)
    except BundleMismatch as error:
        _leave(EXIT_MISMATCH, str(error))
    except BundleUnusable as error:
        _leave(EXIT_UNUSABLE, str(error))


def _leave(code: int, message: str) -> NoReturn:
    print(f"cupel_sandbox: {message}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
