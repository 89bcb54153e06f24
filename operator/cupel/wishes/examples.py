"""Whether a template's tool takes the calls a wish gives as examples, also by other argument names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from cupel.api.common import JsonObject
from cupel.api.draft import Draft
from cupel.templates.catalogue import Template, TemplateProblem

from .heard import Example


def fitted(template: Template, parameters: JsonObject, examples: tuple[Example, ...]) -> JsonObject | None:
    """The parameters, with the examples' argument names; None when the tool takes or gives other things."""
    draft = _draft(template, parameters)
    if draft is None:
        return None
    names = _names(draft, examples)
    if names is None:
        return None
    if names:
        parameters = {**parameters, "arguments": names}
        draft = _draft(template, parameters)
    return parameters if draft is not None and _holds(draft, examples) else None


def _draft(template: Template, parameters: JsonObject) -> Draft | None:
    try:
        return template.make(template.read(parameters))
    except TemplateProblem:
        return None


def _holds(draft: Draft, examples: tuple[Example, ...]) -> bool:
    takes = Draft202012Validator(draft.interface.input_schema)
    gives = Draft202012Validator(draft.interface.output_schema or {})
    return all(takes.is_valid(each.arguments) and gives.is_valid(each.result) for each in examples)


def _names(draft: Draft, examples: tuple[Example, ...]) -> dict[str, str] | None:
    """{the tool's name: the example's name}, each argument fitting exactly one property; None otherwise."""
    properties: Mapping[str, Any] = draft.interface.input_schema.get("properties", {})
    given: dict[str, list[object]] = {}
    for example in examples:
        for name, value in example.arguments.items():
            given.setdefault(name, []).append(value)
    names: dict[str, str] = {}
    free = [name for name in properties if name not in given]
    for name in given:
        if name in properties:
            continue
        fits = [each for each in free if all(_valid(properties[each], value) for value in given[name])]
        if len(fits) > 1:  # then a required one is meant, if that is clear
            fits = [each for each in fits if each in draft.interface.input_schema.get("required", ())]
        if len(fits) != 1:
            return None
        names[fits[0]] = name
        free.remove(fits[0])
    return names


def _valid(schema: Any, value: object) -> bool:
    return bool(Draft202012Validator(schema).is_valid(value))
