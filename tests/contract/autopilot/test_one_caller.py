"""A tool that one caller alone spoils, under the autopilot's own identity: told, asked with its own token, not rolled back."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from prometheus_client import generate_latest
from tests.contract.autopilot.rollouts import own_address
from tests.contract.autopilot.stage import POLICIES, Stage
from tests.contract.crds.apiserver import MERGE, Server, until

from cupel.gateway.callers_door import shown
from cupel.gateway.metrics import Metrics

pytestmark = pytest.mark.apiserver
DIGEST = f"sha256-{'a' * 64}"
PODS = "/api/v1/namespaces/cupel-system/pods"
ACCOUNT = "/api/v1/namespaces/cupel-system/serviceaccounts/cupel-autopilot/token"
EVERY_SECONDS = 0.02
Calls = tuple[tuple[str, str], ...]
GOOD: Calls = (("token/ann", "ok"), ("token/bob", "ok"), ("token/mallory", "ok"))
ONE_FAILS: Calls = (("token/ann", "ok"), ("token/bob", "ok"), ("token/mallory", "tool_error"))
ALL_FAIL: Calls = tuple((name, "tool_error") for name, _ in GOOD)


class PlayedGateway:
    """A gateway's own counting, behind the two pages that the autopilot asks for; calls come all the time."""

    def __init__(self, server: Server, namespace: str) -> None:
        self._server, self._ended = server, threading.Event()
        self.metrics, self.calls = Metrics(), GOOD
        self.metrics.revisions.serve(namespace, [("count", DIGEST)])
        self.namespace = namespace
        self.asked_by: list[str] = []
        """Whose token was shown with each question."""
        self.looks = 0
        self._lock = threading.Lock()
        played = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                token = self.headers.get("Authorization", "").removeprefix("Bearer ")
                body = played.callers(query, token) if path.startswith("/callers/") else played.page()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """The test's output is the test's."""

        self._http = ThreadingHTTPServer(("0.0.0.0", 0), Handler)  # a Pod's address is not loopback's
        self._http.daemon_threads = True
        self.port = int(self._http.server_address[1])
        for loop in (self._http.serve_forever, self._called):
            threading.Thread(target=loop, daemon=True).start()

    def _called(self) -> None:
        while not self._ended.wait(EVERY_SECONDS):
            with self._lock:
                for caller, label in self.calls:
                    self.metrics.revisions.ran(self.namespace, "count", DIGEST, label, 0.02, caller)

    def page(self) -> bytes:
        self.looks += 1
        with self._lock:
            return generate_latest(self.metrics.registry)

    def callers(self, query: str, token: str) -> bytes:
        review = {"spec": {"token": token, "audiences": ["cupel-gateway"]}}
        path = "/apis/authentication.k8s.io/v1/tokenreviews"
        found = self._server.call("POST", path, review).good()["status"]
        self.asked_by.append(found.get("user", {}).get("username", "nobody"))
        with self._lock:
            table = self.metrics.revisions.callers.of(
                (self.namespace, "count", "a" * 40), float(query.removeprefix("seconds="))
            )
            return json.dumps(shown(table)).encode()

    def stand(self) -> None:
        """Be a ready Pod of the gateway."""
        labels = {"app.kubernetes.io/component": "gateway"}
        spec = {
            "containers": [{"name": "gateway", "image": "none"}],
            "nodeName": "nowhere",
            "serviceAccountName": "cupel-autopilot",
            "automountServiceAccountToken": False,
        }
        body = {"metadata": {"name": "played-gateway", "labels": labels}, "spec": spec}
        self._server.call("POST", PODS, body).good()
        address = own_address()
        status = {
            "podIP": address,
            "podIPs": [{"ip": address}],
            "conditions": [{"type": "Ready", "status": "True"}],
        }
        self._server.call("PATCH", f"{PODS}/played-gateway/status", {"status": status}, MERGE).good()

    def close(self) -> None:
        self._ended.set()
        self._server.call("DELETE", f"{PODS}/played-gateway?gracePeriodSeconds=0")
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def gateway(stage: Stage) -> Iterator[PlayedGateway]:
    found = PlayedGateway(stage.server, stage.namespace)
    found.stand()
    yield found
    found.close()


def serve(stage: Stage) -> None:
    """A tool that serves, and a policy that may roll it back."""
    here, text = stage.server, {"type": "object", "properties": {}, "additionalProperties": False}
    tools = f"{POLICIES}/namespaces/{stage.namespace}/generatedtools"
    spec = {
        "description": "Count.",
        "interface": {"inputSchema": text, "outputSchema": text},
        "examples": [{"name": "one", "arguments": {}, "result": {}}],
        "source": {"type": "Inline", "inline": {"code": "def run() -> dict:\n    return {}\n"}},
    }
    kind = {"apiVersion": "cupel.dev/v1alpha1", "kind": "GeneratedTool"}
    here.call("POST", tools, kind | {"metadata": {"name": "count"}, "spec": spec}).good()
    serving = {"revision": "count-a", "digest": DIGEST, "since": "2030-01-01T00:00:00Z"}
    here.call("PATCH", f"{tools}/count/status", {"status": {"serving": serving}}, MERGE).good()
    stage.deploy("count-a", 1)
    policy = {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "AutonomyPolicy",
        "metadata": {"name": "count"},
        "spec": {
            "targetRef": {"kind": "GeneratedTool", "name": "count"},
            "authority": "Act",
            "periodSeconds": 1,
            "rollback": {"enabled": True},
        },
    }
    path = f"{POLICIES}/namespaces/{stage.namespace}/autonomypolicies"
    here.call("POST", path, policy).good()


def evidence(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.status("count").get("evidence", {})
    return found


def events(stage: Stage) -> list[str]:
    path = f"/apis/events.k8s.io/v1/namespaces/{stage.namespace}/events"
    found = stage.server.call("GET", path).good()["items"]
    return [one.get("note", "") for one in found if one.get("reason") == "OneCaller"]


def test_one_caller_is_told_and_condemns_nothing_and_what_all_find_worse_is_seen(
    stage: Stage, gateway: PlayedGateway
) -> None:
    serve(stage)
    token = stage.folder / "token"
    asked = {"spec": {"audiences": ["cupel-gateway"], "expirationSeconds": 3600}}
    token.write_text(stage.server.call("POST", ACCOUNT, asked).good()["status"]["token"])
    autopilot = stage.start(
        CUPEL_AUTOPILOT_GATEWAY_PORT=str(gateway.port), CUPEL_AUTOPILOT_GATEWAY_TOKEN_FILE=str(token)
    )
    until(lambda: evidence(stage).get("reason") == "NoRegression", 60, "it is watched and well")
    looks = gateway.looks
    until(lambda: gateway.looks > looks + 10, 60, "it has a past of its own to be held to")
    assert not gateway.asked_by, "nobody is asked about while all is well"

    gateway.calls = ONE_FAILS
    until(
        lambda: evidence(stage).get("reason") == "OneCaller", 60, "one caller's calls are told from others'"
    )
    until(lambda: events(stage), 30, "people are told")

    assert "one caller's calls alone, `token/mallory` (" in evidence(stage)["message"]
    assert "`token/mallory`" in events(stage)[0]
    assert set(gateway.asked_by) == {"system:serviceaccount:cupel-system:cupel-autopilot"}
    series = f'cupel_autopilot_rollback_one_caller{{namespace="{stage.namespace}",policy="count"}}'
    assert autopilot.figure(series) == 1

    gateway.calls = ALL_FAIL
    until(lambda: evidence(stage).get("reason") == "NoGoodRevision", 60, "the others prove it, too")
    until(lambda: autopilot.figure(series) == 0, 30, "and it is no one caller any more")
    assert autopilot.figure("cupel_autopilot_failures_total") == 0
