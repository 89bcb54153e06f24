"""Every template: its tools pass the gates and their own trials, are the same each time, and are closed and bounded."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.mutants import mutants, survives
from tests.support.trying import faults
from tests.unit.templates.drafts import CASES, accepted, bundle

from cupel.templates.catalogue import TEMPLATES, TemplateProblem, make

ROOT = Path(__file__).parents[3]
OPEN = {
    "http-json": "the answer is the server's",
    "json-shape": "fields may hold anything",
    "csv-shape": "columns are the caller's",
}
SAMPLED = 40
NO_ERRORS = {"calendar": "nth-weekday takes nothing that its schema lets through and that is wrong"}


def test_there_are_at_least_twelve_and_each_says_what_it_is() -> None:
    assert len(TEMPLATES) >= 12
    for name, template in TEMPLATES.items():
        assert name == template.name
        assert 0 < len(template.summary) <= 300 and template.title
        assert len(template.keywords) == len(set(template.keywords)) >= 15


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_a_tool_passes_the_gates_and_its_own_trials(name: str, parameters: dict[str, Any]) -> None:
    draft = make(name, parameters)

    assert accepted(draft) == ""
    assert faults(draft) == {}


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_a_tool_has_three_examples_and_five_tests(name: str, parameters: dict[str, Any]) -> None:
    draft = make(name, parameters)

    assert len(draft.examples) >= 3 and len(draft.examples) + len(draft.tests) >= 8
    assert draft.code.isprintable() or "\t" not in draft.code
    assert max(map(len, draft.code.splitlines())) <= 160


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_shows_errors(name: str) -> None:
    template = TEMPLATES[name]
    drafts = [make(name, parameters) for parameters in (template.example, *template.variants)]
    without = [each for each in drafts if not any(t.error for t in (*each.examples, *each.tests))]

    assert len(without) <= (name in NO_ERRORS) or name == "text-convert"


def holds_null(value: Any) -> bool:
    """Whether an object has a null in it: the API server would drop it, and the trial would ask for another thing."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return (isinstance(value, dict) and None in inner) or any(map(holds_null, inner))


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_no_trial_holds_a_null(name: str, parameters: dict[str, Any]) -> None:
    draft = make(name, parameters)

    for trial in (*draft.examples, *draft.tests):
        state = [trial.state.before, trial.state.after] if trial.state else []
        assert not any(map(holds_null, (trial.arguments, trial.result, *state)))


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for each in schema.values():
            yield from objects(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from objects(each)


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_schemas_are_closed_and_bounded(name: str, parameters: dict[str, Any]) -> None:
    interface = make(name, parameters).interface
    results = () if name in OPEN else (interface.output_schema,)

    for schema in (interface.input_schema, *results):
        for each in objects(schema):
            if each.get("type") == "object":
                assert each["additionalProperties"] is False
            if each.get("type") == "string" and "enum" not in each:
                assert "maxLength" in each
            if each.get("type") == "array":
                assert "maxItems" in each


def digests() -> str:
    """One line for all tools that the cases make."""
    made = "".join(bundle(make(*case.values)).digest() for case in CASES)
    return hashlib.sha256(made.encode()).hexdigest()


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_parameters_make_the_same_bytes_in_any_process(seed: str) -> None:
    code = "from tests.unit.templates.test_catalogue import digests; print(digests())"
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": "operator:sandbox:."}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == digests()


@pytest.mark.parametrize("name", TEMPLATES)
def test_most_mutants_of_a_sample_are_killed_by_the_tool_s_own_trials(name: str) -> None:
    draft = make(name, TEMPLATES[name].example)
    every = mutants(draft)
    sample = random.Random(name).sample(every, min(SAMPLED, len(every)))
    alive = [f"line {each.line}: {each.change}" for each in sample if survives(draft, each)]

    assert len(alive) <= 0.2 * len(sample), alive


@pytest.mark.parametrize("name", TEMPLATES)
def test_arguments_can_have_other_names(name: str) -> None:
    draft = make(name, TEMPLATES[name].example)
    names = {each: f"the_{place}" for place, each in enumerate(draft.interface.input_schema["properties"])}
    other = make(name, {**TEMPLATES[name].example, "arguments": names})

    assert list(other.interface.input_schema["properties"]) == list(names.values())
    assert accepted(other) == ""
    assert faults(other) == {}


def test_an_unknown_template_is_refused_with_those_there_are() -> None:
    with pytest.raises(TemplateProblem, match=r"there is no template 'nope'.*unit-convert"):
        make("nope", {})
