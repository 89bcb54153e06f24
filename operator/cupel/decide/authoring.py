"""What the author does next about one gap: set out to draft, settle what it began, or leave it alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import Drafting, Plan
from cupel.api.generated_tool import GeneratedTool
from cupel.api.generation import Generator
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import ToolRevision

from .findings import Refusal, refusal

LOST_AFTER = timedelta(minutes=5)
"""Longer than any request to a model may take: whoever began it is gone."""
PAUSE = timedelta(seconds=30)
"""Before the next try after one that brought nothing; doubled for each of them."""
SEEN_BY = LOST_AFTER + timedelta(seconds=30)
"""After this long a tool that was written has been seen, however long its draft took."""
MOST_DRAFTINGS = 20
WALLS = 2
"""Drafts that a security rule refused before a person has to look."""


@dataclass(frozen=True)
class World:
    """What the author sees beside the gap."""

    policy: ToolPolicy | None
    tool: GeneratedTool | None
    """The GeneratedTool that was made for the gap."""
    revision: ToolRevision | None
    """Of the tool's present content."""
    author: str
    """The user name the author writes as."""


@dataclass(frozen=True)
class Rest:
    """Nothing to do now; look again at `until`, or when something changes."""

    why: str
    until: datetime | None = None


@dataclass(frozen=True)
class Settle:
    """Note how the drafting that was under way ended: its author did not live to do so."""

    made: bool


@dataclass(frozen=True)
class Make:
    """Draft, then create or mend the tool."""

    plan: Plan
    generator: Generator
    number: int
    against: Refusal | None = None
    """What was held against the draft before."""


@dataclass(frozen=True)
class Name:
    """Name these as contributors of the tool, too: they asked since it was written, before its revision."""

    tool: GeneratedTool
    people: tuple[str, ...]


def next_step(gap: CapabilityGap, world: World, now: datetime) -> Rest | Settle | Name | Make:
    """One look at one gap. The same look twice says the same."""
    plan, past = planned(gap), gap.status.drafting
    writing = bool(past) and past[-1].outcome == "Writing"
    if not writing and world.tool and (people := unnamed(gap, world.tool, world.author)):
        return Name(world.tool, people)
    if plan is None:
        return Rest("nothing is planned")
    if writing:
        return _under_way(past[-1], world.tool, now)
    if why := forbidden(gap, plan, world.policy):
        return Rest(why)
    against = _wanted(gap, plan, world, now)
    if isinstance(against, Rest):
        return against
    return _paced(tried(gap, plan), now) or Make(plan, _generator(plan), _next_number(past), against)


def unnamed(gap: CapabilityGap, tool: GeneratedTool, author: str) -> tuple[str, ...]:
    """Who asked and is not named in a tool that has no revision yet, which would fix who did."""
    spec, status = tool.spec, tool.status
    judged = status.observed_generation == tool.metadata.generation
    if spec.requested_by != author or not judged or status.revision is not None:
        return ()
    named = {spec.requested_by, spec.on_behalf_of, *spec.contributors}
    return tuple(each for each in gap.no_reviewers if each not in named)


def planned(gap: CapabilityGap) -> Plan | None:
    """The plan that holds for the gap as it is now, if somebody has to carry it out."""
    status, plan = gap.status, gap.status.plan
    holds = any(one.type == "Planned" and one.status == "True" for one in status.conditions)
    current = (
        status.observed_generation == gap.metadata.generation and gap.metadata.deletion_timestamp is None
    )
    return (
        plan if plan and holds and current and plan.generator != "Existing" and not gap.spec.closed else None
    )


def forbidden(gap: CapabilityGap, plan: Plan, policy: ToolPolicy | None) -> str:
    """Why the author must not go on, in words; empty when it may."""
    if policy is None:
        return "the gap's ToolPolicy is not there"
    generation = policy.spec.generation
    if policy.spec.mode == "Paused":
        return "the ToolPolicy is paused"
    if plan.generator not in generation.generators:
        return f"the ToolPolicy's generation.generators has no {plan.generator}"
    past = tried(gap, plan)
    if len(past) >= generation.attempts:
        return f"{len(past)} of {generation.attempts} attempts are used up: a person has to look"
    if len(gap.status.drafting) >= MOST_DRAFTINGS:
        return f"{MOST_DRAFTINGS} drafts were made for this gap: a person has to make another gap of it"
    if past and past[-1].outcome == "Repeated":
        return "the same code came twice: a person has to look"
    if sum(one.security for one in past) >= WALLS:
        return f"security rules refused {WALLS} drafts in a row: a person has to look"
    return ""


def tried(gap: CapabilityGap, plan: Plan) -> tuple[Drafting, ...]:
    """The attempts at this plan. What was only held is none."""
    return tuple(one for one in gap.status.drafting if one.outcome != "Held" and one.plan == plan.content)


def _wanted(gap: CapabilityGap, plan: Plan, world: World, now: datetime) -> Refusal | Rest | None:
    """None: a first draft. A refusal: another one, against it. Rest: none is needed."""
    tool = world.tool
    if tool is None:
        return _unseen(gap, now)
    if tool.spec.requested_by != world.author:
        return Rest(f"{tool.spec.requested_by or 'somebody'} wrote {tool.name} since; it is theirs now")
    if tool.status.observed_generation != tool.metadata.generation:
        return Rest("the tool was not judged yet")
    if changed(plan, tool):
        return None
    if plan.generator != "Model":
        return Rest(f"{tool.name} is made")
    return refusal(tool, world.revision) or Rest(
        f"nothing is held against {tool.name} that its author could mend"
    )


def _unseen(gap: CapabilityGap, now: datetime) -> Rest | None:
    """A tool that was written a moment ago is on its way to us; one that stays away was deleted."""
    past = gap.status.drafting
    until = past[-1].at + SEEN_BY if past and past[-1].outcome == "Made" else now
    return Rest("the tool was written just now", until) if now < until else None


def changed(plan: Plan, tool: GeneratedTool) -> bool:
    """Whether the plan is another one than the tool was made by."""
    origin = tool.spec.origin
    if origin and origin.plan and plan.content:
        return origin.plan != plan.content
    made = (origin.generator, origin.template, origin.parameters or {}) if origin else None
    return made != (plan.generator, plan.template, plan.parameters or {})


def _under_way(last: Drafting, tool: GeneratedTool | None, now: datetime) -> Rest | Settle:
    if tool and tool.spec.origin and tool.spec.origin.drafting == last.number:
        return Settle(made=True)
    until = last.at + LOST_AFTER
    return Settle(made=False) if now >= until else Rest("a draft is being written", until)


def _paced(past: tuple[Drafting, ...], now: datetime) -> Rest | None:
    """What brought nothing is not tried again at once: a model, or the API server, may have said not now."""
    barren = 0
    for one in reversed(past):
        if one.outcome not in ("Failed", "Lost"):
            break
        barren += 1
    if not barren:
        return None
    until = past[-1].at + PAUSE * 2 ** (barren - 1)
    return Rest(f"the last try brought nothing: {past[-1].because}", until) if now < until else None


def _generator(plan: Plan) -> Generator:
    assert plan.generator != "Existing"  # noqa: S101  # `planned` answers none of these
    return plan.generator


def _next_number(past: tuple[Drafting, ...]) -> int:
    """One more than the last; what was held keeps its number and is begun under it."""
    if not past:
        return 1
    return past[-1].number if past[-1].outcome == "Held" else past[-1].number + 1


def noted(past: tuple[Drafting, ...], entry: Drafting) -> tuple[Drafting, ...]:
    """The story with this entry in it, in place of one of the same number; the newest twenty."""
    return (*(one for one in past if one.number != entry.number), entry)[-MOST_DRAFTINGS:]
