"""A template for what `need` says: the one a person names, or those that come near."""

from __future__ import annotations

from collections.abc import Sequence

from cupel.api.capability_gap import WishExample
from cupel.api.common import JsonObject
from cupel.decide.gap_proposal import nearest_templates, to_choose_from
from cupel.templates.catalogue import TemplateProblem

from .output import Exit, Failure
from .template import parameters_of, template_of


def named(name: str, parameters: tuple[str, ...]) -> JsonObject | None:
    """`spec.template` of the gap; None where no template is named. Raises Failure, that names the option."""
    if not name:
        if parameters:
            raise Failure("-p goes with --template: parameters are a template's", Exit.UNUSABLE)
        return None
    template, given = template_of(name), parameters_of(parameters)
    try:
        template.read(given)
    except TemplateProblem as problem:
        said = f"-p {problem}; cupel template show {name} tells what it takes"
        raise Failure(said, Exit.UNUSABLE) from None
    return {"name": name, "parameters": given}


def advice(wish: str, examples: Sequence[WishExample]) -> str:
    """What to do when the words of a wish choose no template; empty when they choose one, or may have none.

    The wish is not in it: it may be a stranger's, and this is for pasting into a shell.
    """
    if not to_choose_from(wish, examples):
        return ""
    near = nearest_templates(wish)
    which = f"nearest: {', '.join(near)}" if near else "cupel template list shows them"
    name = near[0] if near else "NAME"
    return (
        f"its words choose no template ({which}). If one makes what you need, ask again in the same words "
        f"with it, such as --template {name}; cupel template show {name} tells what it takes"
    )
