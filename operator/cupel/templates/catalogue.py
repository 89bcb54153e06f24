"""All templates by name, and `make`: a name and parameters in, a draft out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cupel.api.common import JsonObject
from cupel.api.draft import Draft

from .calendars import CALENDAR
from .dates import DATE_ARITHMETIC
from .money import MONEY_ARITHMETIC
from .problem import TemplateProblem
from .statistics import STATISTICS
from .template import Template
from .text_measure import TEXT_MEASURE
from .unit_convert import UNIT_CONVERT
from .validate import VALIDATE

ALL = (CALENDAR, DATE_ARITHMETIC, MONEY_ARITHMETIC, STATISTICS, TEXT_MEASURE, UNIT_CONVERT, VALIDATE)
TEMPLATES: Mapping[str, Template] = MappingProxyType({each.name: each for each in ALL})


def make(name: str, parameters: JsonObject) -> Draft:
    """The draft a template makes. Raises TemplateProblem with the field and what would make it right."""
    template = TEMPLATES.get(name)
    if template is None:
        raise TemplateProblem(
            "template", f"there is no template {name[:64]!r}; there are {', '.join(TEMPLATES)}"
        )
    return template.make(template.read(parameters))


__all__ = ["TEMPLATES", "Template", "TemplateProblem", "make"]
