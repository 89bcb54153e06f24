"""`python tests/bench/replay.py --traces DIR --json OUT`: autoscalers over recorded demand, as a curve of violations against cost.

Every `.csv` or `.csv.gz` of DIR: a time a row (a request each), or a time and a count a row. Each family flies the same fluid-queue plant
(`cupel.control.plant`) with a sweep over its own parameter; Cupel's family is `cupel.control.fleet.tick`, as the autopilot's process
runs it. OUT is a row per trace, family and parameter.
"""

from __future__ import annotations

import sys

if not __package__:
    # as a script, Python puts this folder first, where operator.py hides Python's own module of that name
    del sys.path[0]

import os
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "operator"), str(ROOT)]

if not find_spec("numpy"):
    # any Python may start it: the project's own environment goes on, and is made first where there is none
    from tests.runner import environment

    environment.prepare()
    os.execv(environment.PYTHON, [str(environment.PYTHON), __file__, *sys.argv[1:]])

import argparse  # noqa: E402
import json  # noqa: E402
import time  # noqa: E402
from concurrent.futures import ProcessPoolExecutor  # noqa: E402

from tests.bench import replay_families as families  # noqa: E402
from tests.bench import replay_report as report  # noqa: E402
from tests.bench import replay_traces as traces  # noqa: E402


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--traces", type=Path, required=True, help="folder of .csv and .csv.gz")
    parser.add_argument("--json", type=Path, required=True, help="where the rows are written")
    parser.add_argument("--start", type=int, default=10, help="seconds from a decision to a ready Pod (10)")
    parser.add_argument("--objective", type=float, default=0.5, help="seconds a request may wait (0.5)")
    parser.add_argument(
        "--capacity",
        type=float,
        default=0.0,
        help="requests a second and Pod (chosen per trace: about six Pods on average)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="of the Poisson process that spreads counts over seconds (1)"
    )
    parser.add_argument(
        "--family", action="append", choices=sorted(families.FAMILIES), help="only these (all)"
    )
    parser.add_argument("--processes", type=int, default=2, help="processes (2)")
    return parser.parse_args()


def main() -> int:
    given = arguments()
    began = time.monotonic()
    found, problems = traces.folder(given.traces, given.seed, given.capacity)
    for problem in problems:
        print(f"left out: {problem}", file=sys.stderr)
    if not found:
        print(f"{given.traces}: no trace in it can be read", file=sys.stderr)
        return 2
    wanted = given.family or list(families.FAMILIES)
    jobs = [(name, found, given.start, given.objective) for name in wanted]
    rows: list[dict[str, object]] = []
    with ProcessPoolExecutor(given.processes) as pool:
        for name, part in zip(wanted, pool.map(families.fly, *zip(*jobs, strict=True)), strict=True):
            rows += part
            print(f"{name}: {len(part)} rows, {time.monotonic() - began:.0f} s", flush=True)
    how = {"start_seconds": given.start, "objective_seconds": given.objective, "seed": given.seed}
    given.json.write_text(json.dumps(report.sorted_rows(rows, how), indent=1) + "\n", encoding="utf-8")
    print(report.shown(rows, found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
