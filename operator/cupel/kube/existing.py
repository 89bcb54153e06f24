"""Whether an object is there: asked now, of the API server itself, not of a picture of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import aiohttp
from kubernetes.aio.client.api_client import ApiClient

from .resources import Kind

TIMEOUT = aiohttp.ClientTimeout(total=10)


class NotKnown(Exception):
    """The API server could not be asked."""


@dataclass(frozen=True)
class Existing:
    """Asks for single objects. Needs the verb get."""

    client: ApiClient

    async def uid(self, kind: Kind, namespace: str, name: str) -> str:
        """The uid of the object of this name; empty when there is none. Raises NotKnown."""
        try:
            request = await self.client.param_serialize(
                "GET",
                kind.path(namespace, name),
                header_params={"Accept": "application/json"},
                auth_settings=["BearerToken"],
            )
            answer = await self.client.call_api(*request, _request_timeout=TIMEOUT)
            response: aiohttp.ClientResponse = answer.response
            raw = await response.read()
            if response.status == 404 and _of_an_object(raw):
                return ""
            if response.status != 200:
                raise NotKnown(f"status {response.status}")
            return str(json.loads(raw)["metadata"]["uid"])
        except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError) as error:
            raise NotKnown(type(error).__name__) from error


def _of_an_object(raw: bytes) -> bool:
    """An API server says 404 with a Status; a proxy in between, or a path that is not served, without."""
    body = json.loads(raw)
    return isinstance(body, dict) and body.get("kind") == "Status" and body.get("reason") == "NotFound"
