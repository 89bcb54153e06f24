"""`call` against a real MCP server on a local port."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from typer.testing import CliRunner, Result

from cupel.cli.app import app


def tools() -> MCPServer:
    server = MCPServer("test")

    @server.tool()
    def count(text: str, times: int = 1) -> dict[str, int]:
        """Count words."""
        return {"words": len(text.split()) * times}

    @server.tool()
    def fail() -> dict[str, int]:
        """Always fail."""
        raise ToolError("no\x1b[2J way")

    @server.tool(name="team-b.count")
    def theirs(text: str) -> dict[str, str]:
        """Count otherwise."""
        return {"theirs": text}

    return server


UNKNOWN = {
    "twice": "Unknown tool: count: several tools have this name; use a.count or b.count",
    "hidden": "Unknown tool: hidden",
}


class Refusing:
    """Answers calls of tools nobody knows as our gateway does: status 400, with the reason in the body."""

    def __init__(self, inside: ASGIApp) -> None:
        self.inside = inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.inside(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        said = UNKNOWN.get(json.loads(body).get("params", {}).get("name"))
        if said:
            error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32602, "message": said}}
            await JSONResponse(error, 400)(scope, receive, send)
            return
        parts = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> dict[str, object]:
            return next(parts, None) or dict(await receive())

        await self.inside(scope, again, send)


class Guarded:
    """Lets in who brings the token `secret`."""

    def __init__(self, inside: ASGIApp) -> None:
        self.inside = inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and Request(scope).headers.get("authorization") != "Bearer secret":
            refusal: Response = JSONResponse({"error": "unauthorized"}, 401)
            await refusal(scope, receive, send)
            return
        await self.inside(scope, receive, send)


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(
            Guarded(Refusing(tools().streamable_http_app())), port=port, log_level="error", ws="none"
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    end = time.monotonic() + 20
    while not server.started and time.monotonic() < end:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}/mcp"
    server.should_exit = True
    thread.join(20)


def call(gateway: str, *args: str, token: str = "secret") -> Result:
    return CliRunner().invoke(
        app, ["call", *args, "--gateway", gateway], env={"CUPEL_TOKEN": token, "KUBECONFIG": "/nowhere"}
    )


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(("count", "text=a b"), 2, id="key=value"),
        pytest.param(("count", "text=3 4", "times=2"), 4, id="typed by the schema"),
        pytest.param(("count", "--json", '{"text": "a", "times": 3}'), 3, id="JSON"),
    ],
)
def test_the_structured_result_is_printed(gateway: str, args: tuple[str, ...], words: int) -> None:
    result = call(gateway, *args)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"words": words}


def test_a_namespace_picks_its_own_tool(gateway: str) -> None:
    result = call(gateway, "count", "text=3", "-n", "team-b")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"theirs": "3"}
    assert result.stderr == ""


def test_why_the_gateway_takes_no_such_name_is_told_in_its_own_words(gateway: str) -> None:
    result = call(gateway, "twice")
    assert result.exit_code == 1, result.output
    assert result.stderr.startswith("error: the gateway refuses: Unknown tool: count: several tools have")
    assert result.stderr.endswith("use a.count or b.count\n")
    assert result.stderr.count("\n") == 1


def test_a_tool_that_is_not_there_may_also_be_one_that_the_token_may_not_call(gateway: str) -> None:
    result = call(gateway, "hidden")
    assert result.exit_code == 1, result.output
    assert (
        "Unknown tool: hidden; it does not serve (kubectl cupel get), or this token may not" in result.stderr
    )
    assert "a new binding counts within a minute" in result.stderr


def test_an_error_of_the_tool_is_exit_code_1(gateway: str) -> None:
    result = call(gateway, "fail")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "no\\x1b[2J way" in result.stderr


def test_json_says_whether_it_is_an_error(gateway: str) -> None:
    found = json.loads(call(gateway, "fail", "-o", "json").stdout)
    assert set(found) == {"isError", "result", "text"} and found["isError"] is True


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        pytest.param(("nothing",), 1, "nothing", id="a tool that is not there"),
        pytest.param(("count", "text"), 2, "write key=value", id="no ="),
        pytest.param(("count", "--json", "[1]"), 2, "must be an object", id="JSON that is no object"),
        pytest.param(("count", "--json", "{"), 2, "not JSON", id="broken JSON"),
        pytest.param(("count", "a=1", "--json", "{}"), 2, "not both", id="both"),
    ],
)
def test_what_cannot_be_called(gateway: str, args: tuple[str, ...], code: int, says: str) -> None:
    result = call(gateway, *args)
    assert result.exit_code == code, result.output
    assert says in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.parametrize(("token", "says"), [("", "wants a token"), ("wrong", "does not know this token")])
def test_a_door_that_stays_shut(gateway: str, token: str, says: str) -> None:
    result = call(gateway, "count", "text=a", token=token)
    assert result.exit_code == 4, result.output
    assert says in result.stderr and result.stderr.count("\n") == 1


def test_no_gateway_at_all() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    result = call(f"http://127.0.0.1:{port}/mcp", "count", "text=a")
    assert result.exit_code == 4, result.output
    assert "no gateway answers" in result.stderr and result.stderr.count("\n") == 1
