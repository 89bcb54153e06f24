"""Gaps that would be answered by the same tool: of one template, one set of parameters and one policy. Pure.

Wishes in other words come to one plan; one tool answers them all, and people decide about it once.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from cupel.api.bundle import canonical
from cupel.api.capability_gap import CapabilityGap
from cupel.api.capability_gap_status import MAX_ALIKE, Plan
from cupel.api.common import JsonObject
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import AUTHOR
from cupel.wishes.same import fingerprint

from .authoring import changed
from .plan import Outcome, passed, refused, waiting
from .trials import FOR_THE_AUTHOR

SURE = 1000
SAME_PLAN = "is answered by the same template with the same parameters"
ITS_OWN = FOR_THE_AUTHOR | {"NameTaken", "NameReserved", "ExampleInvalid", "BundleTooLarge"}
"""Refusals that hang on the other gap's examples or its tool's name: they say nothing of anybody else's."""
BY_PEOPLE = frozenset({"Rejected", "Condemned", "Retired"})
"""Refusals that stand even when the other gap is closed: nobody is asked the same twice."""


class Twin(NamedTuple):
    """The gap that came first to the same plan."""

    gap: str
    tool_name: str = ""
    """MCP name of the tool made for it; empty while there is none."""
    serves: bool = False
    refused: str = ""
    """Why its tool will not serve, where that is so for whoever asks for the same: reason and message."""
    by_words: bool = False
    """It asks in the same words and names a template or document, which this one's words chose none of."""


def same_plan(policy: str, template: str, parameters: JsonObject | None) -> str:
    """What gaps with one plan have in common, as a name to find them by."""
    return hashlib.sha256(canonical([policy, template, parameters or {}])).hexdigest()[:16]


def same_words(policy: str, wish: str) -> str:
    """What gaps of one policy that ask in the same words have in common, in whatever order or language."""
    return f"{policy}/{fingerprint(wish)}"


def twin_of(other: CapabilityGap, made: GeneratedTool) -> Twin | None:
    """The other gap and the tool the author made for it, as far as that concerns who asks for the same."""
    if made.spec.requested_by != AUTHOR:
        return None  # a person has changed it since: it is theirs
    if _serves_what_is_planned(other, made):
        return Twin(other.name, made.tool_name, serves=True)
    reason, said = _refusal(made)
    if reason in ITS_OWN or (other.spec.closed is not None and reason not in BY_PEOPLE):
        return None
    return Twin(other.name, made.tool_name, refused=said)


def foremost(twins: list[Twin]) -> Twin | None:
    """One whose tool serves, else one on its way, else one that was refused; of several the oldest."""
    return min(twins, key=lambda twin: (not twin.serves, bool(twin.refused)), default=None)


def answered_by_twin(gap: CapabilityGap, twin: Twin | None, content: str) -> Outcome | None:
    """The other gap's tool, waiting for it, or what refused it; none for who names a tool of their own, or
    has looked at that one.
    """
    if twin is None or gap.spec.tool_name or twin.tool_name in gap.spec.checked:
        return None
    alike = "asks in the same words and names what makes it" if twin.by_words else SAME_PLAN
    same = f"CapabilityGap {twin.gap} {alike}"
    if twin.serves:
        because = f"{twin.tool_name} serves: {same}; if it does not do, name it in `spec.checked`"
        plan = Plan(
            generator="Existing", tool_name=twin.tool_name, because=because, content=content,
            confidence_per_mille=SURE,
        )  # fmt: skip
        return passed("ToolExists", because, plan=plan)
    if twin.refused:
        said = f"{same}, and its tool {twin.tool_name} was refused ({twin.refused}). {_ways_on(twin)}"
        return refused("TwinRefused", said, plan=None, same_as=twin.gap)
    tool = f"its tool {twin.tool_name}" if twin.tool_name else "its tool"
    return waiting("SamePlan", f"{same}: this one is, too, once {tool} serves", plan=None, same_as=twin.gap)


def also_asked_by(gap: CapabilityGap, alike: tuple[str, ...]) -> tuple[str, ...]:
    """Who asked for the same in other words, as far as there is room. None is forgotten: they did ask."""
    named = dict.fromkeys((*gap.status.also_asked_by, *alike))
    return tuple(name for name in named if name not in gap.askers)[:MAX_ALIKE]


def _ways_on(twin: Twin) -> str:
    return (
        "Word `spec.wish` otherwise or name another `spec.template`; for a tool of its own all the same, "
        f"which people decide about anew, set `spec.toolName` or name {twin.tool_name} in `spec.checked`; "
        "else close it with `spec.closed.because`"
    )


def _serves_what_is_planned(other: CapabilityGap, made: GeneratedTool) -> bool:
    """Not what it was made of before its gap was reworded, which may serve meanwhile."""
    plan, serving = other.status.plan, made.status.serving
    if made.spec.lifecycle == "Retired" or serving is None or (plan is not None and changed(plan, made)):
        return False
    return serving.digest == made.status.digest


def _refusal(made: GeneratedTool) -> tuple[str, str]:
    """Reason, and both as words; empty while nothing refuses its present content."""
    if made.spec.lifecycle == "Retired":
        use = f"; {made.spec.successor} is to be used instead" if made.spec.successor else ""
        return "Retired", f"Retired: it was taken out of use{use}"
    if made.status.observed_generation != made.metadata.generation:
        return "", ""
    stalled = next((c for c in made.status.conditions if c.type == "Stalled"), None)
    return (stalled.reason, f"{stalled.reason}: {stalled.message}"[:600]) if stalled else ("", "")
