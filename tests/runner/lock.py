"""python3 -m tests.runner.lock: both lock files, with hashes, and without the address of anything."""

from __future__ import annotations

import subprocess

from .environment import HOME, ROOT

OPTIONS = (
    "--universal", "--python-version=3.11", "--generate-hashes", "--no-header", "--annotation-style=line",
    "--no-emit-index-url", "--no-emit-find-links", "--quiet", "--upgrade", "--all-extras",
)  # fmt: skip


def compile_lock(output: str, *more: str) -> None:
    command = [
        str(HOME / "bin" / "uv"),
        "pip",
        "compile",
        "pyproject.toml",
        *OPTIONS,
        *more,
        f"--output-file={output}",
    ]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    compile_lock("requirements.lock")
    compile_lock("requirements-dev.lock", "--group=dev", "--constraints=requirements.lock")
