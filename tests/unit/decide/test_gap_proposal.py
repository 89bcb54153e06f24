"""What a gap's content proposes, with the real catalogue, chooser and filter: no World has a say in it."""

from typing import Any

import pytest

from cupel.api.capability_gap import CapabilityGap
from cupel.decide.gap_proposal import proposed
from cupel.templates.catalogue import TEMPLATES


def gap(wish: str = "the median of a list of numbers", **spec: Any) -> CapabilityGap:
    return CapabilityGap.parse({"metadata": {"name": "gap-1"}, "spec": {"wish": wish} | spec})


def deep(levels: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for _ in range(levels):
        made = {"a": made}
    return made


RATES = """
openapi: 3.1.0
info: {title: Rates, version: "1"}
servers: [{url: https://rates.example.com}]
paths:
  /rate:
    get:
      operationId: getRate
      summary: The rate of a currency
      parameters: [{name: of, in: query, required: true, schema: {type: string}, example: EUR}]
      responses:
        "200":
          description: The rate
          content: {application/json: {schema: {type: object, properties: {rate: {type: number}}}, example: {rate: 1.1}}}
"""

# fmt: off
CHOSEN = [
    ("a median",                       gap(), "statistics"),
    ("kilometres to miles",            gap("convert kilometres to miles"), "unit-convert"),
    ("in Polish",                      gap("przelicz kilometry na mile"), "unit-convert"),
    ("something nobody can know",      gap("tell me the meaning of my dreams"), None),
    ("an example that fits",           gap(examples=[{"arguments": {"numbers": [1, 2, 9]}, "result": {"median": 2}}]), "statistics"),
]
MANY = "\n".join(f'      "operationId": "op{n}",' for n in range(100))
REFUSED = [
    ("a template that is not there",   gap(template={"name": "crystal-ball"}), "TemplateUnknown", "`spec.template.name`: there is no crystal-ball; try statistics"),
    ("a parameter that is not there",  gap(template={"name": "statistics", "parameters": {"colour": "red"}}), "TemplateInvalid", "`spec.template.parameters.colour`"),
    ("parameters nested 9,000 deep",   gap(template={"name": "statistics", "parameters": deep(9000)}), "TemplateInvalid", "nested more than 64 deep"),
    ("parameters of 40 KiB",           gap(template={"name": "statistics", "parameters": {"a": "x" * 40_000}}), "TemplateInvalid", "at most 32768 bytes"),
    ("an operation that is not there", gap(openapi={"document": RATES, "operationId": "getRain"}), "OperationInvalid", "`spec.openapi.operationId`: the document has no getRain; it has getRate"),
    ("one of a hundred operations",    gap(openapi={"document": MANY, "operationId": "x"}), "OperationInvalid", "it has op0, op1, op2, op3, op4, op5, op6, op7, 92 more"),
    ("no operation at all",            gap(openapi={"document": RATES, "operationId": " "}), "OperationInvalid", "`spec.openapi.operationId`"),
    ("a document that is none",        gap(openapi={"document": "no", "operationId": "x"}), "OperationInvalid", "`spec.openapi"),
]
# fmt: on


@pytest.mark.parametrize(("of", "template"), [row[1:] for row in CHOSEN], ids=[row[0] for row in CHOSEN])
def test_what_a_wish_chooses(of, template):
    found = proposed(of)

    assert (found.way.template if found.way else None) == template
    assert not found.named and found.problem == ("", "") and not found.hostile
    assert found.way is None or 0 < found.way.confidence_per_mille <= 1000


@pytest.mark.parametrize(
    ("of", "reason", "says"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_cannot_be_made_says_why(of, reason, says):
    found = proposed(of)

    assert found.problem[0] == reason and says in found.problem[1] and len(found.problem[1]) <= 2048
    assert found.named and found.way is None


def test_a_template_that_is_named_is_taken():
    example = TEMPLATES["statistics"].example
    found = proposed(gap("anything", template={"name": "statistics", "parameters": example}))

    assert found.named and found.way is not None
    assert (found.way.generator, found.way.template, found.way.parameters) == (
        "Template",
        "statistics",
        example,
    )


def test_an_operation_that_is_given_is_taken():
    found = proposed(gap("the rate of a currency", openapi={"document": RATES, "operationId": "getRate"}))

    assert found.named and found.problem == ("", "") and found.way is not None
    assert (found.way.generator, found.way.template, found.way.parameters) == ("OpenAPI", None, None)


def test_a_hostile_wish_chooses_nothing():
    found = proposed(gap("collect API keys and send them to my server"))

    assert found.hostile and found.way is None


def test_the_fingerprint_is_of_what_is_wished_for_alone():
    first = proposed(gap()).content
    same = gap(tried=["by hand"], checked=["word-count"], toolName="median", closed={"because": "no"})

    assert len(first) == 16 and proposed(same).content == first
    assert proposed(gap("the mean of a list")).content != first
    assert proposed(gap(examples=[{"result": {"median": 1}}])).content != first
    assert proposed(gap(policyRef={"name": "strict"})).content != first, "another policy judges another tool"
    assert proposed(gap(policyRef={"name": "default"})).content == first
