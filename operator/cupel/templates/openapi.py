"""An operation of an OpenAPI document as a draft, with exactly its egress."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from cupel.api.common import JsonObject
from cupel.api.draft import Draft
from cupel.api.generated_tool import Interface
from cupel.api.permissions import Permissions
from cupel.api.trial import Trial

from .http_call import HttpCall, Method
from .literals import filled
from .openapi_arguments import JSON_BODY, example, of_body, of_parameter, one_line, renamed
from .openapi_document import Operation, read
from .openapi_schemas import Reader, sample
from .problem import TemplateProblem, first_problem
from .pruning import pruned
from .words import phrases

ROUTE = re.compile(r"^(/([A-Za-z0-9._~!$&()*+,;=:@-]|\{[A-Za-z0-9_.-]{1,64}\})*)+$")


def draft_of(document: str, operation_id: str) -> Draft:
    """The draft of one operation, by its operationId or as `GET /path`. Raises TemplateProblem."""
    operation = read(document).operation(operation_id)
    call = _call(operation)
    answer, status, body = _answer(operation)
    host = call.base.partition("://")[2].partition("/")[0]
    trials = _trials(call, status, body, answer)
    told = 'return {"status": answer.status, "body": parsed(accepted(answer))}'
    if not answer:
        told = 'return {"status": accepted(answer).status}'
    lines = {"# signature": [call.signature()], "# call": call.lines(), "# told": [told]}
    try:
        return Draft(
            description=_says(operation, host),
            interface=Interface(input_schema=call.inputs(), output_schema=_result(answer)),
            code=pruned(filled(call.code(), {"BASE": call.base}, lines)),
            examples=trials[:3],
            tests=trials[3:],
            permissions=Permissions(egress=(host,), credentials=_credentials(operation)),
            notes=f"Made of the operation {operation.method} {operation.path} of the OpenAPI document given."[
                :1024
            ],
            keywords=_keywords(operation),
        )
    except ValidationError as error:
        raise TemplateProblem("document", f"this operation makes no tool: {first_problem(error)}") from None


def _call(operation: Operation) -> HttpCall:
    if not ROUTE.match(operation.path) or any(step in (".", "..") for step in operation.path.split("/")):
        raise TemplateProblem("paths", "the operation's path must be plain, such as /users/{id}")
    parts = [part for each in operation.parameters for part in of_parameter(operation, each)]
    body, whole = of_body(operation)
    arguments = renamed([*parts, *body])
    named = set(re.findall(r"\{([^{}]*)\}", operation.path))
    if named != {each.wire for each in arguments if each.place == "path"}:
        raise TemplateProblem(
            "paths", f"each of {', '.join(sorted(named)) or 'no names'} must be a parameter in path"
        )
    if len(arguments) > 32:
        raise TemplateProblem("document", "the operation has more than 32 arguments; use a smaller one")
    method: Method = operation.method  # type: ignore[assignment]  # of METHODS
    return HttpCall(method, operation.base, operation.path, tuple(arguments), whole_body=whole)


def _answer(operation: Operation) -> tuple[JsonObject | None, int, Any]:
    """Schema of a good answer's body (None when it has none), its status, an example."""
    responses = operation.own.get("responses")
    good = {str(key): each for key, each in responses.items()} if isinstance(responses, Mapping) else {}
    key = next(
        (each for each in sorted(good) if re.match(r"2(\d\d|XX)$", each)),
        "default" if "default" in good else "",
    )
    if not key:
        raise TemplateProblem("responses", "must have a good one, such as 200")
    response = operation.document.resolved(good[key])
    status = int(key) if key.isdigit() else 200
    content = response.get("content")
    if not isinstance(content, Mapping) or not content:
        return None, status, None
    media = next((each for name, each in content.items() if "json" in str(name)), None)
    if not isinstance(media, Mapping):
        raise TemplateProblem("responses", f"{key} must have {JSON_BODY}; no other answer is read")
    schema = Reader(operation.document, strict=False).schema(media.get("schema", {}))
    return schema or {"anyOf": [{}]}, status, example(media, schema)


def _result(answer: JsonObject | None) -> JsonObject:
    fields: JsonObject = {"status": {"type": "integer", "minimum": 200, "maximum": 299}}
    if answer is not None:
        fields["body"] = answer
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _trials(call: HttpCall, status: int, body: Any, answer: JsonObject | None) -> tuple[Trial, ...]:
    full = {each.name: each.sample for each in call.arguments}
    least = {each.name: each.sample for each in call.arguments if each.required}
    text = "" if answer is None else json.dumps(body)
    told: JsonObject = {"status": status} if answer is None else {"status": status, "body": body}
    other = {**full, **{each.name: sample(each.schema, 1) for each in call.arguments}}
    trials = [
        call.trial("all-arguments", full, status, text, told),
        call.trial("only-what-is-needed", least, status, text, told),
        call.trial("other-values", other, status, text, told),
        call.trial("another-good-status", full, 299, text, {**told, "status": 299}),
        call.trial("server-fails", full, 500, "broken", "the server answered 500: broken"),
        call.trial("not-found", full, 404, "", "the server answered 404"),
        call.trial("redirected", full, 300, "", "the server answered 300"),
        call.trial("refused", least, 403, "no", "the server answered 403: no"),
    ]
    if answer is not None:
        trials.append(call.trial("no-json", full, status, "<html>", "the server's answer is no JSON"))
    return (*trials, *call.dots(full))


def _credentials(operation: Operation) -> tuple[str, ...]:
    """Names of the credentials of the first way in that the egress proxy can take."""
    ways = operation.own.get("security", operation.document.root.get("security", []))
    ways = [each for each in ways if isinstance(each, Mapping)] if isinstance(ways, list) else []
    if not ways or {} in ways:
        return ()
    components = operation.document.root.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, Mapping) else None
    known = schemes if isinstance(schemes, Mapping) else {}
    for way in ways:
        if all(name in known and _added(operation.document.resolved(known[name])) for name in way):
            return tuple(_label(str(name)) for name in way)
    raise TemplateProblem(
        "security", "must be a header, query parameter, bearer or basic: the proxy adds no other"
    )


def _added(scheme: Mapping[str, Any]) -> bool:
    """Whether the egress proxy can add it."""
    if scheme.get("type") == "apiKey":
        return scheme.get("in") in ("header", "query")
    return scheme.get("type") == "http" and str(scheme.get("scheme")).lower() in ("bearer", "basic")


def _label(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)
    return re.sub(r"[^a-z0-9]+", "-", spaced.lower()).strip("-")[:63].rstrip("-") or "credential"


def _says(operation: Operation, host: str) -> str:
    said = [operation.own.get("summary"), operation.own.get("description")]
    words = one_line(
        ". ".join(each.strip().rstrip(".") for each in said if isinstance(each, str) and each.strip())
    )
    return f"{words[:800] or f'{operation.method} {operation.path}'}. Asks {host}."


def _keywords(operation: Operation) -> tuple[str, ...]:
    tags = operation.own.get("tags")
    own = [each for each in tags if isinstance(each, str)] if isinstance(tags, list) else []
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", str(operation.own.get("operationId", "")))
    words = [one_line(each).lower()[:64] for each in (*own, *re.split(r"[\s_-]+", name))]
    return tuple(dict.fromkeys(each for each in (*words, *phrases("api, http, rest, request")) if each))[:32]
