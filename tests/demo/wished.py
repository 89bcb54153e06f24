"""The first chapters: an agent says what it lacks, a template makes it, two people approve, the agent calls it."""

from __future__ import annotations

import json
from typing import Any

from . import callers
from .cluster import AGENTS, ZONE, Cluster
from .doors import approved_twice
from .narration import Narrator
from .phone import Phone
from .story import expect

OWN = ("get_more_tools", "describe_template", "check_capability", "give_feedback")
"""The gateway's own tools."""
WISH = "I want to track how much water I drink, in millilitres"
LETS_AGENTS_ASK = f"""\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: agents-ask, namespace: {ZONE}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cupel-asker}}
subjects: [{{kind: ServiceAccount, name: agent, namespace: {AGENTS}}}]
"""


def opened(cluster: Cluster) -> None:
    """What the platform engineer does: agents may ask in this zone, and gaps may become tools."""
    cluster.run("apply", "-f", "-", text=LETS_AGENTS_ASK)
    for account, role in (("gateway", "cupel-gateway-requests"), ("author", "cupel-author-drafts")):
        binding = ["create", "rolebinding", role, "-n", ZONE, f"--clusterrole={role}"]
        found = cluster.run("get", "rolebinding", role, "-n", ZONE, check=False)
        if found.returncode:
            cluster.run(*binding, f"--serviceaccount=cupel-system:cupel-{account}")


def wished(cluster: Cluster, tell: Narrator, url: str, token: str) -> str:
    """The gap becomes a tool that waits for approval; answers the tool's object name."""
    tell.part("A gap: an agent says what it lacks, by MCP, and a template answers")
    opened(cluster)
    cluster.wait(
        "the gateway to let the agent ask", lambda: "get_more_tools" in callers.listed(url, token), 60
    )
    answer = callers.call(url, token, "get_more_tools", need=WISH, checked=_looked_at(url, token))
    gap = str(answer["gap"]["gap"])
    tell.say(f"the agent asked get_more_tools for: {WISH}")
    tell.quote(str(answer["message"]))
    cluster.wait("the tool of the gap", lambda: _gap(cluster, gap).get("tool"), 60)
    plan = _gap(cluster, gap)["plan"]
    tell.say(
        f"the operator planned it: {plan['generator']} {plan.get('template', '')}; the author wrote the tool"
    )
    tool = str(_gap(cluster, gap)["tool"])
    cluster.reason(tool, "AwaitingApproval")
    state = callers.call(url, token, "check_capability", gap=gap)
    tell.say("the agent follows it by check_capability:")
    tell.quote(json.dumps(state, ensure_ascii=False))
    tell.result("an agent said what it lacks, and a template made the tool: analysed, and proved in gVisor")
    return tool


def answered(cluster: Cluster, tell: Narrator, url: str, token: str, tool: str, phone: Phone) -> None:
    tell.part("The tool remembers, so two people approve it on two channels, and the agent calls it")
    approved_twice(cluster, tell, tool, phone)
    name = cluster.tool(tool)["status"]["toolName"]
    cluster.wait("the gateway to list it", lambda: name in callers.listed(url, token), 30)
    example: dict[str, Any] = cluster.tool(tool)["spec"]["examples"][0]["arguments"]
    answer = callers.call(url, token, name, **example)
    tell.say(f"the agent calls it: {name}({example}) answers {answer}")
    said = callers.call(url, token, "give_feedback", tool=name, verdict="up", comment="just what I lacked")
    tell.quote(json.dumps(said, ensure_ascii=False))
    expect(cluster.run("get", "gap", "-n", ZONE).stdout.count("True"), "the gap does not say it is answered")
    tell.quote(cluster.run("get", "gap", "-n", ZONE).stdout)
    tell.result(
        "two people approved it on two channels; the agent that lacked it calls it, and said it is right"
    )


def _looked_at(url: str, token: str) -> list[str]:
    return [name for name in callers.listed(url, token) if name not in OWN]


def _gap(cluster: Cluster, name: str) -> dict[str, Any]:
    done = cluster.run("get", "capabilitygap", name, "-n", ZONE, "-o", "json", check=False)
    body: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
    status: dict[str, Any] = body.get("status", {})
    return status
