"""A Deployment of nobody Cupel knows: a plain web application that counts its calls, and somebody who calls it."""

from __future__ import annotations

import json
from typing import Any

from tests.demo.cluster import Cluster

Body = dict[str, Any]
NAMESPACE, NAME, PORT = "cupel-e2e-shop", "shop", 8080
SERVER = """
import os, random, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

FAILING = float(os.environ.get("FAILING", "0"))
EDGES = (0.005, 0.05, 0.5, float("inf"))
counts, buckets, lock = {"200": 0, "500": 0}, [0] * len(EDGES), Lock()


def page():
    lines = [f'shop_requests_total{{code="{code}"}} {count}' for code, count in counts.items()]
    bounds = ("+Inf" if edge == EDGES[-1] else edge for edge in EDGES)
    lines += [f'shop_request_seconds_bucket{{le="{bound}"}} {count}' for bound, count in zip(bounds, buckets)]
    return "\\n".join(lines) + "\\n"


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        began = time.monotonic()
        if self.path in ("/metrics", "/ready"):
            return self.answer(200, page())
        code = 500 if random.random() < FAILING else 200
        self.answer(code, "sold\\n")
        with lock:
            counts[str(code)] += 1
            for place, edge in enumerate(EDGES):
                buckets[place] += code == 200 and time.monotonic() - began <= edge

    def answer(self, code, text):
        self.send_response(code)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", 8080), Shop).serve_forever()
"""
CALLER = """
import sys, time, urllib.error, urllib.request

answered = failed = 0
while True:
    try:
        with urllib.request.urlopen(f"http://{sys.argv[1]}/", timeout=5) as answer:
            answer.read()
        answered += 1
    except OSError:
        failed += 1
    print(answered, failed, flush=True)
    time.sleep(0.04)
"""


def objects(cluster: Cluster) -> list[Body]:
    """All of it, in a namespace whose policies the API server holds the autopilot to."""
    labels, image = {"app": NAME}, cluster.operator_image
    container = {
        "name": "shop",
        "image": image,
        "command": ["python", "/app/shop.py"],
        "volumeMounts": [{"name": "app", "mountPath": "/app"}],
        "readinessProbe": {"httpGet": {"port": PORT, "path": "/ready"}, "periodSeconds": 1},
    }
    pod = {
        "terminationGracePeriodSeconds": 1,
        "containers": [container],
        "volumes": [{"name": "app", "configMap": {"name": NAME}}],
    }
    template = {"metadata": {"labels": labels}, "spec": pod}
    deployment = {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}
    caller = {"name": "caller", "image": image, "command": ["python", "-c", CALLER, NAME]}
    return [
        _object("Namespace", NAMESPACE, labels={"cupel.dev/autopilot": "bounded"}),
        _object("ConfigMap", NAME, data={"shop.py": SERVER}),
        _object("Deployment", NAME, "apps/v1", spec=deployment),
        _object("Service", NAME, spec={"selector": labels, "ports": [{"port": 80, "targetPort": PORT}]}),
        _object("Pod", "caller", spec={"terminationGracePeriodSeconds": 1, "containers": [caller]}),
        _object("AutonomyPolicy", NAME, "cupel.dev/v1alpha1", spec=policy()),
    ]


def policy() -> Body:
    """It acts, looks every second, and knows the calls by their codes."""
    failed = {"label": "code", "values": ["5*"]}
    calls = {"port": PORT, "metric": "shop_requests_total", "read": "Rate"}
    return {
        "targetRef": {"kind": "Deployment", "name": NAME},
        "authority": "Act",
        "periodSeconds": 1,
        "signals": [{"name": "throughputPerSecond", "type": "PodMetrics", "podMetrics": calls}],
        "scaling": {"minReplicas": 2, "maxReplicas": 3, "capacityPerReplica": 100_000},
        "rollback": {
            "enabled": True,
            "counters": {
                "port": PORT,
                "calls": {"metric": "shop_requests_total"},
                "failed": {"metric": "shop_requests_total", "where": [failed]},
                "seconds": {"metric": "shop_request_seconds"},
            },
        },
    }


def _object(kind: str, name: str, version: str = "v1", labels: Body | None = None, **rest: Any) -> Body:
    metadata: Body = {"name": name} | ({"labels": labels} if labels else {})
    where = {} if kind == "Namespace" else {"namespace": NAMESPACE}
    return {"apiVersion": version, "kind": kind, "metadata": metadata | where, **rest}


def opened(cluster: Cluster) -> None:
    """The shop is there, and its namespace let the autopilot, by the commands of docs/autopilot.md."""
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects(cluster)})
    cluster.run("apply", "-f", "-", text=text)
    for role in ("cupel-autopilot-scale", "cupel-autopilot-rollback"):
        account = "--serviceaccount=cupel-system:cupel-autopilot"
        cluster.run("create", "rolebinding", role, "-n", NAMESPACE, f"--clusterrole={role}", account)


def calls(cluster: Cluster) -> tuple[int, int]:
    """Calls answered, and calls that failed, as the caller counts them."""
    said = cluster.run("logs", "caller", "-n", NAMESPACE, "--tail=1").stdout.split()
    return (int(said[0]), int(said[1])) if len(said) == 2 else (0, 0)


def all_answered(cluster: Cluster, calls_in_a_row: int) -> bool:
    """The newest calls were all answered. Pods that end get calls until every proxy has heard of it, so a moment of
    the rollout says nothing; a revision that fails three calls in ten has one in 10^15 chances of a hundred in a row."""
    lines = cluster.run("logs", "caller", "-n", NAMESPACE, f"--tail={calls_in_a_row + 1}").stdout.splitlines()
    counts = [line.split() for line in lines]
    return len(counts) > calls_in_a_row and counts[0][1] == counts[-1][1]
