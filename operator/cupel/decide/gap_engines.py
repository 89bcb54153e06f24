"""Reading an OpenAPI document: where `gap_proposal` asks for the tool an operation would make."""

from __future__ import annotations

from cupel.api.draft import Draft
from cupel.templates.problem import TemplateProblem


def drafted(document: str, operation_id: str) -> Draft:
    """The tool an operation would make. Raises TemplateProblem."""
    raise TemplateProblem("document", "OpenAPI documents cannot be read by this release")
