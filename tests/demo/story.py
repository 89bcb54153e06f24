"""The chapters: a useful tool, an edit, a rollback, three that are refused. Each proves what it tells."""

from __future__ import annotations

from pathlib import Path

from . import callers
from .cluster import ZONE, Cluster, DemoError
from .narration import Narrator

TOOLS = Path(__file__).parent / "tools"
TOOL = "word-count"


def expect(true: object, otherwise: str) -> None:
    if not true:
        raise DemoError(otherwise)


def useful(cluster: Cluster, tell: Narrator) -> None:
    tell.part("A useful tool: applied, proved, approved, served")
    cluster.apply_as("alice", TOOLS / "word-count.yaml")
    tell.say("alice applied word-count")
    ready = cluster.reason(TOOL, "AwaitingApproval")
    tell.say("analysed, and proved in a gVisor Pod; now it waits for a person who did not ask for it:")
    tell.quote(ready["message"])
    refused = cluster.cupel("approve", TOOL, "-n", ZONE, "--yes", person="alice", check=False)
    expect(refused.returncode != 0, "alice could approve her own request")
    tell.say("alice tries to approve it herself; the API server answers:")
    tell.quote((refused.stdout + refused.stderr).strip().splitlines()[-1])
    cluster.cupel("approve", TOOL, "-n", ZONE, "--yes", person="bob")
    tell.say("bob read what it may do, and approved")
    cluster.reason(TOOL, "Serving")
    tell.result("word-count was proved, approved by bob who did not ask for it, and serves")


def called(cluster: Cluster, tell: Narrator, url: str, token: str) -> None:
    tell.part("An agent lists and calls it by MCP, with the official client")
    cluster.wait("the gateway to list word-count", lambda: TOOL in callers.listed(url, token), 30)
    answer = callers.call(url, token, TOOL, text="to be or not to be")
    expect(answer == {"words": 6}, f"word-count answered {answer}")
    tell.result(f"an agent called word-count through the gateway: {answer}")


def edited(cluster: Cluster, tell: Narrator, url: str, token: str) -> None:
    tell.part("An edit, swapped under load without a failed call")
    with callers.Steady(url, token, TOOL, text="a b\nc") as steady:
        cluster.apply_as("alice", TOOLS / "word-count-lines.yaml")
        ready = cluster.reason(TOOL, "AwaitingApproval")
        tell.say("alice edited word-count; the old revision goes on serving:")
        tell.quote(ready["message"])
        cluster.cupel("approve", TOOL, "-n", ZONE, "--yes", person="bob")
        cluster.reason(TOOL, "Serving")
        cluster.wait(
            "the new answer", lambda: steady.failures or any("lines" in a for a in steady.answers[-3:]), 30
        )
        cluster.wait("the old Deployment to go", lambda: len(_deployments(cluster)) == 1, 60)
    expect(not steady.failures, f"{len(steady.failures)} calls failed: {steady.failures[:3]}")
    tell.result(f"an edit took over under load: {len(steady.answers)} calls, none failed")


def _deployments(cluster: Cluster) -> list[str]:
    done = cluster.run("get", "deployments", "-n", ZONE, "-l", f"cupel.dev/tool={TOOL}", "-o", "name")
    return done.stdout.split()


def rolled_back(cluster: Cluster, tell: Narrator, url: str, token: str) -> None:
    tell.part("Rolled back: the digest is condemned, the one before takes over, no spec is written")
    tell.quote(cluster.cupel("rollback", TOOL, "-n", ZONE).stdout)
    cluster.wait("the answer of before", lambda: _answers_as_before(url, token), 60)
    tell.quote(cluster.condition(TOOL)["message"])
    tell.result("word-count was rolled back to the revision before")


def _answers_as_before(url: str, token: str) -> bool:
    try:
        return callers.call(url, token, TOOL, text="a b\nc") == {"words": 3}
    except RuntimeError:
        return False


def refused(cluster: Cluster, tell: Narrator, url: str, token: str) -> None:
    tell.part("Tools that are refused, each by its own gate")
    cases = [
        (
            "hostile.yaml",
            "innocent-helper",
            ("CodeRefused",),
            "a hostile tool was refused before it ever ran",
        ),
        (
            "liar.yaml",
            "quiet-weather",
            ("PermissionsDiffer",),
            "a tool that lies about its permissions was refused",
        ),
        (
            "greedy.yaml",
            "greedy-square",
            ("OutOfMemory",),
            "a tool that eats memory was stopped inside gVisor",
        ),
    ]
    for file, name, reasons, told in cases:
        cluster.apply_as("alice", TOOLS / file)
        ready = cluster.reason(name, *reasons)
        tell.quote(f"{name}: {ready['reason']}: {ready['message']}")
        tell.result(told)
    names = callers.listed(url, token)
    expect(not {name for _, name, _, _ in cases} & set(names), f"the gateway lists {names}")
    tell.say(f"the gateway still lists {names} and nothing else")
