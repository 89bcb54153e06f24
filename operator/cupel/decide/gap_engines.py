"""The two engines a proposal asks: choosing a template for a wish, and reading an OpenAPI document."""

from __future__ import annotations

from typing import NamedTuple

from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import JsonObject
from cupel.api.draft import Draft
from cupel.templates.problem import TemplateProblem


class Choice(NamedTuple):
    """A template that fits a wish."""

    template: str
    parameters: JsonObject
    confidence: float
    because: str


def chosen(gap: CapabilityGap) -> Choice | None:
    """The template whose words the wish speaks, filled in from the wish and its examples."""
    return None


def drafted(document: str, operation_id: str) -> Draft:
    """The tool an operation would make. Raises TemplateProblem."""
    raise TemplateProblem("operationId", "OpenAPI documents cannot be read yet")
