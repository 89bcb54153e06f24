"""An API server as far as the gateway needs one: list, get, watch with bookmarks and 410, reviews of tokens and access."""

from __future__ import annotations

import asyncio
import copy
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Body = dict[str, Any]
PLURALS = {
    "Namespace": "/api/v1/namespaces",
    "Pod": "/api/v1/pods",
    "GeneratedTool": "/apis/cupel.dev/v1alpha1/generatedtools",
    "ToolRevision": "/apis/cupel.dev/v1alpha1/toolrevisions",
    "ApprovalLedger": "/apis/cupel.dev/v1alpha1/approvalledgers",
    "ToolPolicy": "/apis/cupel.dev/v1alpha1/toolpolicies",
    "CapabilityGap": "/apis/cupel.dev/v1alpha1/capabilitygaps",
}


@dataclass
class FakeApi:
    """Holds objects; `put` and `remove` reach every open watch."""

    objects: dict[str, dict[tuple[str, str], Body]] = field(default_factory=dict)
    users: dict[str, Body] = field(default_factory=dict)
    """Token to `status` of its TokenReview."""
    rights: set[tuple[str, str]] = field(default_factory=set)
    """(user, namespace) that hold the verb `call`."""
    administrators: set[tuple[str, str]] = field(default_factory=set)
    """(user, namespace) that hold the verb `administer` on the ledger."""
    reviews: int = 0
    lists: int = 0
    watches: int = 0
    expire: str = ""
    """The kind whose next watch is answered 410."""
    down: bool = False
    url: str = ""
    _version: int = 1
    _log: list[tuple[int, str, Body]] = field(default_factory=list)
    """What happened, so that a watch can go on from a version."""
    _watchers: list[tuple[str, str, asyncio.Queue[Body | None]]] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        for kind, path in PLURALS.items():
            app.router.add_get(path, self._handler(kind))
            root, _, plural = path.rpartition("/")
            app.router.add_get(root + "/namespaces/{namespace}/" + plural + "/{name}", self._getter(kind))
        app.router.add_get(PLURALS["Namespace"] + "/{name}", self._getter("Namespace"))
        self.put({"kind": "Namespace", "metadata": {"name": "kube-system", "uid": "uid-cluster"}})
        app.router.add_post("/apis/authentication.k8s.io/v1/tokenreviews", self._token_review)
        app.router.add_post("/apis/authorization.k8s.io/v1/subjectaccessreviews", self._access_review)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]  # aiohttp tells the port no other way
        self.url = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        self.cut()
        await self._runner.cleanup()

    def put(self, body: Body) -> None:
        """Add or modify an object."""
        body = copy.deepcopy(body)
        kind, key = body["kind"], _key(body)
        self._version += 1
        body["metadata"]["resourceVersion"] = str(self._version)
        known = self.objects.setdefault(kind, {})
        event = "MODIFIED" if key in known else "ADDED"
        known[key] = body
        self._send(kind, {"type": event, "object": body})

    def remove(self, kind: str, namespace: str, name: str) -> None:
        body = self.objects[kind].pop((namespace, name))
        self._version += 1
        body["metadata"]["resourceVersion"] = str(self._version)
        self._send(kind, {"type": "DELETED", "object": body})

    def remove_unseen(self, kind: str, namespace: str, name: str) -> None:
        """As `remove` while nobody watches: only a new list can tell."""
        self.objects[kind].pop((namespace, name))
        self._version += 1

    def put_unseen(self, body: Body) -> None:
        """As `put` while every watch is silent."""
        self.objects.setdefault(body["kind"], {})[_key(body)] = copy.deepcopy(body)

    def cut(self) -> None:
        """Break all open watches."""
        for _, _, queue in self._watchers:
            queue.put_nowait(None)
        self._watchers.clear()

    def _send(self, kind: str, event: Body) -> None:
        self._log.append((self._version, kind, event))
        for watched, selector, queue in self._watchers:
            if watched == kind and _selected(event["object"], selector):
                queue.put_nowait(copy.deepcopy(event))

    def _handler(self, kind: str) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            if self.down:
                return web.Response(status=503, text="down")
            if request.query.get("watch") == "true":
                return await self._watch(kind, request)
            return self._list(kind, request)

        return handle

    def _getter(self, kind: str) -> Any:
        async def handle(request: web.Request) -> web.Response:
            if self.down:
                return web.Response(status=503, text="down")
            key = request.match_info.get("namespace", ""), request.match_info["name"]
            if (found := self.objects.get(kind, {}).get(key)) is not None:
                return web.json_response(found)
            return web.json_response({"kind": "Status", "reason": "NotFound", "code": 404}, status=404)

        return handle

    def _list(self, kind: str, request: web.Request) -> web.Response:
        self.lists += 1
        selector = request.query.get("labelSelector", "")
        found = [b for b in self.objects.get(kind, {}).values() if _selected(b, selector)]
        start, limit = int(request.query.get("continue", "0")), int(request.query["limit"])
        metadata = {"resourceVersion": str(self._version)}
        if start + limit < len(found):
            metadata["continue"] = str(start + limit)
        return web.json_response(
            {"kind": f"{kind}List", "metadata": metadata, "items": found[start : start + limit]}
        )

    async def _watch(self, kind: str, request: web.Request) -> web.StreamResponse:
        self.watches += 1
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        if self.expire == kind:
            self.expire = ""
            gone = {"kind": "Status", "code": 410, "message": "too old resource version"}
            await response.write(_line({"type": "ERROR", "object": gone}))
            return response
        queue: asyncio.Queue[Body | None] = asyncio.Queue()
        selector, since = request.query.get("labelSelector", ""), int(request.query["resourceVersion"])
        for version, happened, event in self._log:
            if version > since and happened == kind and _selected(event["object"], selector):
                queue.put_nowait(copy.deepcopy(event))
        self._watchers.append((kind, selector, queue))
        bookmark = {"kind": kind, "metadata": {"resourceVersion": str(self._version)}}
        await response.write(_line({"type": "BOOKMARK", "object": bookmark}))
        while (event := await queue.get()) is not None:
            await response.write(_line(event))
        return response

    async def _token_review(self, request: web.Request) -> web.Response:
        self.reviews += 1
        if self.down:
            return web.Response(status=503)
        spec = (await request.json())["spec"]
        status = self.users.get(spec["token"], {"authenticated": False})
        return web.json_response({"status": status}, status=201)

    async def _access_review(self, request: web.Request) -> web.Response:
        self.reviews += 1
        spec = (await request.json())["spec"]
        wanted = spec["resourceAttributes"]
        asked = (wanted["verb"], wanted["group"], wanted["resource"])
        rights = {
            ("call", "cupel.dev", "generatedtools"): self.rights,
            ("administer", "cupel.dev", "approvalledgers"): self.administrators,
        }
        allowed = (spec["user"], wanted["namespace"]) in rights[asked]
        return web.json_response({"status": {"allowed": allowed}}, status=201)


def _key(body: Body) -> tuple[str, str]:
    return body["metadata"].get("namespace", ""), body["metadata"]["name"]


def _selected(body: Body, selector: str) -> bool:
    if not selector:
        return True
    labels = body["metadata"].get("labels") or {}
    key, equals, value = selector.partition("=")
    return labels.get(key) == value if equals else key in labels


def _line(event: Body) -> bytes:
    return json.dumps(event).encode() + b"\n"
