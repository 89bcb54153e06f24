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
    """The gap, its tool where who asked may have changed, the gap it is like, and gaps that wait for its tool
    or for the room it leaves.
    """
    gap = change.now
    yield Key(CAPABILITY_GAP.name, gap.namespace, gap.name)
    if change.before is not None and change.before.outward == gap.outward:
        return
    for tool in cluster[GENERATED_TOOL].marked(("gap", gap.namespace, gap.name)):
        yield Key(GENERATED_TOOL.name, tool.namespace, tool.name)
    yield from (Key(CAPABILITY_GAP.name, *mark[1:]) for mark in gap.marks if mark[0] == "alike")
    left = cluster[CAPABILITY_GAP].get(gap.namespace, gap.name) is None or not is_open(gap)
    if left or _refused(gap) != _refused(change.before):
        policies = [mark[1:] for mark in gap.marks if mark[0] == "policy"]
        yield from (key for policy in policies for key in _waiting(cluster, policy, ROOM if left else 0))


def _waiting(cluster: Cluster, policy: tuple[str, str], room: int) -> Iterator[Key]:
    """Of the gaps of a policy: the oldest that wait for room, and those that wait for another's tool."""
    gaps = cluster[CAPABILITY_GAP]
    if room:
        waiting = sorted(gaps.marked(("crowded", *policy)), key=lambda found: (born(found), found.name))
        yield from _keys(islice(waiting, room))
    yield from _keys(islice(gaps.marked(("same", *policy)), SAME))


def _refused(gap: Stored | None) -> object:
    """Why it is refused, as `stores` writes it into what a gap shows."""
    return gap.outward[4][0] if gap is not None and isinstance(gap.outward, tuple) else None


def gaps_of_a_policy(cluster: Cluster, policy: Stored) -> Iterator[Key]:
    return _keys(cluster[CAPABILITY_GAP].marked(("policy", policy.namespace, policy.name)))


def gaps_within(cluster: Cluster, namespace: str) -> Iterator[Key]:
    return _keys(cluster[CAPABILITY_GAP].within(namespace))


def _serving(tool: Stored) -> object:
    """Digest that serves, as `stores` writes it last into what a tool shows."""
    return tool.outward[-1] if isinstance(tool.outward, tuple) else None


def _keys(found: Iterator[Stored]) -> Iterator[Key]:
    return (Key(CAPABILITY_GAP.name, each.namespace, each.name) for each in found)
