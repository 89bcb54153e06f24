"""The autopilot: one policy's whole loop and one scaling on a real API server, and a tick of 10,000 policies in memory.

    CUPEL_APISERVER_KUBECONFIG=<administrator of a control plane only> python -m tests.bench.autopilot [--loops 300] [--settle 40] [--json OUT]

The loop is the process' own code, in this process (`loops`): Prometheus and Pods are played, every look writes its status.
API server and etcd share this machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from tests.bench.figures import told
from tests.bench.loops import HEAVY, MOVING, Beside, Timed, loops, reflected
from tests.unit.autopilot.flown import policy

from cupel.autopilot import garbage
from cupel.autopilot.flight import Flight
from cupel.autopilot.hands import Hands
from cupel.control.fleet import Sighting, tick
from cupel.kube.client import Client
from cupel.kube.connect import api_client, configuration
from cupel.kube.errors import Denied, Weather
from cupel.kube.resources import AUTONOMY_POLICY, DEPLOYMENT
from cupel.signals.prometheus import TOGETHER
from cupel.signals.reading import Moment, Reading
from cupel.signals.vector import numbered

ROOT = Path(__file__).parents[2]
PLURALS = ("approvalledgers", "autonomypolicies", "generatedtools", "toolpolicies", "toolrevisions")
SPACE = f"bench-{os.getpid()}"
BESIDE = f"{SPACE}-beside"
"""Where nobody flies."""
MANY = 10_000
Body = dict[str, Any]


async def prepared(client: Client) -> Beside:
    """Our kinds are served, a Deployment with its policy is there, and a policy that nobody flies."""
    for plural in PLURALS:
        body = yaml.safe_load((ROOT / "crds" / f"{plural}.yaml").read_text("utf-8"))
        path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.cupel.dev"
        await client._send("PATCH", path, {"fieldManager": "bench", "force": "true"}, body, "application/apply-patch+yaml")  # fmt: skip
    labels = {"app": "web"}
    container = {"name": "c", "image": "none"}
    spec = {
        "replicas": 4,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
    }
    spaces = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in (SPACE, BESIDE)
    ]
    place = {"name": "web", "namespace": SPACE}
    web = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": place, "spec": spec}
    signal = {"name": "throughputPerSecond", "type": "Prometheus", "prometheus": {"query": "load_web"}}
    scaling = {"capacityPerReplica": 10_000, "startSeconds": 2, "maxReplicas": 50}
    flown = {
        "apiVersion": AUTONOMY_POLICY.api_version, "kind": AUTONOMY_POLICY.name,
        "metadata": {"name": "web", "namespace": SPACE},
        "spec": {
            "targetRef": {"kind": "Deployment", "name": "web"}, "authority": "Act", "periodSeconds": 1,
            "signals": [signal], "scaling": scaling,
        },
    }  # fmt: skip
    beside = flown | {"metadata": {"name": "web", "namespace": BESIDE}}
    for body in (*spaces, web, flown):
        await again(partial(client.apply, body))
    return Beside(client, BESIDE, await again(partial(client.apply, beside)))


async def again(call: Callable[[], Coroutine[Any, Any, Body]]) -> Body:
    """Kinds that are just being served pass."""
    for _ in range(60):
        try:
            return await call()
        except (Weather, Denied) as error:
            last = error
        await asyncio.sleep(0.5)
    raise last


async def scaling(client: Client, count: int) -> Body:
    """Setting the replicas of a Deployment, from decision to the API server's answer; a bare patch beside it."""
    hands = Hands(client)
    ours, bare = [], []
    async with reflected(client, SPACE) as sights:
        for number in range(count):
            target = sights.deployments.get(SPACE, "web")
            assert target is not None
            wanted = 2 + (target.replicas - 1) % 3
            began = time.perf_counter()
            await hands.scale(target, wanted)
            ours.append(1000 * (time.perf_counter() - began))
            began = time.perf_counter()
            patch = {"spec": {"replicas": 5 + number % 2}}
            await client.merge_patch(DEPLOYMENT, SPACE, "web", patch, "scale")
            bare.append(1000 * (time.perf_counter() - began))
            until = time.monotonic() + 5
            while (
                sights.deployments.get(SPACE, "web") or target
            ).replicas != 5 + number % 2 and time.monotonic() < until:
                await asyncio.sleep(0.005)
    return {"scale, ms": told(ours), "a bare patch, ms": told(bare)}


def fleet() -> Flight:
    """10,000 policies that have seen a hundred looks of loads from 1 to 200 a second."""
    flight = Flight(5.0, Moment(0.0, 0.0))
    flight.crew([policy(f"p{number}") for number in range(MANY)], Moment(0.0, 0.0))
    loads = np.linspace(1, 200, MANY)
    dice = np.random.default_rng(1)
    for number in range(1, 101):
        now = Moment(5.0 * number, 5.0 * number)
        arrived = dice.poisson(loads * 5) / 5
        readings = [Reading(float(one), now.now) for one in arrived]
        flight.tick(readings, now, np.full(MANY, 4.0), np.full(MANY, 4.0), np.full(MANY, -np.inf))
    return flight


def answers() -> list[bytes]:
    """What Prometheus answers to 100 joined queries of 100 each."""
    found = []
    for part in range(MANY // TOGETHER):
        rows = [
            {
                "metric": {"cupel_signal": str(number)},
                "value": [1764188725.123, f"{(part + number) * 0.37:.4f}"],
            }
            for number in range(TOGETHER)
        ]
        body = {"status": "success", "data": {"resultType": "vector", "result": rows}}
        found.append(json.dumps(body, separators=(",", ":")).encode())
    return found


def in_memory(count: int) -> Body:
    """One tick of 10,000 policies: from figures in memory, and from Prometheus' answers, to decisions."""
    flight, texts = fleet(), answers()
    settings, pods = flight._settings, np.full(MANY, 4.0)
    loads = np.linspace(1, 200, MANY) * 1.01
    seen = Sighting.blank(MANY, seconds=5.0, ready=4.0, wanted=4.0, load=loads)
    bare, asked, used, asked_used = [], [], [], []
    garbage.set_aside()
    for number in range(count):
        began, at = time.perf_counter(), time.process_time()
        tick(flight.memory, settings, seen)
        bare.append(1000 * (time.perf_counter() - began))
        used.append(1000 * (time.process_time() - at))
        now = Moment(1764188725.5, 1000.0 + number)
        began, at = time.perf_counter(), time.process_time()
        readings = [reading for text in texts for reading in numbered(text, TOGETHER)]
        flight.tick(readings, now, pods, pods, np.full_like(pods, -np.inf))
        asked.append(1000 * (time.perf_counter() - began))
        asked_used.append(1000 * (time.process_time() - at))
    size = max(len(flight.memory.pack_row(row)) for row in range(0, MANY, 1000))
    held = sum(array.nbytes for array in leaves(flight.memory)) / MANY
    return {
        "policies": MANY,
        "from figures in memory, ms": told(bare),
        "from figures in memory, processor ms": told(used),
        "from Prometheus' answers, ms": told(asked),
        "from Prometheus' answers, processor ms": told(asked_used),
        "memory a policy, bytes": round(held),
        "saved in a status, characters at most": size,
    }


def leaves(thing: Any) -> list[Any]:
    if hasattr(thing, "nbytes"):
        return [thing]
    return [leaf for name in thing.__dataclass_fields__ for leaf in leaves(getattr(thing, name))]


async def on_a_server(count: int, settle: float) -> Body:
    """`settle`: an API server that was just started, and learnt new kinds, keeps a third of a core busy for half a minute."""
    where = {"KUBECONFIG": os.environ["CUPEL_APISERVER_KUBECONFIG"]}
    client = Timed(api_client(await configuration(where), agent="cupel-bench"))
    try:
        beside = await prepared(client)
        await asyncio.sleep(settle)
        moving = await loops(client, SPACE, beside, count, MOVING)
        heavy = await loops(client, SPACE, beside, count, HEAVY)
        return {"load moves": moving, "every loop scales": heavy} | await scaling(client, count // 2)
    finally:
        await client.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--loops", type=int, default=300)
    parser.add_argument("--settle", type=float, default=40.0, help="seconds before loops are counted")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    about = {
        "machine": f"{os.cpu_count()} cores, {platform.platform()}",
        "load": round(os.getloadavg()[0], 1),
    }
    found = about | in_memory(40) | asyncio.run(on_a_server(asked.loops, asked.settle))
    print(json.dumps(found, indent=2))
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
