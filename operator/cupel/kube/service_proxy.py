"""Calling a service of ours through the API server, under the caller's identity."""

from __future__ import annotations

import json
from dataclasses import dataclass

import aiohttp

from cupel.api.common import JsonObject
from cupel.api.names import SYSTEM_NAMESPACE

from .client import ACCEPT, DEADLINE, JSON, Client, judge
from .errors import Weather

REFUSAL = "CodeRefusal"
"""`kind` of a refusal that the service made, and not the API server."""


@dataclass(frozen=True)
class Refused(Exception):
    """The service's answer is no."""

    reason: str
    message: str

    def __str__(self) -> str:
        return self.message


async def post(client: Client, service: str, path: str, body: JsonObject) -> JsonObject:
    """POST to `http:name:port` in our namespace. Raises Refused, and what the API server's answer means."""
    where = f"/api/v1/namespaces/{SYSTEM_NAMESPACE}/services/{service}/proxy{path}"
    headers = {"Content-Type": JSON, **ACCEPT, **client.api.default_headers}
    await client.api.update_params_for_auth(headers, None, ["BearerToken"], where, "POST", body)
    url = f"{client.api.configuration.host}{where}"
    try:
        response = await client.api.call_api("POST", url, headers, body=body, _request_timeout=DEADLINE)
        content = await response.read()  # type: ignore[no-untyped-call]  # the package has no types
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Weather(f"POST {where}: {type(error).__name__}") from error
    _raise_if_refused(content)
    return judge(f"POST {where}", response.status, content, response.headers)


def _raise_if_refused(content: bytes) -> None:
    try:
        said = json.loads(content)
    except ValueError:
        return
    if isinstance(said, dict) and said.get("kind") == REFUSAL:
        raise Refused(str(said.get("reason", "")), str(said.get("message", "")))
