"""What who asked for a tool is answered, in words."""

from __future__ import annotations

from collections.abc import Iterable

from .asking_words import Fitting, GapState, NeedAnswer, Offered


def use(found: list[Fitting]) -> NeedAnswer:
    """Tools there are, to be looked at first."""
    names = ", ".join(one.name for one in found)
    message = (
        f"there is such a tool already: {names}. If it does not do, ask again with its name in `checked`"
    )
    return NeedAnswer(answer="UseExisting", message=message, tools=tuple(found))


def recorded(
    gap: GapState, near: Iterable[Fitting], templates: tuple[Offered, ...] = (), *, new: bool
) -> NeedAnswer:
    """The gap a wish became, or is counted on."""
    follow = f"follow it by check_capability (gap {gap.gap}, namespace {gap.namespace}); go on without it"
    if gap.state == "Serving" and gap.tool:
        message = f"this was asked for before, and a tool answers it: {gap.tool}"
    elif new:
        message = f"written down as {gap.gap}: {follow}"
    else:
        message = f"this was asked for already, as {gap.gap}, and your wish is counted: {follow}"
    if templates:
        message += (
            ". Your words choose no template: if one of `templates` makes what you need, ask again with its "
            "name in `template`, and a tool is made at once (describe_template tells its parameters)"
        )
    answer = "Recorded" if new else "AlreadyWanted"
    return NeedAnswer(answer=answer, message=message, tools=tuple(near), gap=gap, templates=templates)
