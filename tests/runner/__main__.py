"""python3 -m tests.runner test | check | lint | apiserver | node | demo | venv"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable

from tests.cluster import providers

from . import environment, lanes, stages
from .tally import FAILED, Tally


def fast_beside_compiling() -> Tally:
    with stages.compiling():
        return stages.fast()


PARTS: dict[str, tuple[Callable[[], Tally], ...]] = {
    "test": (fast_beside_compiling, stages.apiserver, stages.node),
    "check": (stages.fast,),
    "lint": (stages.lint,),
    "apiserver": (stages.apiserver,),
    "node": (stages.node,),
}


def main() -> int:
    if len(sys.argv) == 3 and sys.argv[1] == "lane" and sys.argv[2] in stages.LANES:
        return lane(sys.argv[2])
    asked = sys.argv[1] if len(sys.argv) == 2 else ""
    if asked not in {*PARTS, "demo", "venv"}:
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, leave)
    stages.heading("set-up")
    environment.prepare()
    if asked == "venv":
        return 0
    if asked == "demo":
        return demo()
    with stages.nothing_left():
        return run_all(PARTS[asked])


def lane(name: str) -> int:
    """A part of a stage, beside the rest of it: see `lanes`."""
    signal.signal(signal.SIGTERM, leave)
    found = guarded(stages.LANES[name])
    lanes.tell(name, found)
    return 1 if found.failed else 0


def leave(number: int, _: object) -> None:
    """A polite kill unwinds the stack, so that what was started is taken down."""
    raise SystemExit(128 + number)


def run_all(parts: tuple[Callable[[], Tally], ...]) -> int:
    """Every stage in turn; a failing fast stage ends the run, later ones do not. Closes with the sum on its own line."""
    began, total = time.monotonic(), Tally()
    for stage in parts:
        total += guarded(stage)
        if total.failed and stage is parts[0] and len(parts) > 1:
            stages.heading("the other stages are left out: mend the fast one first")
            break
    for name in total.unsteady:
        print(f"\nunsteady: {name} failed once, and passed when it ran again by itself", flush=True)
    print(f"\nIn {time.monotonic() - began:.0f} s:\n{total}", flush=True)
    return 1 if total.failed or not total.passed else 0


def guarded(stage: Callable[[], Tally]) -> Tally:
    """A stage that could not be set up is one failure, told in its own words."""
    try:
        return stage()
    except SystemExit as problem:
        if isinstance(problem.code, int):
            raise
        print(problem.code, flush=True)
        return FAILED
    except (OSError, TimeoutError, subprocess.CalledProcessError) as problem:
        print(f"{type(problem).__name__}: {problem}\n{getattr(problem, 'stderr', '') or ''}", flush=True)
        return FAILED


def demo() -> int:
    """The demo on a fresh cluster, which is left running for a closer look."""
    stages.heading("a cluster for the demo, and the images")
    provider = providers.chosen()
    provider.down("demo")
    kubeconfig = provider.up("demo", control_plane_only=False)
    settings = {"CUPEL_NODE_KUBECONFIG": str(kubeconfig)} | stages.load_images("demo")
    status = stages.run(
        [str(environment.PYTHON), "-m", "tests.demo"], stages.surroundings(settings), show=True
    )
    print("\nThe cluster is left running; `make down` removes every trace of it.", flush=True)
    return status.returncode


if __name__ == "__main__":
    sys.exit(main())
