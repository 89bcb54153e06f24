"""From a gap to a tool that serves, made by a template and approved at once; and where that time goes.

    CUPEL_NODE_KUBECONFIG=... CUPEL_SANDBOX_IMAGE=... CUPEL_OPERATOR_IMAGE=... python -m tests.bench.gap [--tools 20] [--json]

Installs Cupel as its users do, then applies gaps: each alone, and ten at once, three times. Every gap names another of twelve
templates in turn. The approval is one `kubectl patch` for each, given as soon as the tool waits for it.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.demo.cluster import Cluster, as_person
from tests.e2e.stage import Stage, condition
from tests.support.watched import Watched

from cupel.api import names
from cupel.templates.catalogue import TEMPLATES

from .beginning import installed, machine, row, told, watched

Body = dict[str, Any]
CROWD, CROWDS = 10, 3
NEEDS_MORE = ("http-json", "tracker")
"""Templates whose tools call out or remember: they ask for more than one approval."""
CHOSEN = [name for name in TEMPLATES if name not in NEEDS_MORE]
LAST, LATE = 300.0, 10.0
"""Seconds that a crowd may take, and that one watch may lag another."""
STEPS = (
    ("applied", "`kubectl apply` returned"),
    ("planned", "Planned: a template fits"),
    ("authored", "the author wrote the GeneratedTool"),
    ("revision", "its ToolRevision is there"),
    ("trial", "analysed, and its trial's Pod is there"),
    ("tried", "both containers of it run"),
    ("validated", "Validated"),
    ("approved", "Approved, the `kubectl patch` included"),
    ("pod", "its serving Pod is there"),
    ("pod ready", "that Pod is ready"),
    ("verified", "Verified: the tool is Ready"),
    ("ready", "**the gap is Ready**"),
)


@dataclass(frozen=True)
class Sights:
    """What is watched, in both zones."""

    gaps: Watched
    tools: Watched
    revisions: Watched
    trials: Watched
    pods: Watched


def gap(name: str, template: str) -> Body:
    """A gap that names its template, with parameters that stand as its example."""
    parameters = TEMPLATES[template].example
    return {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "CapabilityGap",
        "metadata": {"name": name},
        "spec": {
            "wish": f"what {template} does, for {name}",
            "toolName": name,
            "template": {"name": template, "parameters": parameters},
        },
    }


def answered(stage: Stage, sights: Sights, wanted: dict[str, str]) -> list[dict[str, float]]:
    """Seconds from the start of `kubectl apply` of them all to each of STEPS, gap by gap."""
    began = time.monotonic()
    items = [gap(name, template) for name, template in wanted.items()]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    stage.cluster.run("apply", "-n", stage.cluster.zone, "-f", "-", *as_person("alice"), text=text)
    applied = time.monotonic()
    approved: set[str] = set()
    while len(approved) < len(wanted):
        waits = sights.tools.wait(lambda: _waiting(stage, wanted, approved), LAST)
        assert waits, f"not all wait for approval: {[_said(sights, name) for name in wanted]}"
        for name in waits:
            stage.decide(name)
            approved.add(name)
    for name in wanted:
        assert sights.gaps.wait(lambda name=name: _ready(sights.gaps.body(name)), LAST), _said(sights, name)
    moments = [{"applied": applied} | times(sights, name, began) for name in wanted]
    return [{step: at - began for step, at in one.items()} for one in moments]


def _waiting(stage: Stage, wanted: dict[str, str], approved: set[str]) -> list[str]:
    return [
        name
        for name in wanted
        if name not in approved and condition(stage.fresh(name)).get("reason") == "AwaitingApproval"
    ]


def _ready(body: Body) -> bool:
    return condition(body).get("status") == "True"


def _said(sights: Sights, name: str) -> Body:
    return {"gap": condition(sights.gaps.body(name)), "tool": condition(sights.tools.body(name))}


def times(sights: Sights, name: str, began: float) -> dict[str, float]:
    """When each step was first seen."""

    def of(watch: Watched, holds: Callable[[Body], Any]) -> float:
        def first() -> float:
            found = (s.at for every in watch.seen.values() for s in every if s.at >= began and holds(s.body))
            return min(found, default=0.0)

        return float(watch.wait(first, LATE))  # each watch is a process of its own, and may lag another

    def mine(body: Body) -> bool:
        return bool(body.get("metadata", {}).get("labels", {}).get(names.TOOL) == name)

    def passed(gate: str) -> Callable[[Body], bool]:
        return lambda body: named(body) and condition(body, gate).get("status") == "True"

    def named(body: Body) -> bool:
        return bool(body.get("metadata", {}).get("name") == name)

    return {
        "planned": of(sights.gaps, passed("Planned")),
        "authored": of(sights.tools, named),
        "revision": of(sights.revisions, mine),
        "trial": of(sights.trials, mine),
        "tried": of(sights.trials, lambda body: mine(body) and body["status"].get("phase") != "Pending"),
        "validated": of(sights.tools, passed("Validated")),
        "approved": of(sights.tools, passed("Approved")),
        "pod": of(sights.pods, mine),
        "pod ready": of(sights.pods, lambda body: mine(body) and _ready(body)),
        "verified": of(sights.tools, passed("Ready")),
        "ready": of(sights.gaps, passed("Ready")),
    }


@contextmanager
def looking(cluster: Cluster) -> Iterator[Sights]:
    with (
        watched(cluster, "capabilitygaps") as gaps,
        watched(cluster, "generatedtools") as tools,
        watched(cluster, "toolrevisions") as revisions,
        watched(cluster, "pods", cluster.sandbox) as trials,
        watched(cluster, "pods") as pods,
    ):
        yield Sights(gaps, tools, revisions, trials, pods)


def measure(cluster: Cluster, count: int) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """One gap to warm up, then `count` alone, then CROWDS times CROWD at once. What served is deleted between."""
    role = "cupel-author-drafts"
    binding = ["create", "rolebinding", role, "-n", cluster.zone, f"--clusterrole={role}"]
    cluster.run(*binding, "--serviceaccount=cupel-system:cupel-author")
    alone: list[dict[str, float]] = []
    crowded: list[dict[str, float]] = []
    with looking(cluster) as sights:
        stage = Stage(cluster, sights.tools, sights.revisions)
        for size, found in [*[(1, alone)] * (count + 1), *[(CROWD, crowded)] * CROWDS]:
            first = len(alone) + len(crowded)
            wanted = {f"bench-{n}": CHOSEN[n % len(CHOSEN)] for n in range(first, first + size)}
            found += answered(stage, sights, wanted)
            cluster.run("delete", "capabilitygaps", *wanted, "-n", cluster.zone)
            stage.gone(*wanted)
    return alone[1:], crowded


def show(found: list[dict[str, float]]) -> None:
    """A row for each step, and what it took on top of the step before, at the median."""
    print("| seconds since `kubectl apply` was started | p50 | p95 | least | since the step before, p50 |")
    print("| --- | --- | --- | --- | --- |")
    before = [0.0] * len(found)
    for step, words in STEPS:
        now = [one[step] for one in found]
        took = statistics.median(b - a for a, b in zip(before, now, strict=True))
        print(f"| {words} | {row(now)} | {took:.2f} |")
        before = now


def main() -> None:
    given = told(__doc__ or "", 20)
    with installed() as (cluster, load):
        alone, crowded = measure(cluster, given.tools)
    if given.json:
        print(json.dumps({"alone": alone, "crowded": crowded}))
        return
    print(machine(load, given.tools))
    show(alone)
    print(f"\n{CROWD} at once, {CROWDS} times:\n")
    show(crowded)


if __name__ == "__main__":
    main()
