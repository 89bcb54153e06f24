"""Operations of an OpenAPI document as tools: exactly their egress, their arguments, and no way round the bounds."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.mutants import mutants, survives
from tests.support.trying import faults
from tests.unit.templates.drafts import accepted

from cupel.templates.openapi import draft_of
from cupel.templates.problem import TemplateProblem

PETS = (Path(__file__).parent / "pets.yaml").read_text(encoding="utf-8")
OPERATIONS = ("showPet", "replacePet", "listPets", "addTags")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_makes_a_tool_that_passes_the_gates(operation: str) -> None:
    draft = draft_of(PETS, operation)

    assert accepted(draft) == ""
    assert faults(draft) == {}
    assert draft.permissions.egress == ("eu.pets.example:8443",)
    assert draft == draft_of(json.dumps(yaml.safe_load(PETS)), operation)


def test_an_operation_is_found_by_its_method_and_path() -> None:
    assert draft_of(PETS, "GET /pets/{petId}") == draft_of(PETS, "showPet")


def test_arguments_are_path_query_header_and_the_fields_of_the_body() -> None:
    assert list(draft_of(PETS, "showPet").interface.input_schema["properties"]) == [
        "petId",
        "fields",
        "X_Trace",
        "verbose",
    ]
    assert draft_of(PETS, "replacePet").interface.input_schema["required"] == ["petId", "name"]
    assert list(draft_of(PETS, "addTags").interface.input_schema["properties"]) == ["body_"]


def test_the_document_s_own_examples_are_recorded() -> None:
    first = draft_of(PETS, "showPet").examples[0]

    assert first.arguments["petId"] == 7
    assert (
        first.exchanges[0].request.url
        == "https://eu.pets.example:8443/v2/pets/7?fields=name&fields=tag&verbose=true"
    )
    assert first.result == {
        "status": 200,
        "body": {"id": 7, "name": "Rex", "since": "2026-01-01"},
    }


def test_credentials_are_those_the_egress_proxy_can_add() -> None:
    assert draft_of(PETS, "listPets").permissions.credentials == ("api-key-header",)
    assert draft_of(PETS, "replacePet").permissions.credentials == ()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_most_mutants_are_killed(operation: str) -> None:
    draft = draft_of(PETS, operation)
    every = mutants(draft)
    alive = [each.change for each in every if survives(draft, each)]

    assert len(alive) <= 0.2 * len(every), alive


def changed(*path: str, to: Any) -> str:
    """The document with one thing in it changed."""
    root = yaml.safe_load(PETS)
    node = root
    for word in path[:-1]:
        node = node[word]
    node[path[-1]] = to
    return yaml.safe_dump(root, sort_keys=False)


LIST = ("paths", "/pets", "get")
LOOP = {"type": "object", "properties": {"inner": {"$ref": "#/components/schemas/Pet"}}}


@pytest.mark.parametrize(
    ("document", "field", "says"),
    [
        pytest.param("x" * 65_537, "document", "at most", id="too long"),
        pytest.param("a: [", "document", "neither JSON nor YAML", id="no YAML"),
        pytest.param("a: &x [1]\nb: *x\nopenapi: 3.1.0", "document", "anchors", id="anchors that unfold"),
        pytest.param("!!python/object/apply:os.system [id]", "document", "neither", id="a tag that makes objects"),
        pytest.param("swagger: '2.0'", "document", "3.0 or 3.1", id="another version"),
        pytest.param(changed("servers", to=[]), "servers", "absolute url", id="no server"),
        pytest.param(changed("servers", to=[{"url": "/v2"}]), "servers[0].url", "absolute", id="a relative server"),
        pytest.param(changed("servers", to=[{"url": "https://u:p@x.example"}]), "servers[0].url", "absolute", id="a user"),
        pytest.param(changed("servers", to=[{"url": "https://x.example/../a"}]), "servers[0].url", "absolute", id="a way out"),
        pytest.param(changed(*LIST, "responses", to={}), "responses", "a good one", id="no good answer"),
        pytest.param(changed(*LIST, "parameters", to=[{"$ref": "other.yaml#/a"}]), "document", "into this document", id="a foreign reference"),
        pytest.param(changed(*LIST, "parameters", to=[{"$ref": "#/nowhere"}]), "document", "names nothing", id="a reference to nothing"),
        pytest.param(
            changed("components", "parameters", "A", to={"$ref": "#/components/parameters/A"}).replace(
                "name: limit", "$ref: '#/components/parameters/A'\n        name: limit"
            ), "document", "back to itself", id="a reference to itself",
        ),
        pytest.param(
            changed(*LIST, "parameters", to=[{"name": "s", "in": "cookie", "required": True}]), "parameters.s", "cookies", id="a cookie",
        ),
        pytest.param(changed(*LIST, "parameters", to=[{"name": "a\nb", "in": "query"}]), "parameters", "plain name", id="a name of two lines"),
        pytest.param(changed(*LIST, "security", to=[{"oauth": []}]), "security", "the proxy adds no other", id="OAuth alone"),
        pytest.param(
            changed("paths", "/pets", "post", "requestBody", to={"content": {"text/plain": {}}}), "operationId", "no such", id="not asked for",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_tool_is_refused_with_the_field(document: str, field: str, says: str) -> None:
    with pytest.raises(TemplateProblem) as caught:
        draft_of(document, "nothing" if field == "operationId" else "listPets")
    assert caught.value.field == field
    assert says in caught.value.message


def test_a_schema_that_contains_itself_ends() -> None:
    draft = draft_of(changed("components", "schemas", "Pet", to=LOOP), "listPets")

    assert accepted(draft) == ""
    assert faults(draft) == {}


@pytest.mark.parametrize("text", ['"""\nimport os\n', "'); import os", "a\u2028b", "{x}"], ids=ascii)
def test_words_of_the_document_become_no_code(text: str) -> None:
    plain = draft_of(PETS, "listPets")
    spoken = draft_of(changed(*LIST, "summary", to=text), "listPets")

    assert spoken.code == plain.code
    assert "\n" not in spoken.description


def test_an_enum_of_strings_is_data() -> None:
    hostile = '"); import os; ("'
    parameters = [{"name": "kind", "in": "query", "schema": {"type": "string", "enum": [hostile]}}]
    draft = draft_of(changed(*LIST, "parameters", to=parameters), "listPets")

    assert faults(draft) == {}
    assert "import os" not in draft.code


BOMBS = [
    ("variables that double", {"url": "https://{a}", "variables": {
        **{chr(97 + n): {"default": "{" + chr(98 + n) + "}" * 1 + "{" + chr(98 + n) + "}"} for n in range(25)}, "z": {"default": "x"}}}, {}, "servers[0].url"),
    ("a long default, many times", {"url": "https://" + "{a}" * 500, "variables": {"a": {"default": "x" * 500}}}, {}, "servers[0].url"),
    ("lists of a hundred lists of a hundred lists", {"url": "https://a.example"}, {"type": "array", "minItems": 100, "items": {
        "type": "array", "minItems": 100, "items": {"type": "array", "minItems": 100, "items": {"type": "integer"}}}}, "minItems"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("server", "schema", "says"), [row[1:] for row in BOMBS], ids=[row[0] for row in BOMBS]
)
def test_a_small_document_makes_nothing_large(server, schema, says):
    body = {
        "content": {
            "application/json": {"schema": {"type": "object", "properties": {"a": schema}, "required": ["a"]}}
        }
    }
    operation = {"operationId": "go", "requestBody": body, "responses": {"200": {"description": "ok"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [server],
        "paths": {"/p": {"post": operation}},
    }
    with pytest.raises(TemplateProblem, match=re.escape(says)):
        draft_of(json.dumps(document), "go")


def test_nested_brackets_are_refused_before_anything_is_built():
    with pytest.raises(TemplateProblem, match="deep"):
        draft_of("[" * 60_000, "go")


def test_arguments_named_as_python_names_nothing_else_get_another_name():
    parameters = [
        {"name": name, "in": "query", "schema": {"type": "string"}} for name in ("from", "class", "None")
    ]
    operation = {"operationId": "go", "parameters": parameters, "responses": {"200": {"description": "ok"}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://a.example"}],
        "paths": {"/p": {"get": operation}},
    }
    draft = draft_of(json.dumps(document), "go")
    assert not {"from", "class", "None"} & set(draft.interface.input_schema["properties"])
    compile(draft.code, "tool", "exec")
