"""What the analyser takes for one file: in this process, and as the operator runs it, in a child with limits.

    PYTHONPATH=operator:sandbox:. python -m tests.bench.analyser [--rounds 3]

Over tests/corpus/honest and tests/corpus/hostile, and the largest file it accepts. As a yardstick, in turn: Python's own
compile() of the same bytes, and a child process that only starts Python.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from tests.corpus.measure import Sample, honest, hostile

from cupel.analysis import ANALYSER, analyse
from cupel.assay import assay

LINE = "    total = total + len(text) * {number}\n"
HEAD, TAIL = "def run(text: str) -> dict:\n    total = 0\n", "    return {'words': total}\n"


def largest() -> Sample:
    """As much ordinary code as fits into 64 KiB."""
    lines = "".join(LINE.format(number=number) for number in range(1600))
    return Sample("largest", (HEAD + lines + TAIL).encode())


def here(sample: Sample) -> None:
    sample.judge()


def compiled(sample: Sample) -> None:
    try:
        compile(sample.code, sample.name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return


def in_a_child(sample: Sample) -> None:
    asyncio.run(assay(sample.code, egress=sample.egress, state=sample.state))


def bare_child(_: Sample) -> None:
    subprocess.run([sys.executable, "-I", "-c", "pass"], check=True)


WAYS: dict[str, Callable[[Sample], None]] = {
    "compile()": compiled,
    "analyser, this process": here,
    "child that only starts": bare_child,
    "analyser, limited child": in_a_child,
}


def milliseconds(way: Callable[[Sample], None], sample: Sample) -> float:
    began = time.perf_counter()
    way(sample)
    return (time.perf_counter() - began) * 1000


def measure(samples: list[Sample], rounds: int) -> dict[str, list[float]]:
    """Milliseconds for each file, the least of the rounds; the ways in turn, file by file."""
    times: dict[str, list[float]] = {name: [] for name in WAYS}
    for sample in samples:
        best = {name: min(milliseconds(way, sample) for _ in range(rounds)) for name, way in WAYS.items()}
        for name, value in best.items():
            times[name].append(value)
    return times


def show(title: str, samples: list[Sample], rounds: int) -> None:
    for name, times in measure(samples, rounds).items():
        p95 = statistics.quantiles(times, n=20)[18] if len(times) > 1 else times[0]
        print(
            f"| {title} ({len(samples)}) | {name} | {statistics.median(times):.1f} | {p95:.1f} | {max(times):.1f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    analyse(b"def run() -> dict:\n    return {}\n", egress=(), state="None")
    print(
        f"{ANALYSER}; {os.cpu_count()} cores, Python {platform.python_version()}; load {os.getloadavg()[0]:.1f}\n"
    )
    print("| files | way | p50 ms | p95 ms | most ms |\n| --- | --- | --- | --- | --- |")
    show("honest", honest(), rounds)
    show("hostile", hostile(), rounds)
    show("64 KiB", [largest()], rounds)


if __name__ == "__main__":
    main()
