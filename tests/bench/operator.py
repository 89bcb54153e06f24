"""The operator at 2,000 tools (Pods faked): status writes a second, passes a second when nothing is to do, memory.

    KUBECONFIG=<administrator of a control plane only> python -m tests.bench.operator [--tools 2000]

Needs a throw-away API server, best one of `python -m tests.cluster up --control-plane-only`: it installs the
admission policies and roles, and leaves two namespaces behind. Everything runs on this machine, API server and
etcd included, and shares its cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cupel.analysis import ANALYSER
from cupel.api import names
from cupel.api.bundle import bundle_of
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_revision import ToolRevision
from cupel.decide import desired, pods
from cupel.kube.client import Client
from cupel.kube.connect import api_client, configuration
from cupel.kube.errors import Denied, Weather
from cupel.kube.resources import DEPLOYMENT, GENERATED_TOOL, NAMESPACE, POD, TOOL_POLICY, TOOL_REVISION, Kind

ROOT = Path(__file__).parents[2]
SERVING, SANDBOX = "bench", "bench-sandbox"
IMAGE = "localhost/cupel-sandbox@sha256:" + "1" * 64
NOW = "2026-01-01T00:00:00Z"
PORT = 18099
ROUNDS = 2
POLL = 1.0
"""Seconds between two looks at /metrics, each of which costs the operator milliseconds."""
CODE = "def run(text: str) -> dict:\n    return {'words': len(text.split())}  # %s\n"
Body = dict[str, Any]


def tool(number: int) -> Body:
    """A tool as the README shows it."""
    text = {"type": "string"}
    return {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "GeneratedTool",
        "metadata": {"name": f"tool-{number:04}", "namespace": SERVING},
        "spec": {
            "description": "Count the words of a text.",
            "interface": {
                "inputSchema": {"type": "object", "properties": {"text": text}, "required": ["text"]},
                "outputSchema": {"type": "object", "properties": {"words": {"type": "integer"}}},
            },
            "examples": [{"name": "two-words", "arguments": {"text": "a b"}, "result": {"words": 2}}],
            "source": {"type": "Inline", "inline": {"code": CODE % (str(number) + "x" * 1500)}},
            "requestedBy": "bench",
        },
    }


class World:
    """Makes the objects of tools that are proven, approved and served, as if all had gone its way."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def zones(self) -> None:
        for name, labels in (
            (SERVING, {names.ZONE: "serving", names.SANDBOX_NAMESPACE: SANDBOX}),
            (SANDBOX, {names.ZONE: "sandbox"}),
        ):
            await self._make(
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
            )
            ledger = {
                "floors": {"withoutEgress": 0, "withEgress": 2},
                "separation": "TwoPeople",
                "launcherImages": [IMAGE],
            }
            await self._ours("ApprovalLedger", "ledger", name, ledger)
        policy = {"approvals": {"low": 0, "medium": 2, "high": 2}}
        await self._ours("ToolPolicy", "default", SERVING, policy)

    async def one(self, number: int) -> None:
        """One tool and everything that belongs to it."""
        asked = GeneratedTool.parse(await self._make(tool(number)))
        rev = ToolRevision.parse(await self._make(desired.revision(asked, bundle_of(asked), "1.0.0")))
        template = pods.serving_pod_template(rev, asked.spec.serving, IMAGE)
        await self._status(TOOL_REVISION, rev.name, evidence())
        checked = {
            "digest": rev.spec.digest,
            "template": f"{pods.template_hash(rev, asked.spec.serving, IMAGE)}.0",
            "verdict": "Passed",
            "message": "",
            "checkedAt": NOW,
        }
        await self._status(GENERATED_TOOL, asked.name, {"verifications": [checked]})
        await self._make(desired.serving_bundle(rev))
        await self._make(pods.serving_deployment(rev, asked.spec.serving, IMAGE, 1, ""))
        counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 1)
        await self._status(DEPLOYMENT, rev.name, counts | {"observedGeneration": 1})
        await self._make({"apiVersion": "v1", "kind": "Pod", "metadata": template["metadata"] | {"name": rev.name, "namespace": SERVING}, "spec": template["spec"]})  # fmt: skip
        await self._status(POD, rev.name, running())

    async def _ours(self, kind: str, name: str, namespace: str, spec: Body) -> None:
        metadata = {"name": name, "namespace": namespace}
        await self._make(
            {"apiVersion": "cupel.dev/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}
        )

    async def _make(self, manifest: Body) -> Body:
        return await again(lambda: self.client.apply(manifest))

    async def _status(self, kind: Kind, name: str, status: Body) -> None:
        await again(lambda: self.client.merge_patch(kind, SERVING, name, {"status": status}, "status"))


def evidence() -> Body:
    return {
        "analysis": {"analyser": ANALYSER, "verdict": "Accepted"},
        "validation": {
            "run": "bench-t0-0",
            "image": IMAGE,
            "attempt": 0,
            "verdict": "Passed",
            "reason": "TrialsPassed",
            "finishedAt": NOW,
        },
    }


def running() -> Body:
    conditions = [
        {"type": kind, "status": "True", "lastTransitionTime": NOW} for kind in ("Ready", "ContainersReady")
    ]
    container = {"name": "tool", "image": IMAGE, "imageID": IMAGE, "ready": True, "restartCount": 0}
    return {
        "phase": "Running",
        "podIP": "127.0.0.9",
        "podIPs": [{"ip": "127.0.0.9"}],
        "conditions": conditions,
        "containerStatuses": [container | {"state": {"running": {"startedAt": NOW}}}],
    }


async def again(call: Callable[[], Coroutine[Any, Any, Body]]) -> Body:
    """Busy servers and half-made namespaces pass."""
    for _ in range(60):
        try:
            return await call()
        except (Weather, Denied) as error:
            last = error
        await asyncio.sleep(0.5)
    raise last


async def together(count: int, one: Callable[[int], Coroutine[Any, Any, None]], workers: int = 16) -> None:
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await one(number)
            if number % 200 == 0:
                print(f"  {number} tools", flush=True)

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())


class Watched:
    """The operator's process, seen from outside."""

    def __init__(self, kubeconfig: Path, log: Path) -> None:
        environment = os.environ | {
            "KUBECONFIG": str(kubeconfig),
            "PYTHONPATH": str(ROOT / "operator"),
            "CUPEL_SANDBOX_IMAGE": IMAGE,
            "CUPEL_PROBE_TARGETS": "10.96.0.1:443",
            "CUPEL_HTTP_HOST": "127.0.0.1",
            "CUPEL_HTTP_PORT": str(PORT),
            "CUPEL_RESYNC_SECONDS": "3600",
        }
        command = [sys.executable, "-m", "cupel.controller"]
        self.process = subprocess.Popen(command, env=environment, stderr=log.open("wb"))

    def metrics(self) -> dict[str, float]:
        """Values by name and labels; empty while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics", timeout=30) as answer:
                text = answer.read().decode()
        except OSError:
            return {}
        pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def total(self, pattern: str) -> float:
        return sum(value for name, value in self.metrics().items() if re.match(pattern, name))

    async def until(self, what: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not what():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit("the operator did not get there; see its log")
            await asyncio.sleep(POLL)

    def mebibytes(self, field: str) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        found = re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0


class Processors:
    """Processor seconds of all that share the cores: the operator, this bench, and API server and etcd if they run here."""

    def __init__(self, operator: int, server: str) -> None:
        self.pids = {"operator": operator, "bench": os.getpid()}
        address = f"--advertise-address={urlsplit(server).hostname}".encode()
        running = {int(one.name): _command(one) for one in Path("/proc").iterdir() if one.name.isdigit()}
        for pid, command in running.items():
            if command[0].endswith(b"kube-apiserver") and address in command:
                self.pids["API server"] = pid
        for pid, command in running.items():
            if (
                command[0].endswith(b"etcd")
                and "API server" in self.pids
                and _network(pid) == _network(self.pids["API server"])
            ):
                self.pids["etcd"] = pid

    def used(self) -> dict[str, float]:
        """Seconds since each process began, in user and in system."""
        return {name: _processor_seconds(pid) for name, pid in self.pids.items()}


def _command(process: Path) -> list[bytes]:
    try:
        return (process / "cmdline").read_bytes().split(b"\0")
    except OSError:  # ended meanwhile
        return [b""]


def _network(pid: int) -> str:
    return os.readlink(f"/proc/{pid}/ns/net")


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


STATUS = r'cupel_writes_total\{kind="(GeneratedTool|ToolRevision)",outcome="ok",verb="status"'
EVENTS = r'cupel_writes_total\{kind="Event"'
SERVING_NOW = r'cupel_tool_gate\{.*reason="Serving"'
PASSES = r'cupel_passes_total\{kind="(GeneratedTool|ToolRevision)"'


async def measure(operator: Watched, processors: Processors, client: Client, count: int) -> Body:
    """Start-up and convergence, status writes, passes with nothing to do, memory."""
    started = time.monotonic()
    await operator.until(lambda: operator.total(SERVING_NOW) >= count, 900)
    settled = time.monotonic() - started
    await operator.until(lambda: operator.total("cupel_queue_depth") == 0, 300)
    await asyncio.sleep(10)
    rounds = [
        await status_writes(operator, processors, client, mode, count)
        for mode in ("Paused", "Active") * ROUNDS
    ]
    await asyncio.sleep(10)
    passes = [await idle_passes(operator, client, round_number, count) for round_number in range(3)]
    return {
        "tools": count,
        "seconds from start until every tool was judged": round(settled, 1),
        "rounds": rounds,
        "median": {key: statistics.median(one[key] for one in rounds) for key in rounds[0] if key != "mode"},
        "passes a second, nothing to do": sorted(round(rate) for rate in passes),
        "resident memory, MiB": round(operator.mebibytes("VmRSS")),
        "peak memory, MiB": round(operator.mebibytes("VmHWM")),
    }


async def status_writes(
    operator: Watched, processors: Processors, client: Client, mode: str, count: int
) -> Body:
    """Pause the tools' policy, or take that back: every tool's status says so."""
    before, events, begun = operator.total(STATUS), operator.total(EVENTS), time.monotonic()
    used, passes = processors.used(), operator.total(PASSES)
    await client.merge_patch(TOOL_POLICY, SERVING, "default", {"spec": {"mode": mode}})
    await operator.until(lambda: operator.total(STATUS) >= before + count, 600)
    seconds = time.monotonic() - begun
    await operator.until(lambda: operator.total("cupel_queue_depth") == 0, 300)
    written, now = operator.total(STATUS) - before, processors.used()
    return {
        "mode": mode,
        "status writes a second": round(count / seconds),
        **{
            f"{name}: CPU ms a status write": round(1000 * (now[name] - used[name]) / written, 2)
            for name in used
        },
        "passes a status write": round((operator.total(PASSES) - passes) / written, 1),
        "Event calls a status write": round((operator.total(EVENTS) - events) / written, 2),
        "load": round(os.getloadavg()[0], 1),
    }


async def idle_passes(operator: Watched, client: Client, number: int, count: int) -> float:
    """Touch the namespace: every tool and revision is looked at again, and nothing is to do."""
    writes, before, begun = operator.total(STATUS), operator.total(PASSES), time.monotonic()
    await client.merge_patch(NAMESPACE, "", SERVING, {"metadata": {"labels": {"bench": str(number)}}})
    await operator.until(lambda: operator.total(PASSES) >= before + 2 * count, 300)
    rate = (operator.total(PASSES) - before) / (time.monotonic() - begun)
    assert operator.total(STATUS) == writes
    return rate


def install() -> None:
    """Roles and admission, as the base has them; the operator's own token."""
    for folder in ("rbac", "admission"):
        subprocess.run(["kubectl", "apply", "--server-side", "--force-conflicts", "-k", ROOT / "manifests/base" / folder], check=True, stdout=subprocess.DEVNULL)  # fmt: skip
    zone = "cupel-operator-zone"
    account = "cupel-system:cupel-operator"
    for namespace in (SERVING, SANDBOX):
        command = ["kubectl", "create", "rolebinding", zone, "-n", namespace, f"--clusterrole={zone}", f"--serviceaccount={account}"]  # fmt: skip
        subprocess.run(command, check=False, capture_output=True)


def operator_kubeconfig(folder: Path) -> Path:
    show = ["kubectl", "config", "view", "--flatten", "-o", "json"]
    config = json.loads(subprocess.run(show, check=True, capture_output=True).stdout)
    create = ["kubectl", "create", "token", "cupel-operator", "-n", "cupel-system", "--duration=2h"]
    token = subprocess.run(create, check=True, capture_output=True, text=True).stdout.strip()
    config["users"][0]["user"] = {"token": token}
    path = folder / "operator.kubeconfig"
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


async def main(count: int, folder: Path, reuse: bool) -> None:
    client = Client(api_client(await configuration(os.environ)))
    subprocess.run(["kubectl", "apply", "--server-side", "-k", ROOT / "crds"], check=True, stdout=subprocess.DEVNULL)  # fmt: skip
    for kind in (
        "validatingadmissionpolicybinding",
        "mutatingadmissionpolicybinding",
    ):  # we write as nobody may
        subprocess.run(["kubectl", "delete", kind, "--all"], check=True, stdout=subprocess.DEVNULL)
    for name in ("cupel-system", SERVING, SANDBOX):
        subprocess.run(["kubectl", "create", "namespace", name], check=False, capture_output=True)
    subprocess.run(["kubectl", "apply", "-f", ROOT / "manifests/base/runtime-class.yaml"], check=True)
    for name in (SERVING, SANDBOX):
        subprocess.run(["kubectl", "create", "serviceaccount", "tool", "-n", name], check=False, capture_output=True)  # fmt: skip
    world = World(client)
    await world.zones()
    if not reuse:
        print(f"making {count} tools", flush=True)
        await together(count, world.one)
    install()
    operator = Watched(operator_kubeconfig(folder), folder / "operator.log")
    try:
        processors = Processors(operator.process.pid, client.api.configuration.host)
        found = await measure(operator, processors, client, count)
    finally:
        operator.process.terminate()
        operator.process.wait(20)
        await client.close()
    about = {"machine": f"{os.cpu_count()} cores, {platform.platform()}", "load": os.getloadavg()[0]}
    print(json.dumps(about | found, indent=2))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tools", type=int, default=2000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp"))
    parser.add_argument("--reuse", action="store_true", help="the tools of an earlier run are still there")
    options = parser.parse_args()
    asyncio.run(main(options.tools, options.folder, options.reuse))
