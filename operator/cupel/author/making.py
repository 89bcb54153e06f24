"""Making a draft, by whichever generator the plan names: one protocol, three ways."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from cupel.api.capability_gap import CapabilityGap
from cupel.api.draft import Draft
from cupel.api.generation import Origin
from cupel.decide.authoring import Make
from cupel.decide.spending import Spent
from cupel.generate.drafting import drafted, set_aside
from cupel.generate.model import Asker, Barren
from cupel.templates.catalogue import TemplateProblem, make
from cupel.templates.openapi import draft_of

NOTHING = Spent()


class NotMade(Exception):
    """No draft came; the text says why, for people. `used`: what it cost all the same."""

    def __init__(self, because: str, used: Spent = NOTHING) -> None:
        super().__init__(because)
        self.used = used


@dataclass(frozen=True)
class Made:
    """A draft, how it was made, and what it cost."""

    draft: Draft
    origin: Origin
    used: Spent = NOTHING


@dataclass(frozen=True)
class Maker:
    """The generators. Without an asker no model is asked."""

    asker: Asker | None

    def reserve(self, gap: CapabilityGap, step: Make, before: str) -> Spent:
        """The most that making this draft may use. Raises NotMade when it cannot be made at all."""
        if step.generator != "Model":
            return NOTHING
        if self.asker is None:
            raise NotMade(
                "the author was told no model: set CUPEL_MODEL_NAME, or leave Model out of the policy"
            )
        return set_aside(self.asker, gap, _told(step), before)

    async def make(self, gap: CapabilityGap, step: Make, before: str) -> Made:
        """Raises NotMade. What reads a stranger's document does so beside the event loop."""
        origin = Origin(
            generator=step.generator,
            template=step.plan.template,
            parameters=step.plan.parameters,
            model=self.asker.offer.name if self.asker and step.generator == "Model" else None,
            gap=gap.name,
            plan=step.plan.content or None,
            drafting=step.number,
        )
        match step.generator:
            case "Model":
                return await self._asked(gap, step, before, origin)
            case "Template":
                return Made(await asyncio.to_thread(_filled, step), origin)
        return Made(await asyncio.to_thread(_operation, gap), origin)

    async def _asked(self, gap: CapabilityGap, step: Make, before: str, origin: Origin) -> Made:
        assert self.asker is not None  # noqa: S101  # `reserve` stands before
        try:
            came = await drafted(self.asker, gap, _told(step), before)
        except Barren as barren:
            raise NotMade(str(barren), barren.used) from barren
        return Made(came.draft, origin, came.used)


def _told(step: Make) -> tuple[str, ...]:
    return step.against.told if step.against else ()


def _filled(step: Make) -> Draft:
    try:
        return make(step.plan.template or "", step.plan.parameters or {})
    except TemplateProblem as problem:
        raise NotMade(f"the template does not take its parameters: {problem}") from problem


def _operation(gap: CapabilityGap) -> Draft:
    if gap.spec.openapi is None:
        raise NotMade("spec.openapi of the gap is gone")
    try:
        return draft_of(gap.spec.openapi.document, gap.spec.openapi.operation_id)
    except TemplateProblem as problem:
        raise NotMade(f"the document gives no tool: {problem}") from problem
