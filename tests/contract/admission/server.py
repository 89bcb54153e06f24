"""A small HTTP client of the API server that speaks as anybody: status code, body, and what an answer says."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
import yaml

Body = dict[str, Any]

HOME = "cupel-system"
MACHINE = f"system:serviceaccount:{HOME}:cupel-"
OPERATOR, AUTOPILOT, GATEWAY, CODES, JANITOR, EGRESS, NOTIFIER, AUTHOR, PULLS = (
    MACHINE + name
    for name in (
        "operator",
        "autopilot",
        "gateway",
        "codes",
        "janitor",
        "egress",
        "notifier",
        "author",
        "pulls",
    )
)
COLLECTOR = "system:serviceaccount:kube-system:generic-garbage-collector"
NAMESPACE_CONTROLLER = "system:serviceaccount:kube-system:namespace-controller"
GROUPS = {
    "alice": ("cupel-requesters",),
    "bob": ("cupel-approvers",),
    "carol": ("cupel-approvers",),
    "dana": ("cupel-approvers", "cupel-requesters"),
    "ruth": ("cupel-revokers",),
    "otto": ("cupel-askers",),
    "greta": ("cupel-gap-curators",),
    "zoe": ("cupel-zone-administrators",),
}
ANY_RIGHT = "cupel-matrix-any"
"""Group with every right but admissionregistration.k8s.io and impersonate."""
SERVING, SANDBOX = "matrix-tools", "matrix-tools-sandbox"
PATHS = {
    "Namespace": "/api/v1/namespaces",
    "Pod": "/api/v1/namespaces/{}/pods",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
    "Secret": "/api/v1/namespaces/{}/secrets",
    "Service": "/api/v1/namespaces/{}/services",
    "Event": "/api/v1/namespaces/{}/events",
    "Lease": "/apis/coordination.k8s.io/v1/namespaces/{}/leases",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies",
    "ApprovalLedger": "/apis/cupel.dev/v1alpha1/namespaces/{}/approvalledgers",
    "ToolRevision": "/apis/cupel.dev/v1alpha1/namespaces/{}/toolrevisions",
    "GeneratedTool": "/apis/cupel.dev/v1alpha1/namespaces/{}/generatedtools",
    "CodeEnrollment": "/apis/cupel.dev/v1alpha1/namespaces/{}/codeenrollments",
    "ToolPolicy": "/apis/cupel.dev/v1alpha1/namespaces/{}/toolpolicies",
    "CapabilityGap": "/apis/cupel.dev/v1alpha1/namespaces/{}/capabilitygaps",
    "AutonomyPolicy": "/apis/cupel.dev/v1alpha1/namespaces/{}/autonomypolicies",
}
MERGE, JSON_PATCH, APPLY = (
    f"application/{kind}" for kind in ("merge-patch+json", "json-patch+json", "apply-patch+yaml")
)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    code: int
    body: Any

    @property
    def ok(self) -> bool:
        return self.code < 300

    @property
    def text(self) -> str:
        return json.dumps(self.body)

    def allowed(self) -> Answer:
        assert self.ok, self.text[:900]
        return self

    def refused(self, *fragments: str) -> Answer:
        """Refused, and the answer names one of the fragments (which policy speaks first is not fixed)."""
        assert not self.ok, f"passed: {self.text[:900]}"
        assert not fragments or any(f in self.text for f in fragments), self.text[:900]
        return self


@dataclass
class Server:
    """An API server, with the administrator's rights, impersonating whom we say."""

    host: str
    pool: urllib3.PoolManager
    kubeconfig: Path

    def call(
        self, method: str, path: str, body: object = None, user: str = "", mime: str = "application/json"
    ) -> Answer:
        headers = urllib3.HTTPHeaderDict({"Content-Type": mime, "Accept": "application/json"})
        for name, value in identity(user):
            headers.add(name, value)
        content = None if body is None else json.dumps(body)
        answer = self.pool.request(method, self.host + path, body=content, headers=headers)
        try:
            return Answer(answer.status, json.loads(answer.data))
        except ValueError:
            return Answer(answer.status, answer.data.decode(errors="replace"))

    def get(self, path: str) -> Body:
        body: Body = self.call("GET", path).allowed().body
        return body

    def create(self, manifest: Body, user: str = "", *, dry: bool = False) -> Answer:
        path = PATHS[manifest["kind"]].format(manifest["metadata"].get("namespace", ""))
        return self.call("POST", path + ("?dryRun=All" if dry else ""), manifest, user)

    def patch(self, path: str, patch: object, user: str = "", mime: str = MERGE) -> Answer:
        return self.call("PATCH", path, patch, user, mime)

    def delete(self, path: str, user: str = "") -> Answer:
        return self.call("DELETE", path, user=user)


def identity(user: str) -> list[tuple[str, str]]:
    """Headers that make us `user`; a name that ends in `-any` has every right besides its own."""
    if not user:
        return []
    name = user.removesuffix("-any")
    groups = ["system:authenticated", *GROUPS.get(name, ())]
    if user != name:
        groups.append(ANY_RIGHT)
    if name.startswith("system:serviceaccount:"):
        groups += ["system:serviceaccounts", f"system:serviceaccounts:{name.split(':')[2]}"]
    return [("Impersonate-User", name), *(("Impersonate-Group", group) for group in groups)]


def connect(kubeconfig: Path, folder: Path) -> Server:
    """The server of the current context; certificates that stand in the kubeconfig are put into `folder`."""
    config = yaml.safe_load(kubeconfig.read_text())
    current = next(c["context"] for c in config["contexts"] if c["name"] == config["current-context"])
    cluster = next(c["cluster"] for c in config["clusters"] if c["name"] == current["cluster"])
    user = next(u["user"] for u in config["users"] if u["name"] == current["user"])
    pool = urllib3.PoolManager(
        maxsize=8,
        ca_certs=_file(kubeconfig, folder, cluster, "certificate-authority"),
        cert_file=_file(kubeconfig, folder, user, "client-certificate"),
        key_file=_file(kubeconfig, folder, user, "client-key"),
        headers={"Authorization": f"Bearer {user['token']}"} if "token" in user else {},
        retries=urllib3.Retry(connect=3, read=0),
    )
    return Server(cluster["server"], pool, kubeconfig)


def _file(kubeconfig: Path, folder: Path, section: Mapping[str, str], key: str) -> str | None:
    if f"{key}-data" in section:
        path = folder / key
        path.touch(0o600)
        path.write_bytes(base64.b64decode(section[f"{key}-data"]))
        return str(path)
    given = section.get(key)
    return str(kubeconfig.parent / given) if given else None


def eventually(
    ask: Callable[[], Answer], *, allowed: bool, fragment: str = "", seconds: float = 20
) -> Answer:
    """Parameters reach the policies with some lag: ask until the answer is the expected one, or the last answer."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if (answer.ok == allowed and fragment in answer.text) or time.monotonic() > end:
            return answer
        time.sleep(0.05)
