"""The chapters of the two doors: a tool that remembers, and one that calls out, each approved on two channels."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from . import callers, world
from .cluster import ZONE, Cluster
from .install import inside
from .narration import Narrator
from .phone import Phone
from .story import TOOLS, expect

RATES = "exchange-rate"


def enrolled(cluster: Cluster, tell: Narrator) -> Phone:
    tell.part("The second channel: carol enrolls her phone for one-time codes")
    phone = Phone(cluster, "carol")
    tell.quote(phone.enroll())
    tell.say("the secret is on her phone and, encrypted, with the code service; nobody else has it")
    return phone


def approved_twice(cluster: Cluster, tell: Narrator, name: str, phone: Phone) -> None:
    """Bob reviews under his own name; carol types a code and the digits bob reads to her."""
    tell.quote(cluster.reason(name, "AwaitingApproval")["message"])
    cluster.cupel("approve", name, "-n", ZONE, "--yes", person="bob")
    tell.say("bob approved under his Kubernetes identity; one channel is not enough:")
    cluster.wait("the first approval to be counted", lambda: _given(cluster, name) == 1, 30)
    tell.quote(cluster.reason(name, "AwaitingApproval")["message"])
    digits = cluster.tool(name)["status"]["digest"].removeprefix("sha256-")[:16]
    code = ["--code", phone.code(), "--digest-prefix", digits]
    tell.quote(cluster.cupel("approve", name, "-n", ZONE, *code, person=phone.person).stdout.splitlines()[-1])
    cluster.reason(name, "Serving")


def _given(cluster: Cluster, name: str) -> int:
    revision = cluster.tool(name).get("status", {}).get("revision", "")
    done = cluster.run("get", "toolrevision", revision, "-n", ZONE, "-o", "json", check=False)
    if done.returncode:
        return 0
    return int(json.loads(done.stdout).get("status", {}).get("approval", {}).get("given", 0))


def calls_out(cluster: Cluster, tell: Narrator, url: str, token: str, phone: Phone) -> None:
    tell.part("A tool that calls out: by the egress proxy, to one host and port, with a key it never sees")
    target = f"{inside(cluster)}:{world.PORT}"
    opened(cluster, target)
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / f"{RATES}.yaml"
        text = (TOOLS / f"{RATES}.yaml").read_text(encoding="utf-8")
        wanted.write_text(text.replace("WORLD", inside(cluster)), encoding="utf-8")
        cluster.apply_as("alice", wanted)
    approved_twice(cluster, tell, RATES, phone)
    cluster.wait("the gateway to list it", lambda: RATES in callers.listed(url, token), 30)
    answer = callers.call(url, token, RATES, pair="CHF/EUR")
    expect(answer == {"rate": world.RATES["CHF/EUR"]}, f"it answered {answer}")
    tell.say(f"asked through the gateway: {answer}; the proxy added the key, the tool has none")
    tell.result("a tool with egress was approved on two channels, and reached the one server it may")


def opened(cluster: Cluster, target: str) -> None:
    """What the platform engineer does: a policy that allows the host, the key in the proxy's Secret, a server to call."""
    allowed = {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "ToolPolicy",
        "metadata": {"name": "rates", "namespace": ZONE},
        "spec": {"permissions": {"egress": [target], "credentials": ["world-key"]}},
    }
    for body in (allowed, *world.server(cluster), world.credentials(cluster, target, world.KEY)):
        cluster.run("apply", "-f", "-", text=json.dumps(body))
    proxy = ("deployment/cupel-egress", "-n", "cupel-system")
    cluster.run("rollout", "restart", *proxy)  # sooner than the kubelet would mount the new key
    cluster.run("rollout", "status", *proxy, "--timeout=120s")
    cluster.run("wait", "pod/world", "-n", cluster.agents, "--for=condition=Ready", "--timeout=90s")
