"""All templates by name, and `make`: a name and parameters in, a draft out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cupel.api.common import JsonObject
from cupel.api.draft import Draft

from .calendars import CALENDAR
from .csv_shape import CSV_SHAPE
from .dates import DATE_ARITHMETIC
from .html_pick import HTML_PICK
from .http_json import HTTP_JSON
from .json_shape import JSON_SHAPE
from .money import MONEY_ARITHMETIC
from .problem import TemplateProblem
from .statistics import STATISTICS
from .template import Template
from .text_convert import TEXT_CONVERT
from .text_extract import TEXT_EXTRACT
from .text_measure import TEXT_MEASURE
from .tracker import TRACKER
from .unit_convert import UNIT_CONVERT
from .validate import VALIDATE
from .xml_pick import XML_PICK

ALL = (CALENDAR, CSV_SHAPE, DATE_ARITHMETIC, HTML_PICK, HTTP_JSON, JSON_SHAPE, MONEY_ARITHMETIC, STATISTICS, TEXT_CONVERT, TEXT_EXTRACT, TEXT_MEASURE, TRACKER, UNIT_CONVERT, VALIDATE, XML_PICK)
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
