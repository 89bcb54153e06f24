"""Who wants a pass when something changed: from an object to the keys it concerns."""

from __future__ import annotations

from collections.abc import Iterator

from cupel.api import names
from cupel.kube.cluster import Change, Cluster
from cupel.kube.resources import (
    APPROVAL_LEDGER,
    AUTONOMY_POLICY,
    CAPABILITY_GAP,
    GENERATED_TOOL,
    NAMESPACE,
    TOOL_POLICY,
    TOOL_REVISION,
)
from cupel.kube.stores import Rules, Stored

from .wake_gaps import gaps_of_a_policy, gaps_of_a_tool, gaps_within, of_a_gap
from .workqueue import Key


def concerned(cluster: Cluster, change: Change) -> Iterator[Key]:
    """The keys that may decide otherwise now. A key may come twice; the queue does not mind."""
    return (key for key in _concerned(cluster, change) if key != change.by)


def _concerned(cluster: Cluster, change: Change) -> Iterator[Key]:
    kind, changed = change.kind, change.now
    if kind is NAMESPACE:
        for serving in cluster.zones("serving"):
            if changed.name in (serving, cluster.sandbox(serving)):
                yield from everything(cluster, serving)
                yield from gaps_within(cluster, serving)
        yield from everything(cluster, changed.name)
        yield from gaps_within(cluster, changed.name)
    elif kind is APPROVAL_LEDGER:
        yield from everything(cluster, changed.namespace)
        yield from _left_behind(cluster, changed.namespace)
    elif kind is TOOL_POLICY:
        yield Key(kind.name, changed.namespace, changed.name)
        yield from _governed(cluster, change)
    elif kind in (GENERATED_TOOL, AUTONOMY_POLICY):
        yield from _outward(cluster, change)
    elif kind is CAPABILITY_GAP:
        yield from of_a_gap(cluster, change)
    else:
        yield from _labelled(changed)


def _governed(cluster: Cluster, change: Change) -> Iterator[Key]:
    """Gaps and tools that name a policy whose spec moved, and their revisions if what those go by did.

    A tool beside its revisions, whose passes read the same.
    """
    policy, before = change.now, change.before
    if before is not None and before.outward == policy.outward:
        return
    yield from gaps_of_a_policy(cluster, policy)
    for tool in cluster[GENERATED_TOOL].marked(("policy", policy.namespace, policy.name)):
        yield Key(GENERATED_TOOL.name, tool.namespace, tool.name)
        if before is None or _revisions_go_by(before) != _revisions_go_by(policy):
            yield from _revisions(cluster, tool)


def _revisions_go_by(policy: Stored) -> str | None:
    return policy.outward.revisions if isinstance(policy.outward, Rules) else None


def _revisions(cluster: Cluster, tool: Stored) -> Iterator[Key]:
    for found in cluster[TOOL_REVISION].marked(("tool", tool.namespace, tool.name)):
        yield Key(TOOL_REVISION.name, found.namespace, found.name)


def _outward(cluster: Cluster, change: Change) -> Iterator[Key]:
    """A tool itself, and what is beside it where that can see the change; of an AutonomyPolicy its tool."""
    kind, changed = change.kind, change.now
    shows = change.before is None or change.before.outward != changed.outward
    if kind is GENERATED_TOOL:
        yield Key(kind.name, changed.namespace, changed.name)
        yield from gaps_of_a_tool(cluster, change)
    if shows and kind is GENERATED_TOOL:
        yield from _beside(cluster, changed)
    elif shows:
        yield from (Key(GENERATED_TOOL.name, *mark[1:]) for mark in changed.marks)


def _beside(cluster: Cluster, changed: Stored) -> Iterator[Key]:
    """A tool's revisions, and tools that want the same MCP name."""
    yield from _revisions(cluster, changed)
    for mark in changed.marks:
        if mark[0] == "toolName":
            for other in cluster[GENERATED_TOOL].marked(mark):
                yield Key(GENERATED_TOOL.name, other.namespace, other.name)


def _labelled(changed: Stored) -> Iterator[Key]:
    """The revision and the tool an object was made for."""
    if names.REVISION in changed.labels:
        yield Key(TOOL_REVISION.name, changed.home, changed.labels[names.REVISION])
    if names.TOOL in changed.labels:
        yield Key(GENERATED_TOOL.name, changed.home, changed.labels[names.TOOL])


def everything(cluster: Cluster, namespace: str) -> Iterator[Key]:
    """Every tool and revision of a namespace; a tool beside its revisions, whose passes read the same."""
    for tool in cluster[GENERATED_TOOL].within(namespace):
        yield Key(GENERATED_TOOL.name, namespace, tool.name)
        yield from _revisions(cluster, tool)
    for found in cluster[TOOL_REVISION].within(namespace):
        yield Key(TOOL_REVISION.name, namespace, found.name)


def all_keys(cluster: Cluster) -> Iterator[Key]:
    """Every object of ours there is, and every one that is gone and left something behind."""
    kept = (cluster[kind].by_namespace.keys() for kind in (GENERATED_TOOL, TOOL_REVISION))
    for namespace in sorted(set().union(*kept)):
        yield from everything(cluster, namespace)
    for kind in (TOOL_POLICY, CAPABILITY_GAP):
        for namespace, name in cluster[kind].objects:
            yield Key(kind.name, namespace, name)
    yield from _left_behind(cluster)


def _left_behind(cluster: Cluster, namespace: str = "") -> Iterator[Key]:
    """Of a namespace, or of all: tools and revisions that are gone, and something is still labelled for."""
    for what, kind in (("tool", GENERATED_TOOL), ("revision", TOOL_REVISION)):
        for _, home, name in cluster.marks(what):
            if namespace in ("", home) and cluster[kind].get(home, name) is None:
                yield Key(kind.name, home, name)
