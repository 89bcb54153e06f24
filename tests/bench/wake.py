"""The first call of a tool asleep: from the request to its answer, and where that time goes.

    CUPEL_NODE_KUBECONFIG=... CUPEL_SANDBOX_IMAGE=... CUPEL_OPERATOR_IMAGE=... python -m tests.bench.wake [--tools 12] [--json]

Installs Cupel as its users do, serves some tools under a policy with `minReplicas: 0` and everything else as it comes
(a look every 2 s), waits until all are asleep, and calls one after another; then each again, awake.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.demo.cluster import Cluster
from tests.demo.install import agent_token
from tests.e2e.stage import Stage, condition
from tests.e2e.tools import tool
from tests.support.watched import Watched

from .beginning import installed, machine, row, told, watched

Body = dict[str, Any]
IDLE = 30
SHARES = ("decided", "Pod wanted", "Pod ready", "answered", "awake")


def policy(name: str) -> Body:
    return {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "AutonomyPolicy",
        "metadata": {"name": name},
        "spec": {
            "targetRef": {"kind": "GeneratedTool", "name": name},
            "authority": "Act",
            "scaling": {"minReplicas": 0, "idleSeconds": IDLE},
        },
    }


def called(url: str, token: str, name: str) -> None:
    """One bare POST. Raises RuntimeError when it is not answered as it should be."""
    where = urlsplit(url)
    params = {"name": name, "arguments": {"text": "a b"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "*/*"}
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    try:
        connection.request("POST", where.path, json.dumps(message), headers)
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    if answer.get("result", {}).get("structuredContent") != {"words": 2}:
        raise RuntimeError(f"{name}: {answer}")


def put_to_sleep(stage: Stage, names: list[str]) -> None:
    for name in names:
        stage.serve(tool(name))
    made = {"apiVersion": "v1", "kind": "List", "items": [policy(name) for name in names]}
    stage.cluster.run("apply", "-n", stage.cluster.zone, "-f", "-", text=json.dumps(made))
    for name in names:
        stage.until(name, "Asleep", seconds=300)
    stage.wait("every Pod to be gone", lambda: not any(stage.objects("pods", name) for name in names), 120)


def first(watch: Watched, name: str, since: float, holds: Callable[[Body], Any]) -> float:
    """Seconds from `since` to the first sight of an object of which something holds."""

    def seen() -> float:
        return next((s.at for s in watch.seen.get(name, []) if s.at >= since and holds(s.body)), 0.0)

    return float(watch.wait(seen, 30)) - since


def woken(stage: Stage, url: str, token: str, name: str, watches: dict[str, Watched]) -> dict[str, float]:
    """Seconds since the first call, and how long the next one takes."""
    revision = stage.fresh(name)["status"]["serving"]["revision"]
    began = time.monotonic()
    called(url, token, name)
    answered = time.monotonic()
    called(url, token, name)
    again = time.monotonic()
    found = {
        "decided": first(watches["policies"], name, began, lambda b: b["status"].get("desiredReplicas") == 1),
        "Pod wanted": first(watches["deployments"], revision, began, lambda b: b["spec"]["replicas"] == 1),
        "Pod ready": first(
            watches["deployments"], revision, began, lambda b: b["status"].get("readyReplicas")
        ),
    }
    assert condition(stage.fresh(name))["status"] == "True"
    return found | {"answered": answered - began, "awake": again - answered}


def measure(cluster: Cluster, count: int) -> dict[str, list[float]]:
    names = [f"bench-{number}" for number in range(count + 1)]
    with (
        watched(cluster, "generatedtools") as tools,
        watched(cluster, "toolrevisions") as revisions,
        watched(cluster, "autonomypolicies") as policies,
        watched(cluster, "deployments") as deployments,
        cluster.gateway() as url,
    ):
        stage, token = Stage(cluster, tools, revisions), agent_token(cluster)
        put_to_sleep(stage, names)
        watches = {"policies": policies, "deployments": deployments}
        found = [woken(stage, url, token, name, watches) for name in names][1:]  # the first warms up
    return {key: [one[key] for one in found] for key in SHARES}


def show(found: dict[str, list[float]], load: float) -> None:
    print(machine(load, len(found["answered"])))
    print("| seconds since the first call | p50 | p95 | least |\n| --- | --- | --- | --- |")
    print(f"| the autopilot has decided | {row(found['decided'])} |")
    print(f"| the Deployment asks for a Pod | {row(found['Pod wanted'])} |")
    print(f"| it is ready | {row(found['Pod ready'])} |")
    print(f"| the call is answered | {row(found['answered'])} |")
    print(f"| the next call, the tool awake, takes | {row(found['awake'])} |")


def main() -> None:
    given = told(__doc__ or "", 12)
    with installed() as (cluster, load):
        found = measure(cluster, given.tools)
    print(json.dumps(found)) if given.json else show(found, load)


if __name__ == "__main__":
    main()
