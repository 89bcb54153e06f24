"""What must hold for any arguments and any parameters: results as the schema says, trials that pass."""

from __future__ import annotations

import json
from types import CodeType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.trying import Answer, Context, compiled, faults
from tests.unit.templates.drafts import CASES, accepted

from cupel.analysis.schemas import violation
from cupel.api.draft import Draft
from cupel.templates.catalogue import TEMPLATES, TemplateProblem, make
from cupel_sandbox.draw import ANYTHING, arguments

ROUNDS = 10
QUICK = settings(
    max_examples=ROUNDS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Server:
    """`ctx.http` of a server that answers anything."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def request(self, *_: Any, **__: Any) -> Answer:
        return self.answer


def run(code: CodeType, draft: Draft, arguments: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """Calls the tool as the sandbox does. Raises what it raises."""
    module: dict[str, Any] = {"__name__": "tool"}
    exec(code, module)
    context = [Context({}, Server(answer))] if draft.permissions != type(draft.permissions)() else []  # type: ignore[arg-type]
    result: dict[str, Any] = json.loads(json.dumps(module["run"](*context, **arguments), allow_nan=False))
    return result


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_valid_arguments_give_a_result_of_the_schema_or_an_error(
    name: str, parameters: dict[str, Any]
) -> None:
    draft = make(name, parameters)
    code = compiled(draft)
    bodies = st.builds(json.dumps, ANYTHING)

    @QUICK
    @given(arguments(draft.interface.input_schema), bodies, st.sampled_from([200, 201, 404]))
    def holds(arguments: dict[str, Any], body: str, status: int) -> None:
        assert violation(draft.interface.input_schema, arguments) == ""
        try:
            result = run(code, draft, arguments, Answer(status, {}, body))
        except (ValueError, OverflowError):
            return
        assert violation(draft.interface.output_schema, result) == ""

    holds()


@pytest.mark.parametrize("name", TEMPLATES)
def test_any_parameters_make_a_tool_that_passes_its_own_trials_or_are_refused_with_the_field(
    name: str,
) -> None:
    schema = TEMPLATES[name].parameters.model_json_schema(by_alias=True)
    schema = {
        **schema,
        "properties": {key: each for key, each in schema["properties"].items() if key != "arguments"},
    }

    @QUICK
    @given(arguments(schema))
    def holds(parameters: dict[str, Any]) -> None:
        try:
            draft = make(name, parameters)
        except TemplateProblem as problem:
            assert problem.message
            return
        assert accepted(draft) == ""
        assert faults(draft) == {}

    holds()
