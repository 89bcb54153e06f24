"""The gate Accepted of a CapabilityGap: references exist, gaps may be filled here, examples make sense."""

from __future__ import annotations

from collections.abc import Callable

from cupel.api.bundle import MAX_DEPTH, canonical, depth
from cupel.api.capability_gap import CapabilityGap

from .gap_world import World
from .plan import Outcome, passed, refused, waiting

MAX_EXAMPLE_BYTES, MAX_EXAMPLES_BYTES = 16_384, 32_768
"""Of one, and of all together. The API server cannot count the bytes of an object that has no schema."""


def accepted(gap: CapabilityGap, world: World) -> Outcome:
    """The first check that objects ends it."""
    for check in CHECKS:
        outcome = check(gap, world)
        if outcome is not None:
            return outcome
    return passed("Accepted", f"asked for by {gap.spec.on_behalf_of or gap.spec.requested_by}")


def _zone(gap: CapabilityGap, world: World) -> Outcome | None:
    if world.zone == "serving":
        return None
    return refused(
        "NotAServingZone",
        f"namespace {gap.namespace} is no serving zone: `kubectl cupel zone init` makes one; or ask in one",
    )


def _closed(gap: CapabilityGap, world: World) -> Outcome | None:
    """At rest: nobody has to do anything, and a person may open it again."""
    if gap.spec.closed is None:
        return None
    return waiting("Closed", f"a person decided against it: {gap.spec.closed.because}")


def _policy(gap: CapabilityGap, world: World) -> Outcome | None:
    name = gap.spec.policy_ref.name
    if world.policy is None:
        return refused("PolicyNotFound", f"`spec.policyRef.name`: there is no ToolPolicy {name} here")
    if world.policy.spec.mode == "Paused":
        return waiting("Paused", f"ToolPolicy {name} is paused")
    if world.policy.spec.generation.gaps == "Forbidden":
        return refused(
            "GapsForbidden",
            f"ToolPolicy {name} takes no gaps (`spec.generation.gaps: Forbidden`): name another in "
            "`spec.policyRef.name`, or have it allow them",
        )
    return None


def _requester(gap: CapabilityGap, world: World) -> Outcome | None:
    if gap.spec.requested_by:
        return None
    return refused(
        "RequesterUnknown",
        "`spec.requestedBy` was not stamped by the API server: install the policy cupel-stamp-gap, then "
        "apply the gap again",
    )


def _examples(gap: CapabilityGap, world: World) -> Outcome | None:
    problem = examples_problem(gap)
    return refused("ExampleInvalid", problem) if problem else None


def _room(gap: CapabilityGap, world: World) -> Outcome | None:
    """What was made already stays, however many gaps there are."""
    if world.policy is None or world.tool is not None:
        return None
    most = world.policy.spec.generation.max_open_gaps
    if world.older < most:
        return None
    return waiting(
        "TooManyGaps",
        f"{world.older} gaps of ToolPolicy {world.policy.name} were asked for before and are open, and it "
        f"takes {most} (`spec.generation.maxOpenGaps`): this one waits until one is answered or closed",
    )


CHECKS: tuple[Callable[[CapabilityGap, World], Outcome | None], ...] = (
    _zone,
    _closed,
    _policy,
    _requester,
    _examples,
    _room,
)


def examples_problem(gap: CapabilityGap) -> str:
    """Empty when one tool could answer all examples."""
    known: dict[bytes, tuple[int, bytes]] = {}
    total = 0
    for index, example in enumerate(gap.spec.examples):
        where = f"`spec.examples[{index}]`"
        if max(depth(example.arguments), depth(example.result)) > MAX_DEPTH:
            return f"{where} must not be nested more than {MAX_DEPTH} deep"
        arguments, result = canonical(example.arguments), canonical(example.result)
        if len(arguments) + len(result) > MAX_EXAMPLE_BYTES:
            return f"{where} must be at most {MAX_EXAMPLE_BYTES} bytes of JSON"
        total += len(arguments) + len(result)
        if total > MAX_EXAMPLES_BYTES:
            return f"`spec.examples` must be at most {MAX_EXAMPLES_BYTES} bytes of JSON together"
        if bad := next((name for name in example.arguments if not name.isidentifier()), None):
            return f"{where}.arguments: {bad[:64]!r} is no name an argument can have: letters, digits and _"
        first, before = known.setdefault(arguments, (index, result))
        if before != result:
            return f"{where} has the arguments of `spec.examples[{first}]` and another result"
    return ""
