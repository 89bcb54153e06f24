"""The API server's verbs over raw JSON: one attempt each, answered with the object, Weather or Denied."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from urllib.parse import urlencode

import aiohttp
from kubernetes.aio.client.api_client import ApiClient

from cupel.api.common import JsonObject
from cupel.api.encoding import apply_text
from cupel.api.names import FIELD_MANAGER

from .errors import Denied, Unexpected, Weather
from .resources import KINDS, Kind

APPLY = "application/apply-patch+yaml; charset=utf-8"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
JSON = "application/json"
METADATA = f"{JSON};as=PartialObjectMetadata;g=meta.k8s.io;v=v1,{JSON}"
"""Of what was written, its metadata: what we have just said takes the API server long to say again."""
PASSING = frozenset({401, 408, 409, 410, 425, 429, 500, 502, 503, 504})
REFUSING = frozenset({403, 404, 413, 422})
PAGE = 250
ACCEPT = {"Accept": JSON, "Accept-Encoding": "identity"}
"""Packing long lists costs the API server more than sending them in a cluster."""
NOTHING: Mapping[str, str] = {}
DEADLINE = aiohttp.ClientTimeout(total=30, connect=5)

Sink = Callable[[str, str, str], None]
"""Told (verb, kind, outcome) of every write; outcome is ok, denied, weather or unexpected."""


def ignored(verb: str, kind: str, outcome: str) -> None:
    """A sink for those who do not count."""


class Client:
    """Calls the API server as one identity. Every write has a body, so that the fence can hold it back."""

    def __init__(self, api: ApiClient, sink: Sink = ignored) -> None:
        self.api = api
        self.sink = sink

    async def close(self) -> None:
        await self.api.close()  # type: ignore[no-untyped-call]  # the package has no types

    async def get(self, kind: Kind, namespace: str, name: str) -> JsonObject | None:
        """One object, or None when there is none."""
        try:
            return await self._send("GET", kind.path(namespace, name))
        except Denied as denied:
            if denied.code == 404:
                return None
            raise

    async def list(self, kind: Kind, namespace: str = "", selector: str = "") -> JsonObject:
        """The whole list as the server gives it: `metadata.resourceVersion` and `items`."""
        return await self._send("GET", kind.path(namespace), {"labelSelector": selector} if selector else {})

    async def pages(self, kind: Kind, selector: str = "") -> AsyncIterator[JsonObject]:
        """The same in pages, for lists that may be long; all pages are of one moment."""
        query = {"limit": str(PAGE)} | ({"labelSelector": selector} if selector else {})
        while True:
            page = await self._send("GET", kind.path(), query)
            yield page
            if not (more := page["metadata"].get("continue")):
                return
            query = query | {"continue": more}

    async def apply(self, manifest: JsonObject, manager: str = FIELD_MANAGER) -> JsonObject:
        """Server-side apply, forced: what we name is ours. Answers the object as stored."""
        kind, namespace, name = address(manifest)
        query = {"fieldManager": manager, "force": "true", "fieldValidation": "Strict"}
        return await self._write("apply", kind, "PATCH", kind.path(namespace, name), query, manifest, APPLY)

    async def create(
        self, manifest: JsonObject, *, trial: str = "", manager: str = FIELD_MANAGER
    ) -> JsonObject:
        """Create; with `trial="All"` a dry run, which passes through admission and stores nothing."""
        kind, namespace, _ = address(manifest)
        query = {"fieldManager": manager} | ({"dryRun": trial} if trial else {})
        verb = "try" if trial else "create"
        return await self._write(verb, kind, "POST", kind.path(namespace), query, manifest, JSON)

    async def merge_patch(
        self, kind: Kind, namespace: str, name: str, patch: JsonObject, subresource: str = "",
        manager: str = FIELD_MANAGER, *, trial: str = "",
    ) -> JsonObject:  # fmt: skip
        """Merge patch. A `metadata.resourceVersion` in it is a precondition; `trial="All"` is a dry run."""
        path = kind.path(namespace, name, subresource)
        query = {"fieldManager": manager} | ({"dryRun": trial} if trial else {})
        return await self._write("try" if trial else "patch", kind, "PATCH", path, query, patch, MERGE)

    async def json_patch(
        self, kind: Kind, namespace: str, name: str, patch: Sequence[JsonObject], manager: str = FIELD_MANAGER
    ) -> JsonObject:
        """JSON patch. Replacing `/metadata/resourceVersion` by what was read is a precondition."""
        path = kind.path(namespace, name)
        return await self._write("patch", kind, "PATCH", path, {"fieldManager": manager}, patch, JSON_PATCH)

    async def replace(self, manifest: JsonObject, manager: str = FIELD_MANAGER) -> JsonObject:
        """Replace, only if the object still has the manifest's resourceVersion; Weather when it has not."""
        kind, namespace, name = address(manifest)
        path, query = kind.path(namespace, name), {"fieldManager": manager}
        return await self._write("replace", kind, "PUT", path, query, manifest, JSON)

    async def replace_status(self, manifest: JsonObject, manager: str = FIELD_MANAGER) -> JsonObject:
        """Replace the status alone, as `replace`. Answers the metadata; the spec is as it was read."""
        kind, namespace, name = address(manifest)
        path, query = kind.path(namespace, name, "status"), {"fieldManager": manager}
        answer = await self._write("status", kind, "PUT", path, query, manifest, JSON, METADATA)
        return dict(answer["metadata"])

    async def delete(
        self, kind: Kind, namespace: str, name: str, uid: str, grace_seconds: int | None = None
    ) -> None:
        """Delete the object with this uid; content when it is gone or another took its name."""
        grace = {} if grace_seconds is None else {"gracePeriodSeconds": grace_seconds}
        body = grace | {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": {"uid": uid},
            "propagationPolicy": "Background",
        }
        try:
            await self._write("delete", kind, "DELETE", kind.path(namespace, name), {}, body, JSON)
        except (Denied, Weather) as refused:
            if refused.code not in (404, 409):
                raise

    async def _write(
        self, verb: str, kind: Kind, method: str, path: str, query: Mapping[str, str],
        body: JsonObject | Sequence[JsonObject], mime: str, accept: str = JSON
    ) -> JsonObject:  # fmt: skip
        outcome = "weather"
        try:
            answer = await self._send(method, path, query, body, mime, accept)
            outcome = "ok"
            return answer
        except Denied:
            outcome = "denied"
            raise
        except Unexpected:
            outcome = "unexpected"
            raise
        finally:
            self.sink(verb, kind.name, outcome)

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] = NOTHING,
        body: JsonObject | Sequence[JsonObject] | None = None,
        mime: str = JSON,
        accept: str = JSON,
    ) -> JsonObject:
        url = f"{self.api.configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Content-Type": mime, **ACCEPT, "Accept": accept, **self.api.default_headers}
        await self.api.update_params_for_auth(headers, None, ["BearerToken"], path, method, body)
        try:
            content = apply_text(body) if isinstance(body, dict) and mime == APPLY else body
            response = await self.api.call_api(method, url, headers, body=content, _request_timeout=DEADLINE)
            answer = await response.read()  # type: ignore[no-untyped-call]  # same
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Weather(f"{method} {path}: {type(error).__name__} {error}".rstrip()) from error
        return judge(f"{method} {path}", response.status, answer, response.headers)


def judge(call: str, status: int, content: bytes, headers: Mapping[str, str]) -> JsonObject:
    """The object of an answer. Raises Weather, Denied or Unexpected."""
    try:
        answer = json.loads(content)
    except ValueError as error:
        if status < 400:
            raise Weather(f"{call}: the answer is cut") from error
        answer = {}
    if status < 400 and isinstance(answer, dict):
        return answer
    message = answer.get("message") if isinstance(answer, dict) else None
    text = str(message or content[:300].decode("utf-8", "replace"))
    if status in REFUSING:
        raise Denied(text, status)
    if status in PASSING:
        raise Weather(f"{call}: {status} {text}", status, _seconds(headers.get("Retry-After")))
    raise Unexpected(f"{call}: {status} {text}")


def _seconds(value: str | None) -> float | None:
    return float(value) if value is not None and value.isdigit() else None


def address(manifest: JsonObject) -> tuple[Kind, str, str]:
    """Kind, namespace and name of a manifest. Raises KeyError for a kind we do not write."""
    metadata = manifest["metadata"]
    kind = KINDS[(manifest["apiVersion"], manifest["kind"])]
    return kind, metadata.get("namespace", ""), metadata.get("name", "")
