"""One HTTP call as a tool: from what it asks and what it tells to code, schemas and recorded exchanges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlencode

from cupel.api.common import JsonObject
from cupel.api.trial import Exchange, ExchangeRequest, ExchangeResponse, Header, Trial

from .http_code import CODE, OF_FLAGS, OF_WORDS
from .literals import literal
from .problem import TemplateProblem
from .schemas import closed

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Place = Literal["path", "query", "header", "body"]
PLAIN = frozenset({"string", "integer", "number"})
NARROWED = frozenset({"pattern", "enum", "const", "format", "anyOf", "oneOf", "allOf", "$ref"})
JSON_TYPE = (Header(name="content-type", value="application/json"),)


@dataclass(frozen=True)
class Argument:
    """One argument of the tool, and where it goes."""

    name: str
    wire: str
    place: Place
    schema: JsonObject
    required: bool
    sample: Any


@dataclass(frozen=True)
class HttpCall:
    """A call to one server."""

    method: Method
    base: str
    """`https://host:port`, and what every path begins with."""
    path: str
    """With `{wire name}` for each argument in it."""
    arguments: tuple[Argument, ...]
    fixed: tuple[tuple[str, str], ...] = ()
    """Further query parameters that are always the same."""
    whole_body: bool = False
    """The one body argument is the body, not a field of it."""

    def of(self, place: Place) -> tuple[Argument, ...]:
        return tuple(each for each in self.arguments if each.place == place)

    def url(self, given: Mapping[str, Any]) -> str:
        """The URL that these arguments lead to."""
        path = self.path
        for each in self.of("path"):
            path = path.replace("{" + each.wire + "}", quote(shown(given[each.name]), safe=""))
        pairs = [(each.wire, given[each.name]) for each in self.of("query") if each.name in given]
        flat = [
            (name, shown(one))
            for name, value in pairs
            for one in (value if isinstance(value, list) else [value])
        ]
        query = urlencode([*flat, *self.fixed], quote_via=quote)
        return self.base + path + (f"?{query}" if query else "")

    def body(self, given: Mapping[str, Any]) -> str | None:
        """The body that these arguments make; None when the call has none."""
        fields = self.of("body")
        if not fields:
            return None
        if self.whole_body:
            return compact(given[fields[0].name]) if fields[0].name in given else None
        return compact({each.wire: given[each.name] for each in fields if each.name in given})

    def trial(
        self, name: str, given: JsonObject, status: int, answer: str, outcome: JsonObject | str
    ) -> Trial:
        """A call with a recorded answer; the outcome is a result, or what the error says."""
        url = self.url(given)
        if len(url) > 2000:
            raise TemplateProblem("", "the URL grows too long; shorten the path or the samples")
        request = ExchangeRequest(method=self.method, url=url, body=self.body(given))
        response = ExchangeResponse(status=status, headers=JSON_TYPE, body=answer)
        failed = isinstance(outcome, str)
        return Trial(
            name=name,
            arguments=given,
            result=None if failed else outcome,
            error=outcome if failed else None,
            live_check="Never",
            exchanges=(Exchange(request=request, response=response),),
        )

    def inputs(self) -> JsonObject:
        """The schema of the arguments."""
        optional = [each.name for each in self.arguments if not each.required]
        return closed({each.name: each.schema for each in self.arguments}, optional)

    def signature(self) -> str:
        """The first line of run(): what must be given comes first."""
        needed = [each.name for each in self.arguments if each.required]
        optional = [f"{each.name}=None" for each in self.arguments if not each.required]
        return f"def run({', '.join(['ctx', '/', *needed, *optional])}) -> dict:"

    def code(self) -> str:
        """What run() stands on, without what no argument can need: no trial could notice a fault there."""
        shown_ones = [each.schema for each in self.arguments if each.place != "body"]
        items = [each.get("items", {}) if each.get("type") == "array" else each for each in shown_ones]
        code = CODE.replace(OF_FLAGS, "") if all(each.get("type") in PLAIN for each in items) else CODE
        numbers = all(each.schema.get("type") in ("integer", "number") for each in self.of("path"))
        return code.replace(OF_WORDS, "") if numbers else code

    def dots(self, full: JsonObject) -> list[Trial]:
        """Steps of the path that would lead elsewhere make no call."""
        words = [each for each in self.of("path") if each.schema.get("type") == "string"]
        free = [
            each
            for each in words
            if not NARROWED & each.schema.keys() and each.schema.get("minLength", 0) < 2
        ]
        tried = {"one-dot": ".", "two-dots": "..", "nothing": ""}
        return [
            Trial(
                name=name,
                arguments={**full, each.name: value},
                error="cannot stand in the address",
                live_check="Never",
            )
            for each in free[:1]
            for name, value in tried.items()
            if each.schema.get("minLength", 0) <= len(value) <= each.schema.get("maxLength", 2)
        ]

    def lines(self) -> list[str]:
        """The lines of run() that make the call; they leave `answer`."""
        made = [f"url = BASE + {self._path()}{self._query()}"]
        headers = '{"accept": "application/json"'
        headers += ', "content-type": "application/json"' if self.of("body") else ""
        made.append(f"headers = {headers}}}")
        for each in self.of("header"):
            line = f"headers[{literal(each.wire)}] = header({each.name})"
            made += [line] if each.required else [f"if {each.name} is not None:", f"    {line}"]
        made += self._body()
        sent = ", body=body" if self.of("body") else ""
        made.append(f"answer = ctx.http.request({literal(self.method)}, url, headers=headers{sent})")
        return made

    def _path(self) -> str:
        pieces, rest = [], self.path
        for each in sorted(self.of("path"), key=lambda each: self.path.index("{" + each.wire + "}")):
            before, _, rest = rest.partition("{" + each.wire + "}")
            pieces += ([literal(before)] if before else []) + [f"in_path({each.name})"]
        return " + ".join(pieces + ([literal(rest)] if rest or not pieces else []))

    def _query(self) -> str:
        pairs = [f"({literal(each.wire)}, {each.name})" for each in self.of("query")]
        pairs += [f"({literal(name)}, {literal(value)})" for name, value in self.fixed]
        return f" + query([{', '.join(pairs)}])" if pairs else ""

    def _body(self) -> list[str]:
        fields = self.of("body")
        if not fields:
            return []
        if self.whole_body:
            name = fields[0].name
            plain = f"compact({name})"
            return [
                f"body = {plain}" if fields[0].required else f"body = None if {name} is None else {plain}"
            ]
        pairs = ", ".join(f"{literal(each.wire)}: {each.name}" for each in fields)
        return [f"body = compact(without_none({{{pairs}}}))"]


def shown(value: Any) -> str:
    """A value as URLs have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def compact(value: Any) -> str:
    """JSON as the tool sends it."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
