"""What the control plane alone lacks: a kubelet that plays Pods, and Pods that answer the tool's protocol."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

from aiohttp import web

from cupel.api.report import Isolation, Report

from .api import Api, Refused

HELD = Isolation(kernel="", token="", filesystem="", network="")


class Player:
    """Watches the Pods of two zones and moves them along as a node would."""

    def __init__(self, api: Api, serving: str, sandbox: str, network: str) -> None:
        self.api = api
        self.serving, self.sandbox, self.network = serving, sandbox, network
        self.trials: list[str] = []
        self._numbers = count(1)
        self._servers: dict[str, web.AppRunner] = {}
        self._begun: set[str] = set()

    async def __aenter__(self) -> Player:
        self._tasks = [asyncio.create_task(self._run(ns)) for ns in (self.serving, self.sandbox)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for runner in self._servers.values():
            await runner.cleanup()

    async def _run(self, namespace: str) -> None:
        while True:
            with contextlib.suppress(Refused, OSError, ValueError):
                async for kind, pod in self.api.watch(f"/api/v1/namespaces/{namespace}/pods"):
                    with contextlib.suppress(Refused):
                        await self._seen(kind, pod)
            await asyncio.sleep(0.2)

    async def _seen(self, kind: str, pod: Any) -> None:
        name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]
        if kind == "DELETED":
            await self._stop(name)
        elif "deletionTimestamp" in pod["metadata"]:
            await self._stop(name)
            path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{name}"
            await self.api.ask("DELETE", path, {"gracePeriodSeconds": 0, "preconditions": {"uid": uid}})
        elif kind == "ADDED" and uid not in self._begun:
            self._begun.add(uid)
            await (self._try(pod) if pod["metadata"]["namespace"] == self.sandbox else self._serve(pod))

    async def _try(self, pod: Any) -> None:
        """A trial ends well at once, with the report its harness would leave."""
        self.trials.append(pod["metadata"]["name"])
        config = next(v["configMap"]["name"] for v in pod["spec"]["volumes"] if v["name"] == "tests")
        found = await self.api.ask("GET", f"/api/v1/namespaces/{self.sandbox}/configmaps/{config}")
        tests = json.loads(found["data"]["tests.json"])
        report = Report(
            format="cupel.dev/report/v1",
            nonce=tests["nonce"],
            digest=tests["digest"],
            harness=HELD,
            tool=HELD,
            planted="Failed",
            passed=len(tests["trials"]),
        )
        ended = {"terminated": {"exitCode": 0, "message": report.model_dump_json(by_alias=True)}}
        statuses = [
            _container("harness", pod, ended, ready=False),
            _container("tool", pod, ended, ready=False),
        ]
        await self._status(pod, {"phase": "Succeeded", "containerStatuses": statuses})

    async def _serve(self, pod: Any) -> None:
        """A tool's Pod is ready at once, at a loopback address where its examples are answered."""
        number = next(self._numbers)
        address = f"{self.network}.{number // 250}.{number % 250 + 1}"
        config = next(v["configMap"]["name"] for v in pod["spec"]["volumes"] if v["name"] == "bundle")
        found = await self.api.ask("GET", f"/api/v1/namespaces/{self.serving}/configmaps/{config}")
        self._servers[pod["metadata"]["name"]] = await _tool_server(address, found["data"]["bundle.json"])
        now = datetime.now(UTC).isoformat()
        running = _container("tool", pod, {"running": {"startedAt": now}}, ready=True)
        conditions = [
            {"type": kind, "status": "True", "lastTransitionTime": now}
            for kind in ("Ready", "ContainersReady")
        ]
        status = {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]}
        await self._status(pod, status | {"conditions": conditions, "containerStatuses": [running]})

    async def _status(self, pod: Any, status: Any) -> None:
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/status"
        await self.api.patch(path, {"status": status | {"startTime": datetime.now(UTC).isoformat()}})

    async def _stop(self, name: str) -> None:
        if runner := self._servers.pop(name, None):
            await runner.cleanup()


def _container(name: str, pod: Any, state: Any, *, ready: bool) -> Any:
    image = pod["spec"]["containers"][0]["image"]
    base = {"name": name, "image": image, "imageID": image, "restartCount": 0, "containerID": "play://x"}
    return base | {"ready": ready, "started": ready, "state": state}


async def _tool_server(address: str, bundle: str) -> web.AppRunner:
    """Answers /healthz, /definition and /call as the launcher would, from the bundle's own examples."""
    content = json.loads(bundle)
    digest = "sha256-" + hashlib.sha256(bundle.encode()).hexdigest()

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def definition(_: web.Request) -> web.Response:
        face = content["interface"]
        names = {"digest": digest, "tool": content["tool"], "description": content["description"]}
        return web.json_response(names | face)

    async def call(request: web.Request) -> web.Response:
        asked = (await request.json())["arguments"]
        answers = [e["result"] for e in content["examples"] if e["arguments"] == asked]
        return web.json_response({"result": answers[0], "milliseconds": 1, "memoryKibibytes": 1})

    app = web.Application()
    app.add_routes([web.get("/healthz", health), web.get("/definition", definition), web.post("/call", call)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, address, 8080).start()
    return runner
