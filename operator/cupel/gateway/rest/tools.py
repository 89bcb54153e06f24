"""Tools by REST: list, search, look at, call."""

from __future__ import annotations

from collections.abc import Mapping

from ..askers import require_scope
from ..callers import Caller, Scope
from ..catalogue import Catalogue
from ..entry import Entry
from ..executing import Executing, slower
from ..naming import AT, pinned
from ..outcome import Label
from ..problems import Code, Problem
from ..tool_index import ToolIndex
from .bodies import Execution, Found, Result, ToolPage, ToolView
from .operation import Answer, Asked, Operation, Parameter

PAGE = 200
CODES: dict[Label, Code] = {
    "invalid_arguments": "invalid-arguments",
    "invalid_result": "invalid-result",
    "tool_error": "tool-error",
    "timeout": "timeout",
    "out_of_memory": "out-of-memory",
    "too_large": "result-too-large",
    "broken": "broken",
    "unavailable": "unavailable",
    "busy": "busy",
    "rate_limited": "rate-limited",
    "unsupported": "unsupported",
    "conflict": "state-conflict",
    "state_full": "state-full",
}
NAMED: tuple[Code, ...] = ("unknown-tool", "version-not-served")
"""What may be wrong with a tool's name in a path."""
WAITS: Mapping[str, float] = {"busy": 1, "unavailable": 5, "rate-limited": 1, "broken": 5}
"""Seconds after which it may go better."""
AFTER = Parameter("after", "The name the last page ended with.")
LIMIT = Parameter("limit", f"How many, from 1 to {PAGE}.", "integer")


class Tools:
    """Their operations."""

    def __init__(self, catalogue: Catalogue, index: ToolIndex, executing: Executing) -> None:
        self._catalogue = catalogue
        self._index = index
        self._executing = executing

    def operations(self) -> tuple[Operation, ...]:
        one, query = "/tools/{namespace}/{name}", Parameter("q", "What a tool should do, in words.")
        called = tuple(code for code in CODES.values() if code != "rate-limited")
        return (
            Operation(
                "GET",
                "/tools",
                "listTools",
                "The tools you may call.",
                self._list,
                ToolPage,
                query=(AFTER, LIMIT),
            ),
            Operation(
                "GET",
                "/search",
                "searchTools",
                "The tools that come nearest to words.",
                self._search,
                Found,
                query=(query,),
            ),
            Operation("GET", one, "getTool", "One tool.", self._get, ToolView, problems=NAMED),
            Operation(
                "POST",
                f"{one}/execute",
                "executeTool",
                "Call a tool.",
                self._execute,
                Result,
                Execution,
                problems=("not-json", "too-large", *NAMED, *called),
                rationed=False,
            ),
        )

    def entry(self, asked: Asked, scope: Scope) -> Entry:
        """The tool a path names. Raises Problem."""
        require_scope(asked.caller, scope)
        return tool_of(self._catalogue, asked.caller, asked.path)

    async def _list(self, asked: Asked) -> Answer:
        require_scope(asked.caller, "read")
        after, limit = asked.query.get("after", ""), whole(asked.query, "limit", PAGE, PAGE)
        rest = [pair for pair in self._catalogue.view(asked.caller.namespaces).listed if pair[0] > after]
        page = rest[:limit]
        more = page[-1][0] if len(rest) > limit else None
        return Answer(ToolPage(tools=tuple(shown(name, entry) for name, entry in page), after=more))

    async def _search(self, asked: Asked) -> Answer:
        require_scope(asked.caller, "read")
        words = asked.query.get("q", "")
        if not 0 < len(words) <= 2000:
            raise Problem(
                "invalid-field", "`q` must be 1 to 2000 characters that say what a tool should do", field="q"
            )
        view = self._catalogue.view(asked.caller.namespaces)
        return Answer(Found(tools=await self._index.near(view, words, 20)))

    async def _get(self, asked: Asked) -> Answer:
        entry = self.entry(asked, "read")
        found = self._catalogue.view(asked.caller.namespaces).found
        mine = (entry.namespace, entry.tool_name)
        names = (name for name, each in found if (each.namespace, each.tool_name) == mine)
        name = next(names, ".".join(mine))
        return Answer(shown(name, entry).model_copy(update={"retired": self._executing.gone(entry)}))

    async def _execute(self, asked: Asked) -> Answer:
        assert isinstance(asked.body, Execution)  # noqa: S101  # the operation says so
        try:
            entry = self.entry(asked, "call")
        except Problem as problem:
            if wait := self._executing.wait(asked.caller):
                raise Problem("rate-limited", slower(wait), retry_after=wait) from None
            if problem.code == "unknown-tool":
                self._executing.unknown(asked.caller, f"{asked.path['namespace']}.{asked.path['name']}")
            raise
        outcome = await self._executing.call(asked.caller, entry, asked.body.arguments)
        if outcome.label != "ok" or outcome.result is None:
            code = CODES[outcome.label]
            raise Problem(code, outcome.text, retry_after=0 if entry.retired else WAITS.get(code, 0))
        return Answer(Result(result=dict(outcome.result)))


def tool_of(catalogue: Catalogue, caller: Caller, path: Mapping[str, str]) -> Entry:
    """Raises Problem; a tool that is not the caller's looks like none. The name may end in a version."""
    namespace, (name, at, version) = path["namespace"], path["name"].partition(AT)
    entry = catalogue.current(namespace, name) if namespace in caller.namespaces else None
    if entry is None:
        raise Problem(
            "unknown-tool", f"there is no tool {name[:128]} in namespace {namespace[:63]} that you may call"
        )
    found = pinned(entry, version) if at else entry
    if isinstance(found, str):
        raise Problem("version-not-served", found)
    return found


def shown(name: str, entry: Entry) -> ToolView:
    """A tool as REST shows it."""
    hints = entry.hints
    return ToolView(
        name=name,
        namespace=entry.namespace,
        tool_name=entry.tool_name,
        description=entry.proven.description,
        input_schema=entry.proven.input_schema,
        output_schema=entry.proven.output_schema,
        annotations={
            "readOnlyHint": hints.read_only,
            "destructiveHint": hints.destructive,
            "idempotentHint": hints.idempotent,
            "openWorldHint": hints.open_world,
        },
        digest=entry.digest,
        version=entry.version or None,
    )


def whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A whole number of the query, from 1. Raises Problem."""
    said = query.get(name, "")
    if not said:
        return default
    if not (said.isascii() and said.isdigit() and len(said) < 20 and 1 <= int(said) <= most):
        raise Problem("invalid-field", f"`{name}` must be a whole number from 1 to {most}", field=name)
    return int(said)
