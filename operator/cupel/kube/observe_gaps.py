"""Looking at a CapabilityGap: its World, from what is in memory. Nothing here calls the API server."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from cupel.api.capability_gap import CapabilityGap
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import AUTHOR
from cupel.decide.gap_plan import names_for
from cupel.decide.gap_proposal import proposed
from cupel.decide.gap_twin import Twin, same_plan
from cupel.decide.gap_world import Near, Proposal, World
from cupel.wishes.search import FITS, Index

from .observe import Sight, gap, policy, tool
from .resources import CAPABILITY_GAP, GENERATED_TOOL
from .stores import Stored

NEAR = 6
"""Tools looked at: five to show, and the one made for the gap, which is not counted."""
GONE = World()


def capability_gap(sight: Sight, namespace: str, name: str) -> World:
    """What a pass over a CapabilityGap sees."""
    mine = gap(sight, namespace, name)
    if mine is None:
        return GONE
    made = _made_for(sight, mine)
    proposal = _proposal(sight, mine)
    return World(
        zone=sight.cluster.zone(namespace),
        policy=policy(sight, namespace, mine.spec.policy_ref.name),
        older=older_and_open(sight, mine),
        proposal=proposal,
        near=tuple(one for one in _near(sight, mine) if made is None or one.tool_name != made.tool_name)[:5],
        tool=made,
        twin=_twin(sight, mine, proposal) if made is None else None,
        taken=frozenset(_taken(sight, mine)),
    )


def older_and_open(sight: Sight, mine: CapabilityGap) -> int:
    """Gaps of the same policy that were asked for before this one and are neither answered nor closed."""
    me = (_born(mine), mine.name)
    return bisect_left(_open_gaps(sight, mine.namespace, mine.spec.policy_ref.name), me)


def _open_gaps(sight: Sight, namespace: str, policy_name: str) -> list[tuple[str, str]]:
    """Open gaps of a policy by age, put in order once for every change of a gap, not once for every gap."""
    store, place = sight.cluster[CAPABILITY_GAP], (namespace, policy_name)
    turn, found = sight.gaps.queues.get(place, (-1, []))
    if turn != store.turns[namespace]:
        marked = store.marked(("policy", namespace, policy_name))
        found = sorted((born(each), each.name) for each in marked if is_open(each))
        sight.gaps.queues.keep(place, (store.turns[namespace], found))
    return found


def is_open(found: Stored) -> bool:
    """Whether it still waits for a tool that serves."""
    return isinstance(found.outward, tuple) and bool(found.outward[1])


def born(found: Stored) -> str:
    return str(found.outward[0]) if isinstance(found.outward, tuple) else ""


def _made_for(sight: Sight, mine: CapabilityGap) -> GeneratedTool | None:
    """The tool labelled with it; of several the oldest."""
    marked = sight.cluster[GENERATED_TOOL].marked(("gap", mine.namespace, mine.name))
    found = [made for each in marked if (made := tool(sight, each.namespace, each.name)) is not None]
    live = [made for made in found if made.metadata.deletion_timestamp is None]
    return min(live, key=lambda made: (str(made.metadata.creation_timestamp), made.name), default=None)


def _twin(sight: Sight, mine: CapabilityGap, proposal: Proposal) -> Twin | None:
    """Another gap with the plan this one would have.

    One whose tool serves, else one with a tool, else an older one that is still open: no two wait for each
    other.
    """
    way = proposal.way
    if way is None or way.template is None:
        return None
    key = same_plan(mine.spec.policy_ref.name, way.template, way.parameters)
    marked = sight.cluster[CAPABILITY_GAP].marked(("plan", mine.namespace, key))
    others = sorted((each for each in marked if each.name != mine.name), key=_age)
    made = [twin for each in others if (twin := _with_tool(sight, each)) is not None]
    if made:
        return next((twin for twin in made if twin.serves), made[0])
    first = next((each for each in others if is_open(each)), None)
    older = first is not None and _age(first) < (_born(mine), mine.name)
    return Twin(first.name) if first is not None and older else None


def _with_tool(sight: Sight, found: Stored) -> Twin | None:
    """The twin whose tool still is what its plan made: none that a person has changed since."""
    other = gap(sight, found.namespace, found.name)
    made = _made_for(sight, other) if other else None
    if other is None or made is None or made.spec.requested_by != AUTHOR:
        return None
    serves = made.status.serving is not None and made.spec.lifecycle != "Retired"
    return Twin(other.name, made.tool_name, serves) if serves or other.spec.closed is None else None


def _age(found: Stored) -> tuple[str, str]:
    return (born(found), found.name)


def _born(mine: CapabilityGap) -> str:
    created = mine.metadata.creation_timestamp
    return created.strftime("%Y-%m-%dT%H:%M:%SZ") if created else ""


def _proposal(sight: Sight, mine: CapabilityGap) -> Proposal:
    version = (mine.metadata.uid, mine.metadata.generation)
    if version not in sight.gaps.proposals:
        sight.gaps.proposals.keep(version, proposed(mine))
    return sight.gaps.proposals[version]


def _near(sight: Sight, mine: CapabilityGap) -> tuple[Near, ...]:
    """What the search finds; asked again only when the gap or the tools that serve have changed."""
    index, version = (
        sight.gaps.served.index(sight.cluster, mine.namespace),
        (mine.metadata.uid, mine.metadata.generation),
    )
    known = sight.gaps.searches.get(version)
    if known is None or known[0] is not index:
        known = (index, _searched(index, mine.spec.wish))
        sight.gaps.searches.keep(version, known)
    return known[1]


def _searched(index: Index, wish: str) -> tuple[Near, ...]:
    hits = index.search(wish, NEAR)
    return tuple(
        Near(hit.name, max(0, min(1000, round(1000 * hit.score))), hit.score >= FITS) for hit in hits
    )


def _taken(sight: Sight, mine: CapabilityGap) -> Iterator[str]:
    """Names it would choose that another tool has, as its object's name or as its MCP name."""
    tools = sight.cluster[GENERATED_TOOL]
    for name in names_for(mine):
        there = tools.get(mine.namespace, name), *tools.marked(("toolName", mine.namespace, name))
        if any(found is not None for found in there):
            yield name
