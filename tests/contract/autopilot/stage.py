"""What an autopilot flies in these tests: Deployments whose Pods are played, and a Prometheus that says what it is told."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.contract.crds.apiserver import MERGE, Server
from tests.support.running import Running

POLICIES = "/apis/cupel.dev/v1alpha1"
APPS = "/apis/apps/v1"
SETTINGS = {
    "CUPEL_LEASE_SECONDS": "3",
    "CUPEL_LEASE_RENEW_SECONDS": "2",
    "CUPEL_LEASE_RETRY_SECONDS": "0.3",
    "CUPEL_AUTOPILOT_STATUS_SECONDS": "1",
}
"""Of every autopilot here: another takes over soon, and what it sees is written soon."""


class Prometheus:
    """Answers every instant query by the figure that its text names; a figure that is None is no series."""

    def __init__(self) -> None:
        self.figures: dict[str, float | None] = {}
        self.queries = 0
        self.ahead = 0.0
        """Seconds by which its clock was set."""
        prometheus = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # connections stay open, as those of a real one do
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                body = json.dumps(prometheus.answer(form["query"][0]), separators=(",", ":")).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """The test's output is the test's."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, query: str) -> dict[str, Any]:
        self.queries += 1
        parts = query.split(" or ") if "label_replace" in query else [query]
        rows = []
        for number, part in enumerate(parts):
            name = part.removeprefix("label_replace((").split(")")[0]
            value = self.figures.get(name)
            if value is not None:
                rows.append(
                    {"metric": {"cupel_signal": str(number)}, "value": [time.time() + self.ahead, str(value)]}
                )
        return {"status": "success", "data": {"resultType": "vector", "result": rows}}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Player:
    """Plays the Deployment controller and the kubelet: as many Pods are ready as are wanted, at once."""

    def __init__(self, server: Server, namespace: str) -> None:
        self._server, self._path = server, f"{APPS}/namespaces/{namespace}/deployments"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    def _play(self) -> None:
        while not self._ended.wait(0.1):
            for item in self._server.call("GET", self._path).body.get("items", ()):
                wanted, status = item["spec"].get("replicas", 1), item.get("status", {})
                if status.get("readyReplicas", 0) != wanted:
                    counts = dict.fromkeys(("replicas", "readyReplicas", "availableReplicas"), wanted)
                    self._server.call(
                        "PATCH", f"{self._path}/{item['metadata']['name']}/status", {"status": counts}, MERGE
                    )

    def close(self) -> None:
        self._ended.set()
        self._thread.join()


@dataclass
class Stage:
    """One namespace, one Prometheus, and autopilots under their own identity."""

    server: Server
    namespace: str
    kubeconfig: Path
    folder: Path
    prometheus: Prometheus = field(default_factory=Prometheus)
    autopilots: list[Running] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.player = Player(self.server, self.namespace)

    def opt_in(self, what: str = "scale") -> None:
        """Let the autopilot scale Deployments of this namespace, or roll them back."""
        role = {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": f"cupel-autopilot-{what}",
        }
        who = {"kind": "ServiceAccount", "name": "cupel-autopilot", "namespace": "cupel-system"}
        body = {"metadata": {"name": what}, "roleRef": role, "subjects": [who]}
        self.server.call("POST", self._bindings, body).good()

    def opt_out(self) -> None:
        self.server.call("DELETE", f"{self._bindings}/scale").good()

    def start(self, *arguments: str, module: str = "cupel.autopilot", **settings: str) -> Running:
        name = f"autopilot-{len(self.autopilots)}"
        asked = SETTINGS | {"CUPEL_AUTOPILOT_PROMETHEUS_URL": self.prometheus.url} | settings
        kubeconfig = Path(asked.pop("KUBECONFIG", self.kubeconfig))
        started = Running.start(module, name, kubeconfig, self.folder, *arguments, **asked)
        self.autopilots.append(started)
        return self.autopilots[-1]

    def deploy(self, name: str, replicas: int) -> None:
        labels = {"app": name}
        spec = {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "c", "image": "none"}]},
            },
        }
        body = {"metadata": {"name": name}, "spec": spec}
        self.server.call("POST", f"{APPS}/namespaces/{self.namespace}/deployments", body).good()

    def replicas(self, name: str) -> int:
        path = f"{APPS}/namespaces/{self.namespace}/deployments/{name}"
        return int(self.server.call("GET", path).good()["spec"]["replicas"])

    def fly(self, name: str, **spec: Any) -> None:
        """A policy over the Deployment of the same name, whose load is the figure of the same name."""
        self._fly(name, name, spec)

    def fly_also(self, target: str, name: str) -> None:
        """Another policy over the same Deployment."""
        self._fly(target, name, {})

    def _fly(self, target: str, name: str, spec: dict[str, Any]) -> None:
        signal = {
            "name": "throughputPerSecond",
            "type": "Prometheus",
            "prometheus": {"query": f"load_{target}"},
        }
        scaling = {"capacityPerReplica": 10_000, "startSeconds": 2, "maxReplicas": 20} | spec.pop(
            "scaling", {}
        )
        body = {
            "apiVersion": "cupel.dev/v1alpha1",
            "kind": "AutonomyPolicy",
            "metadata": {"name": name},
            "spec": {
                "targetRef": {"kind": "Deployment", "name": target}, "authority": "Act", "periodSeconds": 1,
                "signals": [signal], "scaling": scaling, **spec,
            },
        }  # fmt: skip
        self.server.call("POST", self._policies, body).good()

    def change(self, name: str, **spec: Any) -> None:
        self.server.call("PATCH", f"{self._policies}/{name}", {"spec": spec}, MERGE).good()

    def status(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.server.call("GET", f"{self._policies}/{name}").good().get("status", {})
        return found

    def condition(self, name: str, kind: str) -> tuple[str, str]:
        found = next((c for c in self.status(name).get("conditions", ()) if c["type"] == kind), {})
        return found.get("status", ""), found.get("reason", "")

    def load(self, name: str, value: float | None) -> None:
        self.prometheus.figures[f"load_{name}"] = value

    @property
    def _bindings(self) -> str:
        return f"/apis/rbac.authorization.k8s.io/v1/namespaces/{self.namespace}/rolebindings"

    @property
    def _policies(self) -> str:
        return f"{POLICIES}/namespaces/{self.namespace}/autonomypolicies"

    def close(self) -> None:
        for one in self.autopilots:
            one.end()
        self.player.close()
        self.prometheus.close()
