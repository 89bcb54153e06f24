"""The gateway's own MCP tools, by which agents ask, follow and judge. Their names are reserved.

`request_capability` is accepted as another name of get_more_tools and not listed: two names for one thing
would only make agents choose.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import mcp_types as types
from pydantic import ValidationError

from cupel.api.common import JsonObject, Model
from cupel.kube.access import ReviewFailed

from .askers import require_scope
from .asking import Asking
from .asking_words import Check, GapState, Need, NeedAnswer, OpinionAnswer, Thumb, schema_of
from .callers import Caller
from .offering import TemplateView, Which, described
from .problems import Problem, fields_of, invalid
from .rating import Rating

ALIAS = {"request_capability": "get_more_tools"}
TOLD = {
    "get_more_tools": (
        "Say what tool you lack. It searches the tools there are first and answers with those that fit; "
        "only what nothing answers is written down as a gap, for a tool to be made and approved by people "
        "(minutes to days). List the tools before, and name those you looked at in `checked`. Do not repeat "
        "it: follow the gap by check_capability. Where it offers `templates`, choose one yourself if it does."
    ),
    "describe_template": (
        "What a template of get_more_tools' answer makes, and which parameters it takes, as JSON Schema with "
        "an example. Most need none."
    ),
    "check_capability": (
        "How far a gap is that get_more_tools answered: what it waits for, and which tool serves at last."
    ),
    "give_feedback": (
        "Say whether a tool's answer was right and useful (up) or not (down), with a comment. Whoever "
        "may read the tool reads it."
    ),
}


@dataclass(frozen=True)
class OwnTool:
    """One of them."""

    name: str
    takes: type[Model]
    gives: type[Model]
    do: Callable[[Caller, Any], Awaitable[Model]]
    hints: types.ToolAnnotations

    def definition(self) -> types.Tool:
        return types.Tool(
            name=self.name,
            description=TOLD[self.name],
            input_schema=schema_of(self.takes),
            output_schema=schema_of(self.gives),
            annotations=self.hints,
        )


WRITES = types.ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
READS = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


class OwnTools:
    """Lists them to those who may use them, and calls them."""

    def __init__(self, asking: Asking, rating: Rating) -> None:
        self._asking = asking
        self._rating = rating
        tools = (
            OwnTool("get_more_tools", Need, NeedAnswer, asking.need, WRITES),
            OwnTool("describe_template", Which, TemplateView, self._describe, READS),
            OwnTool("check_capability", Check, GapState, self._check, READS),
            OwnTool("give_feedback", Thumb, OpinionAnswer, rating.thumb, WRITES),
        )
        self._tools = {tool.name: tool for tool in tools}
        self._definitions = {tool.name: tool.definition() for tool in tools}

    def knows(self, name: str) -> bool:
        return ALIAS.get(name, name) in self._tools

    def schema(self, name: str) -> JsonObject:
        return self._definitions[ALIAS.get(name, name)].input_schema

    async def listed(self, caller: Caller) -> tuple[types.Tool, ...]:
        """Those that would do something for this caller, in order of their names."""
        names = []
        if await self._may_ask(caller):
            names += ["check_capability", "describe_template", "get_more_tools"]
        if "feedback" in caller.scopes and self._rating.kept:
            names.append("give_feedback")
        return tuple(self._definitions[name] for name in sorted(names))

    async def call(self, name: str, arguments: Mapping[str, Any], caller: Caller) -> types.CallToolResult:
        """One call; what the caller can do something about is an error they can read."""
        tool = self._tools[ALIAS.get(name, name)]
        try:
            taken = _taken(tool.takes, arguments)
            answer = (await tool.do(caller, taken)).wire()
        except Problem as problem:
            return _failed(problem)
        text = json.dumps(answer, ensure_ascii=False)
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=text)], structured_content=answer, is_error=False
        )

    async def _check(self, caller: Caller, check: Check) -> GapState:
        return await self._asking.check(caller, check.gap, check.namespace)

    async def _describe(self, caller: Caller, which: Which) -> TemplateView:
        require_scope(caller, "ask")
        return described(which.template)

    async def _may_ask(self, caller: Caller) -> bool:
        """Whether there is a namespace in which they and this gateway may ask; unknown counts as no."""
        try:
            places = await self._asking.askers.namespaces(caller)
            return bool(places and await self._asking.askers.writable(places))
        except ReviewFailed:
            return False


def _taken(model: type[Model], arguments: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(dict(arguments), by_alias=True, by_name=False)
    except ValidationError as error:
        raise _with_remedy(invalid(error, fields_of(model)), model) from None
    except RecursionError:
        raise Problem("invalid-field", "the arguments are nested too deeply") from None


def _with_remedy(problem: Problem, model: type[Model]) -> Problem:
    """What the field takes, beside what is wrong with it."""
    name = problem.field.split(".")[0]
    for field in model.model_fields.values():
        if field.alias == name and field.description:
            return Problem(
                problem.code, f"{problem.message}. It takes: {field.description}", field=problem.field
            )
    return problem


def _failed(problem: Problem) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=f"{problem.code}: {problem.message}")],
        structured_content=None,
        is_error=True,
    )
