"""Pods around the egress proxy: a server that stands for the world, and a stranger that tries to get to it."""

from __future__ import annotations

import json
from typing import Any

from tests.demo.cluster import Cluster

OPEN, CLOSED = 80, 81
"""Two ports of one server; only the first is ever approved."""
SERVER = """
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class World(BaseHTTPRequestHandler):
    def do_GET(self):
        seen = {"host": self.headers["Host"], "path": self.path, "from": self.client_address[0]}
        body = json.dumps(seen | {"key": self.headers["X-Key"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


Thread(target=ThreadingHTTPServer(("", 8081), World).serve_forever).start()
ThreadingHTTPServer(("", 8080), World).serve_forever()
"""
STRANGER = """
import json, socket, sys

def tried(address, said):
    try:
        with socket.create_connection((address.rpartition(":")[0], int(address.rpartition(":")[2])), 3) as way:
            way.sendall(said)
            return way.recv(4096).decode("latin-1") or "closed"
    except TimeoutError:
        return "silence"
    except OSError as error:
        return type(error).__name__

proxy, host, *others = sys.argv[1:]
ask = f"GET http://{host}/ HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n".encode()
print(json.dumps({address: tried(address, ask) for address in (proxy, *others)}))
"""


def server(cluster: Cluster) -> tuple[dict[str, Any], ...]:
    """Pod and Service `world`, beside the agents: in no zone."""
    labels = {"app": "world"}
    container = {
        "name": "world",
        "image": cluster.operator_image,
        "command": ["python", "-c", SERVER],
        "readinessProbe": {"httpGet": {"port": 8080, "path": "/"}, "periodSeconds": 1},
    }
    meta = {"name": "world", "namespace": cluster.agents, "labels": labels}
    ports = [{"name": f"p{port}", "port": port, "targetPort": port + 8000} for port in (OPEN, CLOSED)]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container]}}
    service = {"selector": labels, "ports": ports}
    return pod, {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": service}


def stranger(cluster: Cluster, *arguments: str) -> dict[str, Any]:
    """A gVisor Pod of nobody's: it prints what it found and ends."""
    container = {
        "name": "stranger",
        "image": cluster.sandbox_image,
        "command": ["/usr/bin/python3", "-c", STRANGER, *arguments],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "stranger", "namespace": cluster.agents},
        "spec": {"runtimeClassName": "gvisor", "restartPolicy": "Never", "containers": [container]},
    }


def address(cluster: Cluster, service: str, namespace: str) -> str:
    done = cluster.run("get", "service", service, "-n", namespace, "-o", "jsonpath={.spec.clusterIP}")
    return done.stdout.strip()


def found(cluster: Cluster) -> dict[str, str]:
    """What the stranger printed, once it ended."""

    def ended() -> bool:
        phase = ["get", "pod", "stranger", "-n", cluster.agents, "-o", "jsonpath={.status.phase}"]
        return cluster.run(*phase).stdout in ("Succeeded", "Failed")

    cluster.wait("the stranger to end", ended, 60)
    said: dict[str, str] = json.loads(cluster.run("logs", "stranger", "-n", cluster.agents).stdout)
    return said
