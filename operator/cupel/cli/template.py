"""`template list|show|make`: tools made from templates, without a cluster."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError
from rich.table import Table

from cupel.api.common import API_VERSION, JsonObject, ObjectName
from cupel.api.draft import Draft
from cupel.templates.catalogue import TEMPLATES
from cupel.templates.catalogue import make as make_draft
from cupel.templates.problem import A_LIST, TemplateProblem
from cupel.templates.template import VERSION, Template

from .output import Exit, Failure, Format, console, cut, print_json

NAME = TypeAdapter(ObjectName)


@dataclass(frozen=True)
class Asked:
    """What `template make` was asked for."""

    template: str
    parameters: tuple[str, ...]
    name: str
    policy: str


def show_all(output: Format) -> Exit:
    if output is Format.JSON:
        print_json(
            {"format": "cupel.dev/template-list/v1", "items": [_row(each) for each in TEMPLATES.values()]}
        )
        return Exit.OK
    grid = Table(box=None, pad_edge=False, header_style="bold")
    grid.add_column("TEMPLATE", no_wrap=True)
    grid.add_column("MAKES")
    for each in TEMPLATES.values():
        grid.add_row(each.name, each.summary)
    console().print(grid)
    return Exit.OK


def _row(template: Template) -> JsonObject:
    return {"name": template.name, "title": template.title, "summary": template.summary}


def show_one(name: str, output: Format) -> Exit:
    template = template_of(name)
    schema = template.parameters.model_json_schema(by_alias=True)
    if output is Format.JSON:
        print_json(
            {
                "format": "cupel.dev/template/v1",
                **_row(template),
                "keywords": list(template.keywords),
                "parameters": schema,
                "example": template.example,
            }
        )
        return Exit.OK
    out = console()
    out.print(f"{template.name}: {template.summary}")
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("PARAMETER", "DEFAULT", "MEANING"):
        grid.add_column(heading, no_wrap=heading == "PARAMETER")
    for key, each in schema["properties"].items():
        grid.add_row(key, _shown(each.get("default")), each.get("description", ""))
    out.print(grid)
    out.print(f"example: {json.dumps(template.example, ensure_ascii=False)}")
    return Exit.OK


def _shown(value: Any) -> str:
    text = "" if value is None else json.dumps(value, ensure_ascii=False)
    return cut(text, 40)


def make(asked: Asked, output: Format) -> Exit:
    template_of(asked.template)
    parameters = parameters_of(asked.parameters)
    try:
        draft = make_draft(asked.template, parameters)
    except TemplateProblem as problem:
        raise Failure(f"{asked.template}: {problem}{_as_list(problem, parameters)}", Exit.REFUSED) from None
    name = asked.name or asked.template
    for what, given in (("--name", name), ("--policy", asked.policy)):
        if not _is_name(given):
            raise Failure(
                f"{what} {given}: must be lower-case letters, digits and hyphens, at most 63", Exit.UNUSABLE
            )
    body = manifest(draft, name, asked.policy, {"template": asked.template, "parameters": parameters})
    if output is Format.JSON:
        print_json(body)
    else:
        print(yaml.dump(body, Dumper=Readable, sort_keys=False, allow_unicode=True, width=110), end="")
    return Exit.OK


def _as_list(problem: TemplateProblem, parameters: JsonObject) -> str:
    """How a single value is written where a list is wanted."""
    value = parameters.get(problem.field)
    if problem.message != A_LIST or value is None or isinstance(value, (list, dict)):
        return ""
    return f": -p '{problem.field}={json.dumps([value], ensure_ascii=False)}'"


def _is_name(given: str) -> bool:
    try:
        NAME.validate_python(given)
    except ValidationError:
        return False
    return True


def manifest(draft: Draft, name: str, policy: str, origin: JsonObject) -> JsonObject:
    """A GeneratedTool that asks for the draft."""
    told = draft.wire()
    spec: JsonObject = {
        "description": told["description"],
        "interface": told["interface"],
        "examples": told["examples"],
        "tests": told["tests"],
        "source": {"type": "Inline", "inline": {"code": told["code"]}},
        "permissions": told["permissions"],
        "policyRef": {"name": policy},
    }
    spec["origin"] = {"generator": "Template", "version": str(VERSION), **origin}
    return {"apiVersion": API_VERSION, "kind": "GeneratedTool", "metadata": {"name": name}, "spec": spec}


class Readable(yaml.SafeDumper):
    """YAML for people: texts of several lines as blocks, no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Readable.add_representer(str, _block)


def template_of(name: str) -> Template:
    """Raises Failure, naming those there are."""
    if name not in TEMPLATES:
        raise Failure(f"there is no template {name}; there are {', '.join(TEMPLATES)}", Exit.UNUSABLE)
    return TEMPLATES[name]


def parameters_of(given: tuple[str, ...]) -> JsonObject:
    """KEY=VALUE as an object; a value that is no JSON is text."""
    found: JsonObject = {}
    for each in given:
        key, mark, value = each.partition("=")
        if not mark or not key:
            raise Failure(f"-p {each}: must be KEY=VALUE", Exit.UNUSABLE)
        try:
            found[key] = json.loads(value)
        except ValueError:
            found[key] = value
    return found
