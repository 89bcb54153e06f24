"""The gate Planned of a CapabilityGap: which tool answers it, or how one is to be made."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import Answer, Plan

from .gap_twin import answered_by_twin
from .gap_world import Near, Way, World
from .plan import Outcome, passed, refused, waiting

REASONS = {
    "Existing": "ToolExists",
    "Template": "TemplateFits",
    "OpenAPI": "OperationGiven",
    "Model": "ModelMayTry",
}
"""Why a plan with this generator passes."""
HONESTLY = (
    "If it is meant otherwise, say in plain words what goes in and what comes out, or name "
    "`spec.template`; else close it with `spec.closed.because`"
)
MODEL = Way(
    "Model", "no served tool and no template answers it, and the policy lets a model try", None, None, 0
)


def planned(gap: CapabilityGap, world: World) -> Outcome:
    """In this order: the plan a tool was made by, a tool that serves or another gap's by the same plan, a
    template or operation, a model.

    Nothing comes of a hostile wish. What names a template is judged by that: the wish makes none of its code.
    """
    if (kept := _kept(gap, world)) is not None:
        return passed(REASONS[kept.generator], kept.because, plan=kept)
    if world.proposal.hostile:
        said = f"`spec.wish`: {world.proposal.hostile} {HONESTLY}"
        return refused("WishRefused", said, plan=None, answered_by=())
    near = answers(gap, world)
    shown = tuple(Answer(tool_name=one.tool_name, score_per_mille=one.per_mille) for one in near)
    if not world.proposal.named and world.tool is None and near and near[0].fits:
        return passed("ToolExists", _exists(near[0]), plan=_existing(gap, near[0], world), answered_by=shown)
    reason, problem = world.proposal.problem
    if reason:
        return refused(reason, problem, plan=None, answered_by=shown)
    way = _allowed(world)
    same = answered_by_twin(gap, world.twin, world.proposal.content)
    if same is not None and (way is not None or (world.twin is not None and world.twin.by_words)):
        return replace(same, evidence={**same.evidence, "answered_by": shown})
    if way is not None:
        plan = _made(way, gap, world)
        return passed(REASONS[plan.generator], plan.because, plan=plan, answered_by=shown)
    if world.proposal.named:
        return refused("GeneratorNotAllowed", _forbidden(world), plan=None, answered_by=shown)
    return waiting("NothingFits", _nothing(near, world), plan=None, answered_by=shown)


def answers(gap: CapabilityGap, world: World) -> tuple[Near, ...]:
    """Served tools that come near, but those the asker looked at: they do not do."""
    return tuple(one for one in world.near if one.tool_name not in gap.spec.checked)


def names_for(gap: CapabilityGap) -> tuple[str, ...]:
    """What its tool may be called, best first: as wished, as the gap, or as nothing else can be called."""
    unlike = hashlib.sha256(gap.metadata.uid.encode()).hexdigest()[:10]
    wished = (gap.spec.tool_name,) if gap.spec.tool_name else ()
    return (*wished, gap.name, f"{gap.name[:52].rstrip('-')}-{unlike}")


def _kept(gap: CapabilityGap, world: World) -> Plan | None:
    """A tool that was made is not made otherwise because Cupel would choose otherwise today."""
    plan = gap.status.plan
    if plan is None or world.tool is None or plan.generator == "Existing":
        return None
    return plan if plan.content == world.proposal.content else None


def _existing(gap: CapabilityGap, near: Near, world: World) -> Plan:
    return Plan(
        generator="Existing",
        tool_name=near.tool_name,
        because=_exists(near),
        content=world.proposal.content,
        confidence_per_mille=near.per_mille,
    )


def _exists(near: Near) -> str:
    return (
        f"{near.tool_name} serves and comes near enough ({near.per_mille} of 1000); if it does not, name it "
        "in `spec.checked`"
    )


def _allowed(world: World) -> Way | None:
    """The way proposed, or a model's, where the policy allows it."""
    generators = world.policy.spec.generation.generators if world.policy else ()
    way = world.proposal.way
    if way is not None and way.generator in generators:
        return way
    return MODEL if "Model" in generators and not world.proposal.named else None


def _made(way: Way, gap: CapabilityGap, world: World) -> Plan:
    name = world.tool.name if world.tool else next(n for n in names_for(gap) if n not in world.taken)
    return Plan(
        generator=way.generator,
        template=way.template,
        parameters=way.parameters,
        tool_name=name,
        because=way.because[:1024],
        content=world.proposal.content,
        confidence_per_mille=way.confidence_per_mille,
    )


def _forbidden(world: World) -> str:
    way, policy = world.proposal.way, world.policy
    field = "openapi" if way and way.generator == "OpenAPI" else "template"
    allowed = ", ".join(policy.spec.generation.generators) if policy else ""
    return (
        f"`spec.{field}`: ToolPolicy {policy.name if policy else ''} does not allow generator "
        f"{way.generator if way else ''}; allowed (`spec.generation.generators`): {allowed or 'none'}"
    )


def _nothing(near: tuple[Near, ...], world: World) -> str:
    """What would help, and what came nearest."""
    tools = ", ".join(f"{one.tool_name} ({one.per_mille} of 1000)" for one in near[:3])
    templates = ", ".join(world.proposal.templates[:3])
    said = ["no served tool and no template answers it"]
    if world.proposal.way is not None:
        said.append(f"generator {world.proposal.way.generator} could, and the policy does not allow it")
    if tools:
        said.append(f"nearest tools: {tools}")
    if templates:
        said.append(f"nearest templates: {templates}")
    said.append(
        "what would help: name `spec.template` or `spec.openapi`, word `spec.wish` otherwise, give "
        "`spec.examples`, apply a GeneratedTool, allow generator Model in the ToolPolicy, or close it with "
        "`spec.closed.because`"
    )
    return "; ".join(said)
