"""Plays what a Deployment's revisions need beside the API server: controllers, a kubelet, and an app that counts."""

from __future__ import annotations

import copy
import hashlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.contract.crds.apiserver import MERGE, Server

REVISION, HASH = "deployment.kubernetes.io/revision", "pod-template-hash"
CALLS_A_SECOND, FAILING = 40, 0.3
Body = dict[str, Any]


def own_address() -> str:
    """An address of this machine that a Pod could have: none of loopback's. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


class App:
    """What every Pod runs: it is called all the time, and fails when its image is a bad one."""

    def __init__(self) -> None:
        self.image, self._since = "", time.monotonic()
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = app.page().encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """The test's output is the test's."""

        self._server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)  # a Pod's address is not loopback's
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def runs(self, image: str) -> None:
        """A Pod of another image takes over; it begins to count anew."""
        if image != self.image:
            self.image, self._since = image, time.monotonic()

    def page(self) -> str:
        calls = CALLS_A_SECOND * (time.monotonic() - self._since)
        failed = round(calls * FAILING) if self.image.startswith("bad") else 0
        return f'calls_total{{code="200"}} {round(calls) - failed}\ncalls_total{{code="500"}} {failed}\n'

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Rollouts:
    """Plays one Deployment's controllers and its node: one Pod, of the newest template, that is ready at once."""

    def __init__(self, server: Server, namespace: str, name: str, app: App) -> None:
        self._server, self._app, self._name = server, app, name
        self._apps, self._core = f"/apis/apps/v1/namespaces/{namespace}", f"/api/v1/namespaces/{namespace}"
        account = {"metadata": {"name": "default"}, "automountServiceAccountToken": False}
        server.call("POST", f"{self._core}/serviceaccounts", account)
        self._address, self._ended = own_address(), threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    @property
    def deployment(self) -> Body:
        return self._server.call("GET", f"{self._apps}/deployments/{self._name}").body

    def deploy(self, image: str) -> None:
        """Make the Deployment, or give it this image."""
        path, labels = f"{self._apps}/deployments", {"app": self._name}
        container = {"name": "app", "image": image, "env": [{"name": "IMAGE", "value": image}]}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
        spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
        body = {"metadata": {"name": self._name}, "spec": spec}
        if self._server.call("POST", path, body).code == 409:
            self._server.call("PATCH", f"{path}/{self._name}", {"spec": {"template": template}}, MERGE).good()

    @property
    def image(self) -> str:
        return str(self.deployment["spec"]["template"]["spec"]["containers"][0]["image"])

    def replicasets(self) -> list[Body]:
        """Newest first."""
        found = self._server.call("GET", f"{self._apps}/replicasets").good()["items"]
        return sorted(found, key=_revision, reverse=True)

    def close(self) -> None:
        self._ended.set()
        self._thread.join()

    def _play(self) -> None:
        while not self._ended.wait(0.1):
            deployment = self.deployment
            if deployment.get("kind") == "Deployment":
                current = self._revision_of(deployment)
                self._run(deployment, current)

    def _revision_of(self, deployment: Body) -> Body:
        """The ReplicaSet of the template that is wanted, as the newest revision."""
        known, template = self.replicasets(), copy.deepcopy(deployment["spec"]["template"])
        digits = hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()[:10]
        newest = _revision(known[0]) if known else 0
        mine = next((one for one in known if one["metadata"]["labels"][HASH] == digits), None)
        if mine is not None and _revision(mine) == newest:
            return mine
        number = {"metadata": {"annotations": {REVISION: str(newest + 1)}}}
        if mine is not None:
            path = f"{self._apps}/replicasets/{mine['metadata']['name']}"
            return self._server.call("PATCH", path, number, MERGE).good()
        template["metadata"]["labels"][HASH] = digits
        owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": self._name, "controller": True}
        labels = {"app": self._name, HASH: digits}
        metadata = {
            "name": f"{self._name}-{digits}",
            "labels": labels,
            "ownerReferences": [owner | {"uid": deployment["metadata"]["uid"]}],
        }
        spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
        body = {"metadata": metadata | number["metadata"], "spec": spec}
        return self._server.call("POST", f"{self._apps}/replicasets", body).good()

    def _run(self, deployment: Body, current: Body) -> None:
        """One ready Pod of the current revision; those of others are gone, and say so in their ReplicaSets."""
        name = current["metadata"]["name"]
        self._app.runs(current["spec"]["template"]["spec"]["containers"][0]["image"])
        for pod in self._server.call("GET", f"{self._core}/pods").good()["items"]:
            if pod["metadata"]["name"] != name:
                self._server.call(
                    "DELETE", f"{self._core}/pods/{pod['metadata']['name']}?gracePeriodSeconds=0"
                )
        if self._server.call("GET", f"{self._core}/pods/{name}").code == 404:
            self._pod(current)
        for one in self.replicasets():
            self._status(
                f"{self._apps}/replicasets/{one['metadata']['name']}",
                one,
                _counts(one["metadata"]["name"] == name),
            )
        metadata = deployment["metadata"]
        path = f"{self._apps}/deployments/{self._name}"
        number = str(_revision(current))
        if (metadata.get("annotations") or {}).get(REVISION) != number:
            self._server.call("PATCH", path, {"metadata": {"annotations": {REVISION: number}}}, MERGE)
        self._status(path, deployment, {"observedGeneration": metadata["generation"]})

    def _pod(self, current: Body) -> None:
        metadata = current["metadata"]
        owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": metadata["name"], "controller": True}
        template = current["spec"]["template"]
        body = {
            "metadata": {
                "name": metadata["name"],
                "labels": template["metadata"]["labels"],
                "ownerReferences": [owner | {"uid": metadata["uid"]}],
            },
            "spec": template["spec"],
        }
        self._server.call("POST", f"{self._core}/pods", body).good()
        ready = {"type": "Ready", "status": "True"}
        status = {"phase": "Running", "podIP": self._address, "podIPs": [{"ip": self._address}]}
        path = f"{self._core}/pods/{metadata['name']}/status"
        self._server.call("PATCH", path, {"status": status | {"conditions": [ready]}}, MERGE).good()

    def _status(self, path: str, body: Body, wanted: Body) -> None:
        known = body.get("status") or {}
        if any(known.get(key, 0) != value for key, value in wanted.items()):
            self._server.call("PATCH", f"{path}/status", {"status": wanted}, MERGE)


def _revision(replicaset: Body) -> int:
    return int(replicaset["metadata"]["annotations"][REVISION])


def _counts(runs: bool) -> Body:
    """A ReplicaSet's status."""
    return dict.fromkeys(("replicas", "readyReplicas", "availableReplicas"), int(runs))
