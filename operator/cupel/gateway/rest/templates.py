"""Templates by REST: which there are, and what one takes."""

from __future__ import annotations

from cupel.api.common import Model
from cupel.templates.catalogue import TEMPLATES

from ..askers import require_scope
from ..asking_words import Offered
from ..offering import TemplateView, described
from .operation import Answer, Asked, Operation


class TemplateList(Model):
    """All of them, in order of their names."""

    templates: tuple[Offered, ...]


def operations() -> tuple[Operation, ...]:
    """Both of them."""
    one = "/templates/{name}"
    return (
        Operation("GET", "/templates", "listTemplates", "What tools can be made by.", _list, TemplateList),
        Operation(
            "GET",
            one,
            "getTemplate",
            "What a template takes.",
            _get,
            TemplateView,
            problems=("unknown-template",),
        ),
    )


async def _list(asked: Asked) -> Answer:
    require_scope(asked.caller, "ask")
    found = (TEMPLATES[name] for name in sorted(TEMPLATES))
    return Answer(TemplateList(templates=tuple(Offered(name=one.name, summary=one.summary) for one in found)))


async def _get(asked: Asked) -> Answer:
    require_scope(asked.caller, "ask")
    return Answer(described(asked.path["name"]))
