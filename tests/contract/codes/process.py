"""The code service as a process of its own, under its own identity, reached through the API server as people reach it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.contract.admission.server import HOME, Body, Server

from cupel.sealed import new_key

ROOT = Path(__file__).parents[3]
SERVICES = f"/api/v1/namespaces/{HOME}/services"
PODS = f"/api/v1/namespaces/{HOME}/pods"
ENDPOINTS = f"/api/v1/namespaces/{HOME}/endpoints"
NAME = "cupel-codes"


@dataclass
class CodeService:
    """One running process."""

    folder: Path
    port: int
    health: int
    address: str
    child: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.address}:{self.health}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def metric(self, name: str) -> float:
        with urllib.request.urlopen(f"http://{self.address}:{self.health}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(name)), 0.0)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("", 0))
        port: int = found.getsockname()[1]
    return port


def towards(server: Server) -> str:
    """The address under which the API server reaches this machine."""
    host = urlsplit(server.host)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((host.hostname, host.port))
        address: str = probe.getsockname()[0]
    return address


def identity(server: Server, folder: Path, account: str = NAME) -> Path:
    """A kubeconfig with a token of that service account."""
    path = f"/api/v1/namespaces/{HOME}/serviceaccounts/{account}/token"
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": 3600},
    }
    token = server.call("POST", path, body).allowed().body["status"]["token"]
    authority = server.pool.connection_pool_kw["ca_certs"]
    config: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server.host, "certificate-authority": authority}}],
        "users": [{"name": "u", "user": {"token": token}}],
    }
    found = folder / "kubeconfig"
    found.write_text(json.dumps(config))
    return found


@contextmanager
def running(server: Server, folder: Path, **settings: str) -> Iterator[CodeService]:
    """Start it, and have the API server know where it is."""
    address, port, health = towards(server), free_port(), free_port()
    keys = folder / "keys"
    if not keys.exists():
        keys.write_text(new_key())
    values = {
        "KUBECONFIG": str(identity(server, folder)),
        "CUPEL_HTTP_HOST": address,
        "CUPEL_CODES_LISTEN_PORT": str(port),
        "CUPEL_HTTP_PORT": str(health),
        "CUPEL_CODES_STORE": f"sqlite:///{folder}/codes.db",
        "CUPEL_CODES_KEYS_FILE": str(keys),
        "CUPEL_CODES_URL": f"http://{address}:{port}",
        "PYTHONPATH": str(ROOT / "operator"),
        "PATH": os.environ["PATH"],
        **settings,
    }
    with (folder / "log").open("ab") as log:
        child = subprocess.Popen([sys.executable, "-m", "cupel.codes"], env=values, stderr=log)
    here = CodeService(folder, port, health, address, child)
    try:
        published(server, address, port)
        end = time.monotonic() + 60
        while not here.ready():
            assert child.poll() is None and time.monotonic() < end, here.log
            time.sleep(0.1)
        yield here
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(30)


def published(server: Server, address: str, port: int) -> None:
    """A Service, its endpoint, and the Pod behind it: here no controller fills them in, and the API server calls Pods only."""
    service = {
        "metadata": {"name": NAME, "namespace": HOME},
        "spec": {"ports": [{"name": "http", "port": 8005, "targetPort": port}]},
    }
    pod = {"kind": "Pod", "namespace": HOME, "name": NAME}
    endpoints = {
        "metadata": {"name": NAME, "namespace": HOME},
        "subsets": [
            {"addresses": [{"ip": address, "targetRef": pod}], "ports": [{"name": "http", "port": port}]}
        ],
    }
    server.delete(f"{PODS}/{NAME}?gracePeriodSeconds=0")
    server.call("POST", PODS, stand_in()).allowed()
    running = {"status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}}
    server.patch(f"{PODS}/{NAME}/status", running).allowed()
    for where, body in ((SERVICES, service), (ENDPOINTS, endpoints)):
        server.delete(f"{where}/{NAME}")
        server.call("POST", where, body).allowed()


def stand_in() -> Body:
    """A Pod that is never scheduled, with the address of this machine."""
    container = {
        "name": "codes",
        "image": "cupel-operator",
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    security = {"runAsNonRoot": True, "runAsUser": 65530, "seccompProfile": {"type": "RuntimeDefault"}}
    spec = {"serviceAccountName": NAME, "securityContext": security, "containers": [container]}
    return {
        "metadata": {"name": NAME, "namespace": HOME},
        "spec": spec | {"automountServiceAccountToken": False},
    }
