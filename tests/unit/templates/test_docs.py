"""docs/templates.md names every template with its parameters and an example; `python -m tests.unit.templates.test_docs` writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cupel.templates.catalogue import TEMPLATES
from cupel.templates.template import Template
from cupel.templates.words import Parameters

DOCS = Path(__file__).parents[3] / "docs" / "templates.md"
BLOCK = re.compile(r"(?<=<!-- templates -->\n).*(?=<!-- end of templates -->)", re.DOTALL)
COMMON = Parameters.model_json_schema(by_alias=True)["properties"]


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def kind(schema: dict[str, Any], root: dict[str, Any]) -> str:
    """A type in words."""
    if "$ref" in schema:
        fields = root["$defs"][schema["$ref"].rpartition("/")[2]]
        return "{" + ", ".join(fields["properties"]) + "}"
    if "anyOf" in schema:
        return " or ".join(
            dict.fromkeys(kind(each, root) for each in schema["anyOf"] if each.get("type") != "null")
        )
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'], root)}"
    return str(schema.get("format") or schema.get("type") or schema.get("const") or "anything")


def shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= 60 else "many; `cupel template show` lists them"


def table(template: Template) -> Iterator[str]:
    root = template.parameters.model_json_schema(by_alias=True)
    yield f"### {template.name}"
    yield f"{template.summary}\n"
    yield "| parameter | what | default | |"
    yield "| --- | --- | --- | --- |"
    for name, each in root["properties"].items():
        if name not in COMMON:
            default = shown(each["default"]) if each.get("default") is not None else ""
            yield f"| `{name}` | {cell(kind(each, root))} | {cell(default)} | {cell(each.get('description', ''))} |"
    yield f"\n```json\n{json.dumps(template.example, ensure_ascii=False, indent=1 if len(json.dumps(template.example)) > 100 else None)}\n```\n"


def generated() -> str:
    return "\n".join(line for template in TEMPLATES.values() for line in table(template)) + "\n"


def test_the_docs_name_every_template_as_it_is() -> None:
    found = BLOCK.search(DOCS.read_text(encoding="utf-8"))

    assert found and found[0] == generated(), "write it anew: python -m tests.unit.templates.test_docs"


def test_what_all_templates_take_is_in_the_docs() -> None:
    text = DOCS.read_text(encoding="utf-8")

    assert all(f"`{name}`" in text for name in COMMON)


if __name__ == "__main__":
    DOCS.write_text(BLOCK.sub(lambda _: generated(), DOCS.read_text(encoding="utf-8")), encoding="utf-8")
