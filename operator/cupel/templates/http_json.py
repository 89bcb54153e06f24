"""Template http-json: one call to one declared server, and fields of its JSON answer."""

from __future__ import annotations

import json
from typing import Any

from cupel.api.common import JsonObject
from cupel.api.permissions import Permissions
from cupel.api.trial import Trial

from .http_call import Argument, HttpCall
from .http_parameters import HttpArgument, HttpJson
from .json_parameters import KINDS, Picked
from .json_trials import built
from .literals import literal
from .schemas import closed, flag, number, text, whole
from .template import Made, Template
from .trials import present
from .words import phrases

PORTS = {"https": 443, "http": 80}
SCHEMAS = {"text": text("", 200), "number": number(), "whole": whole("", -(10**9), 10**9), "flag": flag()}
SAMPLES: dict[str, Any] = {"text": "sample", "number": 1.5, "whole": 2, "flag": True}


def _argument(each: HttpArgument) -> Argument:
    schema: JsonObject = {**SCHEMAS[each.type], "description": each.description or f"The {each.name}."}
    if each.place == "path" and each.type == "text":
        schema["minLength"] = 1
    sample = SAMPLES[each.type] if each.sample is None else each.sample
    return Argument(
        each.name, each.sent_as, each.place, schema, each.required or each.place == "path", sample
    )


def call_of(p: HttpJson) -> HttpCall:
    """The call, its port written out as permissions have it."""
    scheme, _, host = p.server.partition("://")
    base = p.server if ":" in host else f"{p.server}:{PORTS[scheme]}"
    fixed = tuple((each.name, each.value) for each in p.query)
    return HttpCall(p.method, base, p.path, tuple(map(_argument, p.inputs)), fixed)


def _value(field: Picked, number: int) -> Any:
    return {"number": 10 * number + 0.5, "flag": number % 2 == 1}.get(field.type, f"{field.called} {number}")


def _told(p: HttpJson, values: dict[str, Any], body: Any, status: int) -> JsonObject:
    if not p.fields:
        return {"status": status, "body": body}
    return present({each.called: values.get(each.path) for each in p.fields})


def _trials(p: HttpJson) -> tuple[Trial, ...]:
    call = call_of(p)
    full = {each.name: each.sample for each in call.arguments}
    least = {each.name: each.sample for each in call.arguments if each.required}

    def answered(name: str, given: JsonObject, number: int, status: int = 200) -> Trial:
        values = {each.path: _value(each, number) for each in p.fields}
        body = built([(path.split("."), value) for path, value in values.items()]) or {"ok": number}
        return call.trial(name, given, status, json.dumps(body), _told(p, values, body, status))

    empty = call.trial("answer-of-nothing", full, 200, "{}", _told(p, {}, {}, 200))
    failing = "the server answered 500: broken"
    trials = [answered("all-arguments", full, 1), answered("only-what-is-needed", least, 2), empty]
    trials += [
        answered("created", full, 3, 201),
        answered("last-good-status", full, 1, 299),
        call.trial("another-word", full, 200, '[{"a":[1]}]', _told(p, {}, [{"a": [1]}], 200)),
        call.trial("server-fails", full, 500, "broken", failing),
        call.trial("not-found", full, 404, "", "the server answered 404"),
        call.trial("redirected", full, 300, "", "the server answered 300"),
        call.trial("no-json", full, 200, "<html>", "the server's answer is no JSON"),
    ]
    odd = {each.name: "a/b c?&ą=" for each in call.arguments if each.schema["type"] == "string"}
    flags = {each.name: False for each in call.arguments if each.schema["type"] == "boolean"}
    if odd or flags:
        trials.append(answered("odd-values", {**full, **odd, **flags}, 1))
    wrong = {"text": 1, "number": "a", "flag": 1}
    for place, each in enumerate(p.fields):
        if each.type != "any":
            body = json.dumps(built([(each.path.split("."), wrong[each.type])]))
            said = f"in the answer, {each.path} is no {each.type}"
            trials.append(call.trial(f"wrong-type-{place + 1}", full, 200, body, said))
    return (*trials, *call.dots(full))


def _picked(each: Picked) -> str:
    read = f"found, {literal(each.path)}"
    return f"    {literal(each.called)}: {'reach' if each.type == 'any' else f'a_{each.type}'}({read}),"


def _lines(p: HttpJson, call: HttpCall) -> dict[str, list[str]]:
    if p.fields:
        told = ["found = parsed(accepted(answer))", "return without_none({", *map(_picked, p.fields), "})"]
    else:
        told = ['return {"status": answer.status, "body": parsed(accepted(answer))}']
    return {"# signature": [call.signature()], "# call": call.lines(), "# told": told}


def build(p: HttpJson) -> Made:
    call = call_of(p)
    trials = _trials(p)
    host = call.base.partition("://")[2]
    whole_answer = {"status": whole("HTTP status.", 200, 299), "body": {}}
    fields = {each.called: KINDS[each.type] for each in p.fields} or whole_answer
    told = ", ".join(each.called for each in p.fields) or "the answer"
    return Made(
        description=f"Ask {host} for {told}: {p.method} {p.path}."[:1000],
        arguments=call.inputs(),
        result=closed(fields, fields if p.fields else ()),
        code=call.code(),
        constants={"BASE": call.base},
        lines=_lines(p, call),
        examples=trials[:3],
        tests=trials[3:],
        permissions=Permissions(egress=(host,), credentials=p.credentials),
    )


HTTP_JSON = Template(
    name="http-json",
    title="Ask a JSON server",
    summary="One GET or POST to one declared server; fields of its JSON answer by path.",
    keywords=phrases(
        """
        http, api, rest, request, get, post, fetch, json, web service, endpoint, call api, server,
        weather, lookup, url, zapytanie, pobierz, usługa, serwer, pogoda, requisição, buscar,
        serviço, servidor, consultar, clima
        """
    ),
    parameters=HttpJson,
    build=build,
    example={
        "server": "https://api.weather.example",
        "path": "/v1/cities/{city}/now",
        "inputs": [
            {"name": "city", "place": "path", "sample": "Lisboa"},
            {"name": "days", "type": "whole", "required": False, "sample": 3},
        ],
        "query": [{"name": "units", "value": "metric"}],
        "fields": [
            {"path": "main.temp", "name": "celsius", "type": "number"},
            {"path": "weather.0.text", "name": "sky", "type": "text"},
        ],
    },
    variants=(
        {},
        {
            "server": "http://10.0.0.8:8080",
            "method": "POST",
            "path": "/orders",
            "inputs": [
                {"name": "customer", "place": "body", "field": "customer-id"},
                {"name": "amount", "place": "body", "type": "number", "required": False},
                {"name": "express", "place": "body", "type": "flag", "required": False},
            ],
            "fields": [{"path": "order.id", "name": "order"}, {"path": "order.paid", "type": "flag"}],
            "credentials": ["orders-key"],
        },
    ),
)
