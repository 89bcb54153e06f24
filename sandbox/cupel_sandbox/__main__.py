"""`python3 -I -m cupel_sandbox serve|trial|validate`. Exits 64: usage; 65: unusable; 78: another bundle."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from .bundle import Bundle, BundleMismatch, BundleUnusable, read_bundle

EXIT_USAGE = 64
EXIT_UNUSABLE = 65
EXIT_MISMATCH = 78


class Parser(argparse.ArgumentParser):
    """Bad arguments exit as sysexits(3) says, not 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"cupel_sandbox: {message}\n{self.format_usage()}")


def main(arguments: list[str]) -> NoReturn:
    given = _parser().parse_args(arguments)
    if given.mode == "validate":
        from .validate import validate

        sys.exit(validate(given.tests, given.report, given.tool_port, given.proxy_port))
    from .launch import serve, trial

    run = serve if given.mode == "serve" else trial
    run(_bundle(given.bundle, given.sha256), given.port)


def _bundle(path: str, sha256: str) -> Bundle:
    try:
        return read_bundle(path, sha256)
    except BundleMismatch as error:
        print(f"cupel_sandbox: {error}", file=sys.stderr)
        sys.exit(EXIT_MISMATCH)
    except BundleUnusable as error:
        print(f"cupel_sandbox: {error}", file=sys.stderr)
        sys.exit(EXIT_UNUSABLE)


def _parser() -> Parser:
    parser = Parser(prog="cupel_sandbox", description=__doc__)
    modes = parser.add_subparsers(dest="mode", required=True, metavar="serve|trial|validate")
    for name, text in (("serve", "serve one tool"), ("trial", "serve one tool to the harness")):
        mode = modes.add_parser(name, help=text)
        mode.add_argument("--bundle", required=True, help="file of the bundle")
        mode.add_argument("--sha256", required=True, help="64 hexadecimal digits of the file's hash")
        mode.add_argument("--port", type=int, default=8080, help="port to listen on")
    mode = modes.add_parser("validate", help="try the tool in the neighbouring container")
    mode.add_argument("--tests", required=True, help="file of the trials")
    mode.add_argument("--report", default="/dev/termination-log", help="where the report goes")
    mode.add_argument("--tool-port", type=int, default=8080, help="loopback port of the tool container")
    mode.add_argument("--proxy-port", type=int, default=8082, help="loopback port to replay exchanges on")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
