"""Template: a name, the words people use for it, its parameters, and what makes a draft of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from cupel.api.common import JsonObject
from cupel.api.draft import Draft
from cupel.api.generated_tool import Interface
from cupel.api.permissions import Permissions
from cupel.api.trial import Trial

from .literals import Value, filled
from .problem import TemplateProblem, first_problem
from .pruning import pruned
from .renaming import renamed
from .words import Parameters

NONE = Permissions()
VERSION = 1
"""Raised when a template makes other tools of the same parameters."""


@dataclass(frozen=True)
class Made:
    """What a template's own function gives: the draft, less what all drafts have in common."""

    description: str
    arguments: JsonObject
    result: JsonObject
    code: str
    constants: dict[str, Value]
    examples: tuple[Trial, ...]
    tests: tuple[Trial, ...]
    permissions: Permissions = NONE
    lines: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Lines of the template's own for the marks in the code: never a parameter's text."""


@dataclass(frozen=True)
class Template:
    """One kind of tool."""

    name: str
    title: str
    summary: str
    keywords: tuple[str, ...]
    parameters: type[Parameters]
    build: Callable[[Any], Made]
    example: JsonObject
    """Parameters that make a useful tool."""
    variants: tuple[JsonObject, ...] = ()
    """Further parameters that show what else it makes."""

    def read(self, parameters: JsonObject) -> Parameters:
        """The parameters as the model. Raises TemplateProblem."""
        try:
            return self.parameters.model_validate(parameters)
        except ValidationError as error:
            known = (field.alias or name for name, field in self.parameters.model_fields.items())
            raise first_problem(error, tuple(known)) from None

    def make(self, parameters: Parameters) -> Draft:
        """A whole draft; the same for the same parameters. Raises TemplateProblem."""
        made = self.build(parameters)
        try:
            draft = _draft(self, made, parameters)
        except ValidationError as error:
            problem = first_problem(error)
            raise TemplateProblem("", f"these parameters make too large a tool: {problem}") from None
        return renamed(draft, parameters.arguments)


def _draft(template: Template, made: Made, parameters: Parameters) -> Draft:
    return Draft(
        description=parameters.description or made.description,
        interface=Interface(input_schema=made.arguments, output_schema=made.result),
        code=pruned(filled(made.code, made.constants, made.lines)),
        examples=made.examples,
        tests=made.tests,
        permissions=made.permissions,
        notes=f"Made by the template {template.name}, version {VERSION}: {template.summary}"[:1024],
        keywords=template.keywords,
    )
