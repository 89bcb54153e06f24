"""What the end-to-end tests act on: a zone of the cluster, the people in it, and its tools as they change."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.demo.cluster import Cluster, DemoError, as_person
from tests.support.watched import Watched

Body = dict[str, Any]
LEAVES_NOTHING_WITHIN = 60


def condition(body: Body, kind: str = "Ready") -> Body:
    """A condition of a status; empty when there is none."""
    found = body.get("status", {}).get("conditions", [])
    return next((c for c in found if c["type"] == kind), {})


@dataclass
class Stage:
    """Everything a test does to the cluster, under somebody's name."""

    cluster: Cluster
    tools: Watched
    revisions: Watched
    applied: dict[str, int] = field(default_factory=dict)
    """Newest metadata.generation of each tool applied, so that no older status is taken for an answer."""

    def apply(self, *tools: Body, person: str = "alice") -> None:
        """`kubectl apply` under a person's own name. Raises DemoError with the API server's answer."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(tools)})
        who = as_person(person)
        done = self.cluster.run("apply", "-n", self.cluster.zone, "-o", "json", "-f", "-", *who, text=text)
        answer = json.loads(done.stdout)
        for made in answer.get("items", [answer]):
            self.applied[made["metadata"]["name"]] = made["metadata"]["generation"]

    def refused(self, act: Callable[[], Any]) -> str:
        """What the API server says to something that it must not let through."""
        try:
            act()
        except DemoError as error:
            return str(error)
        raise AssertionError("it was let through")

    def fresh(self, name: str) -> Body:
        """The tool, once its status is about what was applied last; else empty."""
        body = self.tools.body(name)
        generation = body.get("metadata", {}).get("generation", 0)
        known = body.get("status", {}).get("observedGeneration") == generation
        return body if known and generation >= self.applied.get(name, 1) else {}

    def until(self, name: str, *reasons: str, gate: str = "Ready", seconds: float = 90) -> Body:
        """Wait until a condition of the tool, Ready if not told, has one of these reasons; answers it."""

        def seen() -> Body:
            found = condition(self.fresh(name), gate)
            return found if found.get("reason") in reasons else {}

        found: Body = self.tools.wait(seen, seconds)
        assert found, f"{name} is not {' or '.join(reasons)} but {condition(self.tools.body(name), gate)}"
        return found

    def revision(self, name: str, seen: Callable[[Body], Any], seconds: float = 60) -> Body:
        """Wait for something to be true of the revision the tool asks for; answers the revision."""

        def looked() -> Body:
            body = self.revisions.body(self.fresh(name).get("status", {}).get("revision") or "")
            return body if body and seen(body) else {}

        found: Body = self.revisions.wait(looked, seconds)
        assert found, f"of {name}: {self.tools.body(name).get('status')}"
        return found

    def digest(self, name: str) -> str:
        return str(self.fresh(name)["status"]["digest"])

    def decide(self, name: str, person: str = "bob", decision: str = "Approve", **other: Any) -> None:
        """A person's word about the digest the tool asks for; `digest`, `egress` to name others."""
        egress = self.fresh(name).get("spec", {}).get("permissions", {}).get("egress", [])
        entry = {"egress": other.get("egress", egress), "review": {"decision": decision, "by": person}}
        self.patch_ledger(
            {"decisions": {other.get("digest") or self.digest(name): entry}}, *as_person(person)
        )

    def patch_ledger(self, spec: Body, *who: str) -> None:
        """Merge into the serving zone's ledger, as the administrator unless told."""
        patch = ["patch", "approvalledger", "ledger", "-n", self.cluster.zone, "--type=merge"]
        self.cluster.run(*patch, "-p", json.dumps({"spec": spec}), *who)

    def serve(self, *tools: Body) -> None:
        """Tools of alice, approved by bob, until they serve."""
        self.apply(*tools)
        names = [tool["metadata"]["name"] for tool in tools]
        for name in names:
            self.until(name, "AwaitingApproval")
            self.decide(name)
        for name in names:
            self.until(name, "Serving")

    def objects(self, kind: str, name: str, sandbox: bool = False) -> list[Body]:
        """Objects that carry a tool's label, in one of the zones."""
        space = self.cluster.sandbox if sandbox else self.cluster.zone
        selector = f"cupel.dev/tool={name}"
        done = self.cluster.run("get", kind, "-n", space, "-l", selector, "-o", "json")
        return list(json.loads(done.stdout)["items"])

    def wait(self, what: str, seen: Callable[[], Any], seconds: float = 60) -> Any:
        return self.cluster.wait(what, seen, seconds)

    def delete(self, *names: str) -> None:
        self.cluster.run(
            "delete", "generatedtool", *names, "-n", self.cluster.zone, "--wait=false", "--ignore-not-found"
        )

    def left(self, *names: str) -> list[str]:
        """What a label query over all kinds finds of these tools in both zones."""
        selector = f"cupel.dev/tool in ({', '.join(names)})"
        found = []
        for space in (self.cluster.zone, self.cluster.sandbox):
            query = ["get", self.kinds(), "-n", space, "-l", selector, "-o", "name", "--ignore-not-found"]
            found += self.cluster.run(*query).stdout.split()
        return found

    def kinds(self) -> str:
        """Every kind that lives in namespaces and can be listed, for `kubectl get`."""
        done = self.cluster.run("api-resources", "--verbs=list", "--namespaced", "-o", "name")
        return ",".join(sorted(set(done.stdout.split())))

    def gone(self, *names: str) -> None:
        """Delete tools, and hold that nothing is left of them within a minute, their Pods included."""
        began = time.monotonic()
        self.delete(*names)
        self.wait(f"nothing to be left of {names}", lambda: not self.left(*names), LEAVES_NOTHING_WITHIN)
        assert time.monotonic() - began < LEAVES_NOTHING_WITHIN
