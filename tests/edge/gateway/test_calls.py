"""Calling tools: bare JSON-RPC as curl sends it, and everything that can be wrong with a call."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from .conftest import RunningGateway
from .zone import OBJECT, Zone, tool_body

ANYTHING = {"input_schema": OBJECT, "output_schema": OBJECT}


def broken(code: str, **overrides: Any) -> dict[str, Any]:
    """A tool whose run() is `code`; takes and answers any object."""
    return tool_body(
        "broken", code=f"import os, time\ndef run(**given):\n    {code}\n", **ANYTHING | overrides
    )


async def test_a_bare_post_lists_and_calls_a_tool(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")

    result = await gateway.call("word-count", {"text": "one two three"})

    assert result["structuredContent"] == {"words": 3}
    assert result["content"] == [{"type": "text", "text": '{"words":3}'}]
    assert not result["isError"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param({}, "invalid arguments: `text` is required", id="a missing field is named"),
        pytest.param(
            {"text": 5},
            "invalid arguments: `text`: 5 is not of type 'string'",
            id="a field of the wrong type is named",
        ),
        pytest.param(
            {"text": "a", "txet": 1},
            "invalid arguments: `arguments`: unknown field 'txet'; known: text",
            id="an unknown field is named, and what is known",
        ),
    ],
)
async def test_wrong_arguments_are_explained_to_the_agent(
    zone: Zone, gateway: RunningGateway, arguments: dict[str, Any], text: str
) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")

    result = await gateway.call("word-count", arguments)

    assert result["isError"]
    assert result["content"][0]["text"] == text
    assert "structuredContent" not in result


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(
            broken("raise ValueError('the river is dry')"),
            "the river is dry",
            id="what the tool raised is passed on",
        ),
        pytest.param(
            broken("time.sleep(60)", serving={"timeoutSeconds": 1}),
            "the tool did not end within 1 s; ask for less",
            id="a call that takes too long is ended",
        ),
        pytest.param(
            broken("return {'x': [bytearray(10**9)]}"),
            "the tool needed more than its 128 MiB of memory; ask for less",
            id="a call that needs too much memory is ended",
        ),
        pytest.param(
            broken("return {'x': 'y' * 300_000}"),
            "the result is too large: the result has 300008 bytes of JSON; at most 262144 are allowed; ask for less",
            id="a result over 256 KiB is refused",
        ),
        pytest.param(
            broken("return [1]"),
            "the tool is broken (BadResult): run() returned list; it must return a dict",
            id="a result that is no object is refused",
        ),
        pytest.param(
            broken("os._exit(3)"),
            "the tool is broken (Crashed): the call ended without an answer (exit code 3)",
            id="a call that ends its process is explained",
        ),
        pytest.param(
            broken(
                "return {'words': 'many'}",
                output_schema={"type": "object", "properties": {"words": {"type": "integer"}}},
            ),
            "the tool answered something its outputSchema forbids: `words`: 'many' is not of type 'integer'",
            id="a result its schema forbids is refused",
        ),
    ],
)
async def test_failures_of_a_tool_are_explained_to_the_agent(
    zone: Zone, gateway: RunningGateway, body: dict[str, Any], text: str
) -> None:
    await zone.publish(body)
    await gateway.listed("broken")

    result = await gateway.call("broken", {})

    assert result["isError"]
    assert result["content"][0]["text"] == text


@pytest.mark.parametrize(
    ("permissions", "text"),
    [
        pytest.param({"state": "PerTenant"}, "no store", id="a tool that keeps state"),
        pytest.param({"egress": ["api.example.com:443"]}, "no egress proxy", id="a tool that calls out"),
    ],
)
async def test_what_cannot_be_called_yet_is_not_listed_and_says_why(
    zone: Zone, gateway: RunningGateway, permissions: dict[str, Any], text: str
) -> None:
    await zone.publish(tool_body("word-count"))
    await zone.publish(tool_body("special", permissions=permissions), pods=0)
    await gateway.listed("word-count")

    result = await gateway.call("special", {"text": "a"})

    assert result["isError"]
    assert text in result["content"][0]["text"]


async def test_an_unknown_tool_is_minus_32602(zone: Zone, gateway: RunningGateway) -> None:
    error = await gateway.call("nothing", {})

    assert (error["code"], error["message"]) == (-32602, "Unknown tool: nothing")


async def test_tools_of_two_namespaces_with_one_name_are_told_apart(
    zone: Zone, gateway: RunningGateway
) -> None:
    other = Zone(zone.api, zone.directory, "more-tools", zone.launched)
    await zone.publish(tool_body("word-count"))
    await other.publish(
        tool_body("word-count", "more-tools", code="def run(text: str) -> dict:\n    return {'words': -1}\n")
    )
    await gateway.listed("more-tools.word-count", "tools.word-count")

    here = await gateway.call("tools.word-count", {"text": "a"})
    there = await gateway.call("more-tools.word-count", {"text": "a"})
    either = await gateway.call("word-count", {"text": "a"})

    assert here["structuredContent"] == {"words": 1}
    assert there["structuredContent"] == {"words": -1}
    assert either["message"] == (
        "Unknown tool: word-count: several tools have this name; use more-tools.word-count or tools.word-count"
    )


async def test_a_qualified_name_is_always_accepted(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")

    result = await gateway.call("tools.word-count", {"text": "a b"})

    assert result["structuredContent"] == {"words": 2}


async def test_large_arguments_pass_and_do_not_hold_up_others(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")

    large, small = await asyncio.gather(
        gateway.call("word-count", {"text": "word " * 150_000}), gateway.call("word-count", {"text": "a"})
    )

    assert (large["structuredContent"], small["structuredContent"]) == ({"words": 150_000}, {"words": 1})


async def test_a_schema_that_would_stall_a_backtracking_matcher_does_not(
    zone: Zone, gateway: RunningGateway
) -> None:
    schema = {"type": "object", "properties": {"text": {"type": "string", "pattern": "^(a+)+$"}}}
    await zone.publish(tool_body("word-count", input_schema=schema))
    await gateway.listed("word-count")

    async with asyncio.timeout(5):
        result = await gateway.call("word-count", {"text": "a" * 5000 + "!"})

    assert "does not match" in result["content"][0]["text"]


async def test_calls_are_counted_by_tool_and_outcome(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")
    await gateway.call("word-count", {"text": "a"})
    await gateway.call("word-count", {})
    await gateway.call("made-up-by-the-caller", {})

    _, text = await gateway.get("/metrics")

    assert 'cupel_gateway_calls_total{namespace="tools",outcome="ok",tool="word-count"} 1.0' in text
    assert 'outcome="invalid_arguments",tool="word-count"} 1.0' in text
    assert 'cupel_gateway_call_seconds_count{namespace="tools",tool="word-count"} 2.0' in text
    assert 'cupel_gateway_tools{namespace="tools"} 1.0' in text
    assert "made-up" not in text
