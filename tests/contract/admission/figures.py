"""What the policies cost: `python -m tests.contract.admission.figures KUBECONFIG` on a throw-away control plane."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from .installed import clear, install, remove, remove_policies
from .objects import code, digest, review, serving_pod, trial_pod
from .server import CODES, OPERATOR, Answer, connect
from .zone import LEDGER, Zone

GOOD, AGAIN = digest("good"), digest("again")
VOUCH = CODES + "-any"


def milliseconds(
    ask: Callable[[], Answer], before: Callable[[], Answer] | None = None, times: int = 100
) -> str:
    """p50 and p95 of this request, each after `before`, which is not counted."""
    taken = []
    for _ in range(times):
        if before:
            before().allowed()
        start = time.perf_counter()
        answer = ask()
        taken.append((time.perf_counter() - start) * 1000)
        answer.allowed()
    taken.sort()
    return f"p50 {statistics.median(taken):.1f} ms, p95 {taken[int(times * 0.95)]:.1f} ms"


def decisions(zone: Zone, digests: list[str]) -> None:
    for start in range(0, len(digests), 500):
        some = digests[start : start + 500]
        for entry, user in ((review("bob"), "bob"), (code("carol"), VOUCH)):
            zone.server.patch(LEDGER, {"spec": {"decisions": dict.fromkeys(some, entry)}}, user).allowed()


def pods(zone: Zone, when: str) -> None:
    for kind, pod in (("serving", serving_pod(GOOD)), ("trial", trial_pod(GOOD))):
        zone.soon(OPERATOR, pod, allowed=True)
        asked = milliseconds(partial(zone.server.create, pod, OPERATOR, dry=True))
        print(f"{when}: {kind} Pod, dry run: {asked}")


def addition(zone: Zone, when: str) -> None:
    asked = milliseconds(
        lambda: zone.decide(AGAIN, review("bob"), "bob"), lambda: zone.decide(AGAIN, None, "ruth"), times=20
    )
    print(f"{when}: one decision: {asked}")


def measure(zone: Zone) -> None:
    decisions(zone, [GOOD, AGAIN])
    pods(zone, "2 entries")
    addition(zone, "2 entries")
    decisions(zone, [digest(f"fill {n}") for n in range(1990)])
    entries = f"{len(zone.ledger['spec']['decisions'])} entries"
    print(f"{entries}: {len(json.dumps(zone.ledger, separators=(',', ':'))):,} bytes")
    pods(zone, entries)
    addition(zone, entries)
    remove_policies(zone.server)
    time.sleep(3)  # the API server forgets policies with some lag, and nothing says when
    pods(zone, "no policies")
    print(
        f"no policies, {entries}: one decision: {milliseconds(lambda: zone.decide(AGAIN, review('bob'), 'bob'), times=20)}"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = connect(Path(sys.argv[1]), Path(folder))
        install(server)
        clear(server)
        try:
            measure(Zone(server))
        finally:
            remove(server, admission=True)


if __name__ == "__main__":
    main()
