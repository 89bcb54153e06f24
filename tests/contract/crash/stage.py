"""One control plane with everything on it that the sweep needs; three of them run side by side, one for each mode."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from tests.cluster import build, node, sweep

from .api import Api
from .operator_process import IMAGE, OperatorProcess
from .player import Player
from .proxy import FaultProxy, Mode
from .workflow import NeverCame, Workflow

ROOT = Path(__file__).resolve().parents[3]
SLACK = 3
"""Writes beyond those of the reference run that are tried too: order and number differ a little by run."""
SERVING, SANDBOX = "crash", "crash-sandbox"
THIS_TREE = hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]
"""Two clones may run their tests side by side."""


class Stage:
    """API server, proxy, player and operator, together."""

    def __init__(self, api: Api, proxy: FaultProxy, player: Player, operator: OperatorProcess) -> None:
        self.api, self.proxy, self.player, self.operator = api, proxy, player, operator
        self.runs = 0
        self.session = secrets.token_hex(3)  # a ledger remembers digests, and a digest holds the name

    async def play(self, fail_at: int, mode: Mode) -> dict[str, Any]:
        """One workflow with one fault. The tool's name is new, so that runs do not meet."""
        self.runs += 1
        self.proxy.plan(fail_at, mode)
        self.player.trials.clear()
        states = await Workflow(self.api, f"words-{self.session}-{self.runs}", SERVING, SANDBOX).play()
        return states | {"trials": len(self.player.trials)}

    async def pardons(self, mode: Mode) -> AsyncIterator[tuple[int, dict[str, Any] | str]]:
        """Roll back and pardon one tool again and again, each time with the next write failed.

        Yields the number (0: none failed) and the states, or what never came.
        """
        self.proxy.plan(0, mode)
        workflow = Workflow(self.api, f"pardoned-{self.session}", SERVING, SANDBOX)
        first, second = await workflow.grow()
        last, number = 0, 0
        while number <= last:
            self.proxy.plan(number, mode)
            try:
                await workflow.roll_back(f"{second}@{number}", first)
                await workflow.pardon(second)
                yield number, dict(workflow.states)
            except NeverCame as never:
                yield number, str(never)
            last = last or len(self.proxy.writes) + SLACK
            number += 1


@asynccontextmanager
async def staged(name: str, number: int, folder: Path) -> AsyncIterator[Stage]:
    """A control plane of its own, with CRDs, policies, roles, zones, controllers, and an operator that dies."""
    name = f"{name}-{THIS_TREE}"
    cluster = await asyncio.to_thread(node.up, name, control_plane_only=True)
    operator = OperatorProcess(folder)
    try:
        await asyncio.to_thread(install, str(cluster.kubeconfig))
        with controllers(cluster.kubeconfig):
            async with (
                Api(str(cluster.kubeconfig)) as api,
                FaultProxy(api, operator.kill) as proxy,
                Player(api, SERVING, SANDBOX, f"127.{77 + number}") as player,
            ):
                await operator.begin(proxy.port)
                try:
                    yield Stage(api, proxy, player, operator)
                finally:
                    await operator.end()
    finally:
        await asyncio.to_thread(sweep.sweep, name)


def install(kubeconfig: str) -> None:
    """CRDs, policies and roles as users install them, and a pair of zones with one channel."""
    kubectl = [str(build.program("kubectl")), "--kubeconfig", kubeconfig]
    base = subprocess.run(
        [*kubectl, "kustomize", str(ROOT / "manifests" / "base")], capture_output=True, check=True
    )
    apply = [*kubectl, "apply", "--server-side", "--force-conflicts", "-f", "-"]
    subprocess.run(apply, input=base.stdout, check=True, stdout=subprocess.DEVNULL)
    zone = ["zone", "init", SERVING, "--sandbox", SANDBOX, "--floors", "1,2", "--launcher", IMAGE]
    environment = os.environ | {"KUBECONFIG": kubeconfig, "PYTHONPATH": str(ROOT / "operator")}
    cupel = [sys.executable, "-m", "cupel.cli", *zone]
    subprocess.run(cupel, env=environment, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def controllers(kubeconfig: Path) -> Iterator[None]:
    """The real Deployment, ReplicaSet and garbage collection controllers, which a control plane alone lacks."""
    command = [
        "setpriv", "--pdeathsig=KILL",  # it ends with the test, even a killed one
        str(build.program("kube-controller-manager")), f"--kubeconfig={kubeconfig}",
        "--leader-elect=false", "--secure-port=0", "--use-service-account-credentials",
        f"--service-account-private-key-file={kubeconfig.parent}/pki/sa.key",
        "--controllers=deployment-controller,replicaset-controller,garbage-collector-controller,"
        "namespace-controller,serviceaccount-controller",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
