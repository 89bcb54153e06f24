"""Kill the operator before and after every write, and lose every reply: the end is as if nothing had happened."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.cluster import build

from .api import Api
from .operator_process import IMAGE, OperatorProcess
from .player import Player
from .proxy import FaultProxy, Mode
from .workflow import NeverCame, Workflow

pytestmark = pytest.mark.apiserver
SERVING, SANDBOX = "crash", "crash-sandbox"
MODES: tuple[Mode, ...] = ("before", "after", "lost")
SLACK = 3
"""Writes beyond those of the reference run that are tried too: order and number differ a little by run."""


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


@pytest.fixture
async def stage(installed: str, controllers: None, tmp_path: Path) -> AsyncIterator[Stage]:
    operator = OperatorProcess(tmp_path)
    async with (
        Api(installed) as api,
        FaultProxy(api, operator.kill) as proxy,
        Player(api, SERVING, SANDBOX) as player,
    ):
        await operator.begin(proxy.port)
        try:
            yield Stage(api, proxy, player, operator)
        finally:
            await operator.end()


async def test_every_write_may_be_the_last(stage: Stage) -> None:
    reference = await stage.play(0, "before")
    writes = list(stage.proxy.writes)
    assert reference["trials"] == 2 and len(writes) >= 15, writes
    again = await stage.play(0, "before")
    assert again == reference, "the reference differs from run to run"
    wrong: list[str] = []
    for mode in MODES:
        for number in range(1, len(writes) + SLACK + 1):
            wrong += await _disturbed(stage, reference, number, mode)
    print(f"\n{len(writes)} writes, {stage.runs} runs, {stage.operator.starts} starts of the operator")
    assert wrong == []


async def _disturbed(stage: Stage, reference: Any, number: int, mode: Mode) -> list[str]:
    try:
        states = await stage.play(number, mode)
    except NeverCame as never:
        return [f"write {number} ({_named(stage, number)}), {mode}: {never}"]
    if states != reference:
        differs = {k: (states[k], reference[k]) for k in reference if states.get(k) != reference[k]}
        return [f"write {number} ({_named(stage, number)}), {mode}: {differs}"]
    return []


def _named(stage: Stage, number: int) -> str:
    return stage.proxy.writes[number - 1] if len(stage.proxy.writes) >= number else "never came"


@pytest.fixture
def apiserver_kubeconfig() -> str:
    found = os.environ.get("CUPEL_APISERVER_KUBECONFIG", "")
    return found or pytest.skip("CUPEL_APISERVER_KUBECONFIG names no API server: run `make test-apiserver`")


@pytest.fixture
def installed(apiserver_kubeconfig: str) -> str:
    """CRDs, policies and roles as users install them, and a pair of zones with one channel."""
    root = Path(__file__).resolve().parents[3]
    kubectl = [str(build.program("kubectl")), "--kubeconfig", apiserver_kubeconfig]
    base = subprocess.run(
        [*kubectl, "kustomize", str(root / "manifests" / "base")], capture_output=True, check=True
    )
    subprocess.run(
        [*kubectl, "apply", "--server-side", "--force-conflicts", "-f", "-"],
        input=base.stdout,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    zone = ["zone", "init", SERVING, "--sandbox", SANDBOX, "--floors", "1,2", "--launcher", IMAGE]
    environment = os.environ | {"KUBECONFIG": apiserver_kubeconfig, "PYTHONPATH": str(root / "operator")}
    subprocess.run(
        [sys.executable, "-m", "cupel.cli", *zone], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    return apiserver_kubeconfig


@pytest.fixture
def controllers(apiserver_kubeconfig: str) -> Any:
    """The real Deployment, ReplicaSet and garbage collection controllers, which the control plane alone lacks."""
    state = Path(apiserver_kubeconfig).parent
    program = str(build.program("kube-controller-manager"))
    command = [
        program, f"--kubeconfig={apiserver_kubeconfig}", "--leader-elect=false", "--secure-port=0",
        "--use-service-account-credentials", f"--service-account-private-key-file={state}/pki/sa.key",
        "--controllers=deployment-controller,replicaset-controller,garbage-collector-controller,"
        "namespace-controller,serviceaccount-controller",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield
    process.terminate()
    process.wait(20)
