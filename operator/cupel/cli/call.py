"""`call TOOL`: an approved tool through the gateway, by the official MCP client."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, TextContent, Tool

from cupel.api.common import JsonObject
from cupel.decide.harmless import harmless_lines, one_line
from cupel.kube.cli_access import NoCluster, reach
from cupel.kube.target import Target

from .output import Exit, Failure, Format, console, note, print_json

DEFAULT_GATEWAY = "http://localhost:8004/mcp"
TIMEOUT = httpx2.Timeout(10, read=90)
FORWARD = "kubectl port-forward -n cupel-system svc/cupel-gateway 8004:8004"


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    tool: str
    pairs: tuple[str, ...] = ()
    body: str = ""
    gateway: str = ""
    token: str = ""
    output: Format = Format.TEXT

    @property
    def url(self) -> str:
        return self.gateway or os.environ.get("CUPEL_GATEWAY", "") or DEFAULT_GATEWAY


async def call(target: Target, asked: Asked) -> Exit:
    """One call. A tool's own error ends in 1; a gateway that cannot be used in 4."""
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
            return _show(await client.call_tool(asked.tool, arguments), asked.output)
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
    schema = await _schema(client, asked.tool)
    return {key: value_of(text, schema.get(key)) for key, _, text in split}


async def _schema(client: Client, name: str) -> JsonObject:
    """The tool's properties; empty when it is not listed, and the call itself will say so."""
    cursor: str | None = None
    while True:
        page = await client.list_tools(cursor=cursor)
        found = next((tool for tool in page.tools if tool.name == name), None)
        cursor = page.next_cursor
        if found is not None or not cursor:
            return _properties(found)


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


def _failure(asked: Asked, error: BaseException, statuses: list[int], token: str) -> Failure:
    """One line for what went wrong between us and the gateway. Raises what we do not know."""
    last = statuses[-1] if statuses else 0
    if last in (401, 403):
        what = "does not know this token" if token else "wants a token"
        return Failure(f"the gateway {what}: give --token or set CUPEL_TOKEN", Exit.UNREACHABLE)
    match error:
        case MCPError() if last < 400:
            return Failure(f"the gateway refuses: {one_line(error.message)}")
        case MCPError() | httpx2.HTTPStatusError():
            return Failure(f"{asked.url} answered with status {last}: is it the gateway?", Exit.UNREACHABLE)
        case httpx2.HTTPError() | OSError():
            return Failure(f"no gateway answers at {asked.url}: {FORWARD}", Exit.UNREACHABLE)
    raise error
