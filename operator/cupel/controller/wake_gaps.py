"""From a change to the CapabilityGaps it concerns.

A tool that begins to serve wakes the gaps nearest to it, never all.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from cupel.api import names
from cupel.kube.cluster import Change, Cluster
from cupel.kube.observe_gaps import born, is_open
from cupel.kube.resources import CAPABILITY_GAP, GENERATED_TOOL
from cupel.kube.served import gaps_near
from cupel.kube.stores import Stored

from .workqueue import Key

SAME = 32
"""So many of the gaps that wait for another's tool look again at once; the rest at the next resync."""
ROOM = 8
"""So many of the gaps that wait for room look again when one is answered or closed."""


def gaps_of_a_tool(cluster: Cluster, change: Change) -> Iterator[Key]:
    """The gap a tool was made for; where others can see the change, gaps that count on it, and those it may
    answer.
    """
    tool = change.now
    for seen in (change.before, tool):
        if seen is not None and names.GAP in seen.labels:
            yield Key(CAPABILITY_GAP.name, tool.namespace, seen.labels[names.GAP])
    if change.before is not None and change.before.outward == tool.outward:
        return
    for mark in tool.marks:
        if mark[0] == "toolName":
            yield from _keys(cluster[CAPABILITY_GAP].marked(("answer", *mark[1:])))
    if _serving(tool) and (change.before is None or _serving(change.before) != _serving(tool)):
        yield from _keys(gaps_near(cluster, tool))


def of_a_gap(cluster: Cluster, change: Change) -> Iterator[Key]:
    """The gap, its tool where who asked may have changed, and gaps that wait for the room it leaves."""
    gap = change.now
    yield Key(CAPABILITY_GAP.name, gap.namespace, gap.name)
    if change.before is not None and change.before.outward == gap.outward:
        return
    for tool in cluster[GENERATED_TOOL].marked(("gap", gap.namespace, gap.name)):
        yield Key(GENERATED_TOOL.name, tool.namespace, tool.name)
    if cluster[CAPABILITY_GAP].get(gap.namespace, gap.name) is None or not is_open(gap):
        for mark in gap.marks:
            if mark[0] == "policy":
                waiting = cluster[CAPABILITY_GAP].marked(("crowded", *mark[1:]))
                yield from _keys(islice(sorted(waiting, key=lambda found: (born(found), found.name)), ROOM))
                yield from _keys(islice(cluster[CAPABILITY_GAP].marked(("same", *mark[1:])), SAME))


def gaps_of_a_policy(cluster: Cluster, policy: Stored) -> Iterator[Key]:
    return _keys(cluster[CAPABILITY_GAP].marked(("policy", policy.namespace, policy.name)))


def gaps_within(cluster: Cluster, namespace: str) -> Iterator[Key]:
    return _keys(cluster[CAPABILITY_GAP].within(namespace))


def _serving(tool: Stored) -> object:
    """Digest that serves, as `stores` writes it last into what a tool shows."""
    return tool.outward[-1] if isinstance(tool.outward, tuple) else None


def _keys(found: Iterator[Stored]) -> Iterator[Key]:
    return (Key(CAPABILITY_GAP.name, each.namespace, each.name) for each in found)
