"""The child process: limits itself, reads one JSON request from stdin, writes one JSON answer to stdout.

Run by path, not as a module, so that isolated mode (-I -S: no environment, no site-packages, no working
directory) still finds the analyser: argv[1] names the directory that holds the package `cupel`.
"""

from __future__ import annotations

import gc
import resource
import sys

ADDRESS_SPACE = 512 * 2**20


def limit(cpu_seconds: int) -> None:
    """From here on: no files, no children, no core dump, little memory, little time."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_NOFILE, 16),
    ):
        _, hard = resource.getrlimit(what)
        ceiling = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (ceiling, ceiling))


def main(root: str, cpu_seconds: int) -> None:
    """Answer one request. The analyser is loaded before any untrusted byte is read."""
    limit(cpu_seconds)
    sys.path.insert(0, root)
    import base64
    import json

    from cupel.analysis.examine import examine

    "\u00e9".encode("unicode_escape")  # loads the codec that findings need while files can still be opened
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    gc.disable()  # one request, bounded memory: collecting a tree that stays alive only costs time
    request = json.loads(sys.stdin.buffer.read())
    parameters = request["parameters"]
    examination = examine(
        base64.b64decode(request["code"]),
        egress=tuple(request["egress"]),
        state=request["state"],
        parameters=None if parameters is None else frozenset(parameters),
    )
    sys.stdout.write(json.dumps(examination.wire()))
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
