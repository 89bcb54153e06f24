"""The gateway as one ASGI application: MCP, health and metrics over a catalogue that reflectors feed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.transport_security import TransportSecuritySettings
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from cupel.decide.limits import Allowance, Crowds
from cupel.settings.gateway import GatewaySettings
from cupel.store.feedback import FeedbackRoom
from cupel.store.state_room import Room
from cupel.toolpod import ToolPods

from .callers import TokenFile
from .callers_door import CallersDoor
from .calling import Calls
from .catalogue import Catalogue
from .claiming import Existing, OurCluster
from .door import Door
from .doorkeeper import Doorkeeper, Kubernetes
from .entry import Means
from .executing import Executing
from .front import Cluster, Front
from .gaps import Gaps
from .holding import Holding
from .keeper import Keeper
from .listeners import Listeners
from .metrics import Metrics
from .rest.api import mounted, operations
from .retention import Retention
from .server import Gateway, version
from .state_door import StateDoor

Feeders = Callable[[Catalogue, Gaps], list[Coroutine[Any, Any, None]]]
"""What keeps a catalogue, and what was asked for, up to date; each runs as long as the gateway does."""


class Application:
    """One gateway. `app` is what an ASGI server runs; `drain` is what it calls before it stops."""

    def __init__(
        self,
        settings: GatewaySettings,
        tokens: TokenFile | None,
        kubernetes: Kubernetes | None,
        existing: Existing,
        feed: Feeders,
        cluster: Cluster | None = None,
    ) -> None:
        """Without a `cluster` to write to, nobody may ask for tools."""
        self.catalogue = Catalogue(Means(bool(settings.store_url), settings.egress_proxy))
        self.metrics = Metrics()
        self.keeper = _keeper(settings, self.metrics, existing)
        self.retention = Retention(self.catalogue, self.keeper, existing, settings.state_grace_seconds)
        self._feed = feed
        self._draining = False
        self._listeners = Listeners(settings.limits.sessions_per_caller)
        self._pods = ToolPods()
        limits = settings.limits
        allowance = Allowance(limits.calls_per_second, limits.burst)
        crowds = Crowds(limits.calls_per_tool)
        self._holding = Holding(self.catalogue, settings.hold, self.metrics.holds)
        calls = Calls(
            self.catalogue, self._pods, crowds, self.keeper, existing, self.metrics.revisions, self._holding
        )
        self.front = Front(settings, self.catalogue, self.keeper, cluster, self.metrics.asks)
        executing = Executing(calls, allowance, self.front.noticing, self.metrics)
        gateway = Gateway(self.catalogue, executing, self.front.own_tools, self.metrics, self._listeners)
        keeper = Doorkeeper(tokens, kubernetes, settings.audience, self.catalogue.serving_namespaces)
        self._door = Door(gateway.server(), keeper.admit, security(settings), limits, self.metrics)
        states = StateDoor(self.keeper, self._door.refusal, keeper.administers, allowance)
        every = operations(self.catalogue, self.front, executing, cluster, settings.front)
        rest = mounted(every, self._door, executing, limits.body_bytes, version())
        self.catalogue.on_change(self._listeners.changed)
        self.catalogue.on_change(self._count_tools)
        self.app = Starlette(
            routes=self._routes(states, rest, keeper, settings.system_namespace), lifespan=self._lifespan
        )

    def drain(self) -> None:
        """Say that no more calls should come, and end the streams that would never end by themselves."""
        self._draining = True
        self._holding.close()
        self._listeners.close()
        self._door.close()

    def _routes(self, states: StateDoor, rest: BaseRoute, keeper: Doorkeeper, home: str) -> list[BaseRoute]:
        callers = CallersDoor(self.metrics.revisions.callers, keeper.admit, home)
        return [
            Route("/mcp", self._door),
            Route("/mcp/{namespace}/{tool}", self._door),
            Route("/state/{namespace}/{tool}", states.answer, methods=["GET", "DELETE"]),
            rest,
            Route("/health", self._health),
            Route("/metrics", self._expose),
            Route("/callers/{namespace}/{tool}/{digest}", callers.answer),
        ]

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        async with (
            self._pods,
            self._door.sessions.run(),
            self._door.alone.run(),
            asyncio.TaskGroup() as feeders,
        ):
            feeding = self._feed(self.catalogue, self.front.gaps)
            background = [*feeding, self.keeper.hold(), self.retention.run(), *self.front.background()]
            tasks = [feeders.create_task(each) for each in background]
            yield
            for task in tasks:
                task.cancel()

    async def _health(self, request: Request) -> Response:
        """Ready for calls? 503 until everything was listed and the store tried once, and before the end.

        A store that fails is told and changes nothing: it fails for every replica, and other tools go on.
        """
        if self._draining or self.keeper.foreign.is_set():
            return JSONResponse({"status": "stopping"}, 503)
        if waiting := self.catalogue.waiting_for():
            return JSONResponse({"status": "syncing", "waitingFor": list(waiting)}, 503)
        if not self.keeper.tried:
            return JSONResponse({"status": "syncing", "waitingFor": ["store"]}, 503)
        return JSONResponse({"status": "ok"} | self._store_health())

    def _store_health(self) -> dict[str, str]:
        if not self.keeper.url:
            return {}
        return {"store": "unavailable" if self.keeper.problem else "ok"}

    async def _expose(self, request: Request) -> Response:
        """All metrics, or those that `name[]` asks for: who looks every few seconds need not have all."""
        names = request.query_params.getlist("name[]")
        registry = self.metrics.registry
        text = generate_latest(registry.restricted_registry(names) if names else registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    def _count_tools(self, namespaces: frozenset[str]) -> None:
        for namespace in namespaces:
            entries = self.catalogue.entries.get(namespace, {}).values()
            serve = [(entry.tool, digest) for entry in entries for digest in entry.digests]
            self.metrics.revisions.serve(namespace, serve)
            self.metrics.tools.labels(namespace).set(
                sum(not (entry.missing or entry.retired) for entry in entries)
            )


def _keeper(settings: GatewaySettings, metrics: Metrics, existing: Existing) -> Keeper:
    room = Room(settings.tenants_per_tool, settings.tenants_per_namespace)
    said = FeedbackRoom(settings.front.feedback_per_tenant, settings.front.feedback_per_tool)
    return Keeper(settings.store_url, metrics, OurCluster(existing, settings.heir_of).claim, room, said)


def security(settings: GatewaySettings) -> TransportSecuritySettings:
    """Hosts with and without a port; origins exactly as configured. Everything else is 421 and 403."""
    hosts = [form for host in settings.hosts for form in (host, f"{host}:*")]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True, allowed_hosts=hosts, allowed_origins=list(settings.origins)
    )
