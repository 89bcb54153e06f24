"""From `kubectl apply` to a verdict, and to Ready with the approval given at once; beside it, what users have now.

    CUPEL_NODE_KUBECONFIG=... CUPEL_SANDBOX_IMAGE=... CUPEL_OPERATOR_IMAGE=... python -m tests.bench.ready [--tools 12] [--json]

Installs Cupel as its users do, then takes turns: one tool through every gate, and the same code in the same Pod (same
image, gVisor, probes, limits) as a plain Deployment in a namespace that is no zone, which nobody proves or approves.
One at a time, so that each has the machine for itself.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from tests.demo.cluster import Cluster
from tests.e2e.stage import Stage, condition
from tests.e2e.tools import tool
from tests.support.watched import Watched

from cupel.api.tool_revision import ToolRevision
from cupel.decide import desired, pods

from .beginning import installed, machine, row, told, watched

PLAIN = "cupel-bench-plain"
GATES = ("Accepted", "Generated", "Analyzed", "Validated", "Approved", "Available", "Verified")
Body = dict[str, Any]


def through_the_gates(stage: Stage, name: str) -> dict[str, float]:
    """Seconds from the start of `kubectl apply` to each gate, to the approval given, and to Ready."""
    began = time.monotonic()
    stage.apply(tool(name))
    applied = time.monotonic()
    stage.until(name, "AwaitingApproval", seconds=180)
    decided = time.monotonic()
    stage.decide(name)
    approved = time.monotonic()
    stage.until(name, "Serving", seconds=180)
    found = {gate: moment(stage, name, gate) - began for gate in (*GATES, "Ready")}
    waited = approved - decided
    return found | {"apply": applied - began, "approve": waited, "total": found["Ready"]}


def moment(stage: Stage, name: str, gate: str) -> float:
    """When a gate was first seen to have passed."""
    sights = stage.tools.seen[name]
    return next(s.at for s in sights if condition(s.body, gate).get("status") == "True")


def plainly(stage: Stage, name: str, deployments: Watched) -> float:
    """Seconds from the start of `kubectl apply` to a ready Pod of the same shape, without Cupel."""
    revision = ToolRevision.parse(stage.revisions.body(stage.fresh(name)["status"]["revision"]))
    serving, image = stage_serving(stage, name), stage.cluster.sandbox_image
    deployment = pods.serving_deployment(revision, serving, image, 1, "")
    items = [desired.serving_bundle(revision), deployment]
    for item in items:
        item["metadata"] = {"name": item["metadata"]["name"], "namespace": PLAIN}
    began = time.monotonic()
    stage.cluster.run(
        "apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    )
    ready = deployments.wait(lambda: first_ready(deployments, revision.name), 120)
    return float(ready - began)


def stage_serving(stage: Stage, name: str) -> Any:
    from cupel.api.generated_tool import GeneratedTool

    return GeneratedTool.parse(stage.fresh(name)).spec.serving


def first_ready(deployments: Watched, name: str) -> float:
    sights = deployments.seen.get(name, [])
    return next((s.at for s in sights if s.body.get("status", {}).get("readyReplicas")), 0.0)


def measure(stage: Stage, count: int) -> dict[str, list[float]]:
    """One tool to warm up, then `count`, in turn with the plain Deployment."""
    prepare_plain(stage.cluster)
    times: dict[str, list[float]] = {}
    with watched(stage.cluster, "deployments", PLAIN) as deployments:
        for number in range(count + 1):
            name = f"bench-{number}"
            found = through_the_gates(stage, name)
            found["plain"] = plainly(stage, name, deployments)
            stage.gone(name)
            stage.cluster.run("delete", "deployments,configmaps", "--all", "-n", PLAIN)
            if number:
                for key, value in found.items():
                    times.setdefault(key, []).append(value)
    return times


def prepare_plain(cluster: Cluster) -> None:
    cluster.run("create", "namespace", PLAIN, check=False)
    cluster.run("create", "serviceaccount", "tool", "-n", PLAIN, check=False)


def show(found: dict[str, list[float]], load: float) -> None:
    print(machine(load, len(found["Ready"])))
    print("| seconds since `kubectl apply` was started | p50 | p95 | least |\n| --- | --- | --- | --- |")
    print(f"| kubectl apply returned | {row(found['apply'])} |")
    for gate in GATES[:4]:
        print(f"| {gate} | {row(found[gate])} |")
    for gate in GATES[4:]:
        print(f"| {gate} | {row(found[gate])} |")
    print(f"| Ready | {row(found['Ready'])} |")
    print(f"| the same Pod as a plain Deployment: ready | {row(found['plain'])} |")
    ratios = [ready / plain for ready, plain in zip(found["Ready"], found["plain"], strict=True)]
    print(f"\nReady takes {statistics.median(ratios):.1f} times the plain Deployment (median of pairs).")
    print(f"Of it the approval itself, one kubectl patch: {statistics.median(found['approve']):.2f} s.")


def main() -> None:
    given = told(__doc__, 12)
    with installed(PLAIN) as (cluster, load):
        with watched(cluster, "generatedtools") as tools, watched(cluster, "toolrevisions") as revisions:
            times = measure(Stage(cluster, tools, revisions), given.tools)
    print(json.dumps(times)) if given.json else show(times, load)


if __name__ == "__main__":
    main()
