"""`call TOOL`: an approved tool through the gateway, by the official MCP client."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, CallToolResult, TextContent, Tool

from cupel.api.common import JsonObject
from cupel.decide.harmless import harmless_lines, one_line
from cupel.kube.cli_access import NoCluster, reach
from cupel.kube.target import Target

from .output import Exit, Failure, Format, console, note, print_json

DEFAULT_GATEWAY = "http://localhost:8004/mcp"
TIMEOUT = httpx2.Timeout(10, read=90)
UNKNOWN_TOOL = (
    "; it does not serve (kubectl cupel get), or this token may not call it (ClusterRole cupel-caller): "
    "a new binding counts within a minute"
)
FORWARD = "kubectl port-forward -n cupel-system svc/cupel-gateway 8004:8004"


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    tool: str
    namespace: str = ""
    """Given by -n: of several tools of one name, the one of this namespace."""
    pairs: tuple[str, ...] = ()
    body: str = ""
    gateway: str = ""
    token: str = ""
    output: Format = Format.TEXT

    @property
    def name(self) -> str:
        """The name to call: NAMESPACE.TOOL where a namespace was given, which the gateway always takes."""
        prefix = f"{self.namespace}." if self.namespace else ""
        return self.tool if self.tool.startswith(prefix) else prefix + self.tool

    @property
    def url(self) -> str:
        return self.gateway or os.environ.get("CUPEL_GATEWAY", "") or DEFAULT_GATEWAY


async def call(target: Target, asked: Asked) -> Exit:
    """One call. A tool's own error ends in 1; a gateway that cannot be used in 4."""
    logging.getLogger("client").setLevel(logging.ERROR)  # the MCP package tells there what the gateway checks
    given = _object(asked.body) if asked.body else None
    if given is not None and asked.pairs:
        raise Failure("give key=value or --json, not both", Exit.UNUSABLE)
    token = asked.token or os.environ.get("CUPEL_TOKEN", "") or (await namespace_and_token(target))[1]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    statuses: list[int] = []

    async def seen(response: httpx2.Response) -> None:
        statuses.append(response.status_code)

    try:
        async with (
            httpx2.AsyncClient(headers=headers, timeout=TIMEOUT, event_hooks={"response": [seen]}) as http,
            Client(streamable_http_client(asked.url, http_client=http)) as client,
        ):
            arguments = given if given is not None else await _from_pairs(client, asked)
            return _show(await client.call_tool(asked.name, arguments), asked.output)
    except (MCPError, httpx2.HTTPError, OSError) as error:
        raise _failure(asked, error, statuses, token) from error
    except ExceptionGroup as group:
        raise _failure(asked, _leaf(group), statuses, token) from group


async def namespace_and_token(target: Target) -> tuple[str, str]:
    """Of the kubeconfig; the token is empty when there is no kubeconfig, or it uses certificates."""
    try:
        reached = await reach(target)
    except NoCluster:
        return target.namespace or "default", ""
    await reached.client.close()
    return reached.namespace, reached.token


def _object(text: str) -> JsonObject:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Failure(f"--json is not JSON: {error}", Exit.UNUSABLE) from error
    if not isinstance(value, dict):
        raise Failure('--json must be an object, such as \'{"text": "a b"}\'', Exit.UNUSABLE)
    return value


async def _from_pairs(client: Client, asked: Asked) -> JsonObject:
    """Arguments of `key=value`, read by the types the tool's own schema names."""
    split = [pair.partition("=") for pair in asked.pairs]
    bad = [key for key, equals, _ in split if not key or not equals]
    if bad:
        raise Failure(f"{bad[0]!r} is no argument: write key=value, or use --json", Exit.UNUSABLE)
    if not split:
        return {}
    schema = await _schema(client, asked.name)
    return {key: value_of(text, schema.get(key)) for key, _, text in split}


async def _schema(client: Client, name: str) -> JsonObject:
    """The tool's properties; empty when it is not listed, and the call itself will say so.

    A tool whose plain name is unique is listed by that, also for who calls it as NAMESPACE.TOOL.
    """
    cursor: str | None = None
    listed: dict[str, Tool] = {}
    while name not in listed:
        page = await client.list_tools(cursor=cursor)
        listed |= {tool.name: tool for tool in page.tools}
        cursor = page.next_cursor
        if not cursor:
            break
    return _properties(listed.get(name) or listed.get(name.partition(".")[2]))


def _properties(tool: Tool | None) -> JsonObject:
    properties = tool.input_schema.get("properties") if tool else None
    return properties if isinstance(properties, dict) else {}


def value_of(text: str, schema: Any) -> Any:
    """A string where the schema wants one, else JSON where the text is JSON, else a string."""
    wanted = schema.get("type") if isinstance(schema, dict) else None
    if wanted == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _show(result: CallToolResult, output: Format) -> Exit:
    """The structured result on standard output; an error of the tool on standard error."""
    texts = [part.text for part in result.content if isinstance(part, TextContent)]
    if output is Format.JSON:
        print_json({"isError": bool(result.is_error), "result": result.structured_content, "text": texts})
    elif result.is_error:
        note(f"error: the tool answers: {one_line(' '.join(texts))}")
    elif result.structured_content is not None:
        print_json(result.structured_content)
    else:
        for line in harmless_lines("\n".join(texts)):
            console().print(line)
    return Exit.REFUSED if result.is_error else Exit.OK


def _leaf(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _hint(message: str) -> str:
    """The gateway does not tell a tool that is not there from one the caller may not call; here are both."""
    return UNKNOWN_TOOL if message.startswith("Unknown tool: ") and "several tools" not in message else ""


def _failure(asked: Asked, error: BaseException, statuses: list[int], token: str) -> Failure:
    """One line for what went wrong between us and the gateway. Raises what we do not know."""
    last = statuses[-1] if statuses else 0
    if last in (401, 403):
        what = "does not know this token" if token else "wants a token"
        return Failure(f"the gateway {what}: give --token or set CUPEL_TOKEN", Exit.UNREACHABLE)
    match error:
        case MCPError() if last < 400 or error.code == INVALID_PARAMS:  # a code the package never makes up
            return Failure(f"the gateway refuses: {one_line(error.message)}{_hint(error.message)}")
        case MCPError() | httpx2.HTTPStatusError():
            return Failure(f"{asked.url} answered with status {last}: is it the gateway?", Exit.UNREACHABLE)
        case httpx2.HTTPError() | OSError():
            return Failure(f"no gateway answers at {asked.url}: {FORWARD}", Exit.UNREACHABLE)
    raise error
