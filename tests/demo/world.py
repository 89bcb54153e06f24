"""A server that stands for the world: it tells exchange rates to whoever brings its key. Beside the agents, in no zone."""

from __future__ import annotations

import json
from typing import Any

from .cluster import Cluster

PORT = 80
KEY = "the-key-no-tool-ever-sees"
RATES = {"CHF/EUR": 1.07, "EUR/CHF": 0.93}
SERVER = """
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

key, rates = sys.argv[1], json.loads(sys.argv[2])


class World(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query)
        rate = rates.get("/".join(asked.get("pair", [""])))
        body = json.dumps({"rate": rate}).encode()
        self.send_response(401 if self.headers["X-Key"] != key else 200 if rate else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("", 8080), World).serve_forever()
"""


def server(cluster: Cluster) -> tuple[dict[str, Any], ...]:
    """Pod and Service `world`."""
    labels = {"app": "world"}
    meta = {"name": "world", "namespace": cluster.agents, "labels": labels}
    container = {
        "name": "world",
        "image": cluster.operator_image,
        "command": ["python", "-c", SERVER, KEY, json.dumps(RATES)],
        "readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1},
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container]}}
    service = {"selector": labels, "ports": [{"port": PORT, "targetPort": 8080}]}
    return pod, {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": service}


def credentials(cluster: Cluster, target: str, value: str) -> dict[str, Any]:
    """The Secret of the egress proxy, with one credential for every tool of the zone that names it."""
    entry = {
        "name": "world-key",
        "users": [{"namespace": cluster.zone}],
        "target": target,
        "transport": "Plain",
        "header": {"name": "X-Key", "value": value},
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "cupel-egress-credentials", "namespace": "cupel-system"},
        "stringData": {"credentials.yaml": json.dumps({"credentials": [entry]})},
    }
