"""From a person's yes to a Pod that runs, and from taking it back to none: through the ledger, on a real node.

    CUPEL_NODE_KUBECONFIG=... CUPEL_SANDBOX_IMAGE=... CUPEL_OPERATOR_IMAGE=... python -m tests.bench.ledger [--tools 10] [--json]

One tool at a time: asked for, proved, and then the clock starts. Every time is since `kubectl patch` was started.
"""

from __future__ import annotations

import json
import statistics
import time

from tests.demo import callers
from tests.demo.cluster import as_person
from tests.demo.install import agent_token
from tests.e2e import pods as life
from tests.e2e.stage import Stage
from tests.e2e.tools import tool
from tests.support.watched import Watched

from .beginning import installed, machine, row, told, watched

LABELS = {
    "approved": "approved: `kubectl patch` returned",
    "created": "its Pod exists: admission let it through",
    "started": "its container runs: **approval to start**",
    "revoked": "taken back: `kubectl patch` returned",
    "unlisted": "the gateway lists it no longer",
    "ended": "no Pod of it runs: **revocation to end**",
}
GOALS = {"started": 2.0, "ended": 10.0}


def one(stage: Stage, pods: Watched, url: str, token: str, name: str) -> dict[str, float]:
    """Seconds of one tool, by what was waited for."""
    stage.apply(tool(name))
    stage.until(name, "AwaitingApproval", seconds=180)
    began = time.monotonic()
    stage.decide(name)
    found = {"approved": time.monotonic() - began}
    for word, seen in (("created", bool), ("started", life.runs)):
        moment = pods.wait(lambda s=seen: life.first(pods, name, s), 60)
        found[word] = moment - began
    stage.until(name, "Serving", seconds=60)
    return found | taken_back(stage, pods, url, token, name)


def taken_back(stage: Stage, pods: Watched, url: str, token: str, name: str) -> dict[str, float]:
    digest = stage.digest(name)
    while name not in callers.listed(url, token):
        pass
    began = time.monotonic()
    stage.patch_ledger({"decisions": {digest: None}}, *as_person("rita"))
    found = {"revoked": time.monotonic() - began}
    while name in callers.listed(url, token):
        pass
    found["unlisted"] = time.monotonic() - began
    found["ended"] = pods.wait(lambda: life.last_ended(pods, name), 60) - began
    return found


def measure(stage: Stage, pods: Watched, count: int) -> dict[str, list[float]]:
    """One tool to warm up, then `count`."""
    times: dict[str, list[float]] = {}
    with stage.cluster.gateway() as url:
        token = agent_token(stage.cluster)
        for number in range(count + 1):
            name = f"bench-{number}"
            found = one(stage, pods, url, token, name)
            stage.gone(name)
            for key, value in found.items() if number else ():
                times.setdefault(key, []).append(value)
    return times


def show(times: dict[str, list[float]], load: float) -> None:
    print(machine(load, len(times["started"])))
    print("| seconds since `kubectl patch` was started | p50 | p95 | least |\n| --- | --- | --- | --- |")
    for key, text in LABELS.items():
        print(f"| {text} | {row(times[key])} |")
    for key, goal in GOALS.items():
        middle = statistics.median(times[key])
        print(f"\n{LABELS[key]}: goal {goal:.0f} s, p50 {middle:.2f} s, most {max(times[key]):.2f} s")


def main() -> None:
    given = told(__doc__, 10)
    with installed() as (cluster, load):
        kinds = (watched(cluster, kind) for kind in ("generatedtools", "toolrevisions", "pods"))
        with next(kinds) as tools, next(kinds) as revisions, next(kinds) as pods:
            times = measure(Stage(cluster, tools, revisions), pods, given.tools)
    print(json.dumps(times)) if given.json else show(times, load)


if __name__ == "__main__":
    main()
