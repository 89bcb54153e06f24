"""Real trial Pods on a real node with gVisor, made as the operator makes them and judged as the operator judges them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support.api import Api
from tests.support.runtime_class import OPEN, PATH, RUNC

from cupel.api.bundle import Bundle
from cupel.api.generated_tool import Interface
from cupel.api.permissions import Permissions
from cupel.api.report import Report, parse_report
from cupel.api.tool_policy import ValidationPolicy
from cupel.api.tool_revision import ToolRevision
from cupel.decide import desired, pods
from cupel.decide.trials import ContainerView, TrialPod, Verdict, judge

pytestmark = pytest.mark.node

Change = Callable[[dict[str, Any]], None]
OBJECT = {"type": "object"}
WORD_COUNT = "def run(text):\n    return {'words': len(text.split())}\n"
TWO_WORDS = {"name": "two-words", "arguments": {"text": "a b"}, "result": {"words": 2}}
NOTHING = {"name": "nothing", "arguments": {}, "result": {}}
WALLS = ("kernel", "token", "filesystem", "network")


@dataclass(frozen=True)
class Outcome:
    """What came of a trial Pod."""

    pod: dict[str, Any]
    rev: ToolRevision
    run: str
    limits: ValidationPolicy
    seconds: float

    def terminated(self, container: str) -> dict[str, Any]:
        statuses = self.pod["status"].get("containerStatuses", [])
        return next((s["state"].get("terminated", {}) for s in statuses if s["name"] == container), {})

    @property
    def report(self) -> Report:
        report = parse_report(self.terminated("harness").get("message", ""))
        assert isinstance(report, Report), (report, self.pod["status"])
        return report

    def verdict(self) -> Verdict:
        """As the operator judges this Pod."""
        seen = TrialPod(
            name=self.run,
            uid=self.pod["metadata"]["uid"],
            phase=self.pod["status"]["phase"],
            created_at=datetime.now(UTC),
            pod_reason=self.pod["status"].get("reason", ""),
            harness=self._view("harness"),
            tool=self._view("tool"),
        )
        deadline = timedelta(seconds=self.limits.deadline_seconds)
        return judge(
            seen, desired.nonce(self.rev, self.run), self.rev.spec.digest, deadline, datetime.now(UTC)
        )

    def _view(self, container: str) -> ContainerView:
        end = self.terminated(container)
        return ContainerView(bool(end), end.get("exitCode", 0), end.get("reason", ""), end.get("message", ""))


class Bench:
    """A namespace for trials, the addresses they must not reach, and what it takes to run one."""

    def __init__(self, api: Api, image: str) -> None:
        self.api = api
        self.image = image
        self.namespace = f"trials-{secrets.token_hex(4)}"
        self.home = f"/api/v1/namespaces/{self.namespace}"
        self.classes: list[str] = []
        self.made(
            "/api/v1/namespaces",
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}},
        )
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "tool"}}
        self.made(f"{self.home}/serviceaccounts", account)
        slices = self.api.call(
            "GET", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"
        ).body
        service = self.api.call("GET", "/api/v1/namespaces/kube-system/services/kube-dns").body
        (address, *_), port = slices["endpoints"][0]["addresses"], slices["ports"][0]["port"]
        self.targets = (f"{address}:{port}", f"{service['spec']['clusterIP']}:53")

    def made(self, path: str, body: dict[str, Any]) -> None:
        answer = self.api.call("POST", path, body)
        assert answer.code in (201, 409), answer.text

    def runtime_class(self, handler: str) -> str:
        """A RuntimeClass of the test's own for one of the node's handlers."""
        name = f"{self.namespace}-{handler}"
        body = {
            "apiVersion": "node.k8s.io/v1",
            "kind": "RuntimeClass",
            "metadata": {"name": name},
            "handler": handler,
        }
        self.made(PATH, body)
        self.classes.append(name)
        return name

    def close(self) -> None:
        for name in self.classes:
            self.api.call("DELETE", f"{PATH}/{name}")
        self.api.call("DELETE", f"/api/v1/namespaces/{self.namespace}")

    def tried(
        self, code: str, *examples: dict[str, Any], change: Change | None = None, egress: tuple[str, ...] = (),
        state: str = "None", **limits: int,
    ) -> Outcome:  # fmt: skip
        """Run one trial to its end. `change` plants something in the Pod before it is made."""
        return self.ended(revision(code, examples, egress, state), change, **limits)

    def ended(self, rev: ToolRevision, change: Change | None = None, **limits: int) -> Outcome:
        """Run one trial of a revision to its end; with nothing beyond the trials unless told."""
        policy = ValidationPolicy(**({"proof_seconds": 0} | limits))
        run = f"{desired.trial_name(rev, 0, 0)[:-1]}{secrets.randbelow(10**6)}"
        tests = desired.trial_tests(rev, self.namespace, desired.tests_file(rev, run, policy, self.targets))
        for config_map in (desired.sandbox_bundle(rev, self.namespace), tests):
            self.made(f"{self.home}/configmaps", config_map)
        pod = pods.trial_pod(rev, self.namespace, run, self.image, policy, tests["metadata"]["name"])
        if change:
            change(pod)
        began = time.monotonic()
        self.made(f"{self.home}/pods", pod)
        ended = self._over(run, policy.deadline_seconds + 60)
        outcome = Outcome(ended, rev, run, policy, time.monotonic() - began)
        self.api.call("DELETE", f"{self.home}/pods/{run}", {"gracePeriodSeconds": 0})
        return outcome

    def _over(self, run: str, seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while True:
            pod: dict[str, Any] = self.api.call("GET", f"{self.home}/pods/{run}").body
            statuses = pod["status"].get("containerStatuses", [])
            if len(statuses) == 2 and all("terminated" in s["state"] for s in statuses):
                return pod
            assert time.monotonic() < end, pod["status"]
            time.sleep(0.1)


def revision(
    code: str, examples: tuple[dict[str, Any], ...], egress: tuple[str, ...], state: str
) -> ToolRevision:
    bundle = Bundle.model_validate(
        {
            "tool": "tried",
            "description": "A tool that is tried.",
            "interface": Interface(tool_name="tried", input_schema=OBJECT, output_schema=OBJECT).wire(),
            "code": code,
            "permissions": Permissions(egress=egress, state=state).wire(),
            "examples": examples,
        }
    )
    spec = {"tool": "tried", "digest": bundle.digest(), "bundle": bundle.wire(), "requestedBy": "somebody"}
    meta = {"name": "tried-0123456789", "namespace": "serving", "uid": "8f14e45f-ceea-467f-a8f2-7a1f8d1f7c11"}
    return ToolRevision.parse({"metadata": meta, "spec": spec})


@pytest.fixture(scope="module")
def bench(node_kubeconfig: Path, sandbox_image: str) -> Iterator[Bench]:
    bench = Bench(Api(node_kubeconfig), sandbox_image)
    try:
        yield bench
    finally:
        bench.close()


def breached(report: Report) -> dict[str, str]:
    """Every wall that did not hold, by container and name."""
    told = {"harness": report.harness, "tool": report.tool}
    return {
        f"{where} {wall}": text for where, i in told.items() for wall in WALLS if (text := getattr(i, wall))
    }


def test_an_honest_tool_is_isolated_and_passes(bench: Bench) -> None:
    outcome = bench.tried(WORD_COUNT, TWO_WORDS)
    assert breached(outcome.report) == {}
    assert (outcome.report.planted, outcome.report.passed, outcome.report.failed) == ("Failed", 1, 0)
    assert outcome.verdict().kind == "Passed"
    assert (outcome.terminated("harness")["exitCode"], outcome.terminated("tool")["exitCode"]) == (0, 0)


STRANGER = """
import os, sys
def run():
    sys.path.append('/usr/lib/cupel-harness')
    try:
        names = os.listdir('/usr/lib/cupel-harness')
    except OSError as error:
        names = type(error).__name__
    try:
        import hypothesis
    except ImportError as error:
        return {'names': names, 'loaded': 0}
    return {'names': names, 'loaded': 1}
"""


def test_the_harness_draws_and_changes_by_what_a_tool_cannot_load(bench: Bench) -> None:
    wanted = {"name": "one", "arguments": {}, "result": {"names": "PermissionError", "loaded": 0}}
    report = bench.tried(STRANGER, wanted, proof_seconds=60).report

    assert (report.passed, report.failed) == (1, 0), report.failures
    assert report.properties and report.mutants
    assert (report.properties.calls > 0, "cannot be loaded" in report.properties.because) == (True, False)
    assert 0 < report.mutants.killed < report.mutants.tried == report.mutants.total


def no_gvisor(bench: Bench) -> Change:
    name = bench.runtime_class(RUNC)
    return lambda pod: pod["spec"].update(runtimeClassName=name)


def open_egress(bench: Bench) -> Change:
    name = bench.runtime_class(OPEN)
    return lambda pod: pod["spec"].update(runtimeClassName=name)


def token(bench: Bench) -> Change:
    return lambda pod: pod["spec"].update(automountServiceAccountToken=True)


def token_elsewhere(bench: Bench) -> Change:
    def change(pod: dict[str, Any]) -> None:
        volume = {
            "name": "extra",
            "projected": {"sources": [{"serviceAccountToken": {"path": "credentials"}}]},
        }
        pod["spec"]["volumes"].append(volume)
        pod["spec"]["containers"][1]["volumeMounts"].append({"name": "extra", "mountPath": "/opt/extra"})

    return change


def writable_root(container: int) -> Callable[[Bench], Change]:
    def plant(bench: Bench) -> Change:
        return lambda pod: pod["spec"]["containers"][container]["securityContext"].update(
            readOnlyRootFilesystem=False
        )

    return plant


def writable_volume(bench: Bench) -> Change:
    def change(pod: dict[str, Any]) -> None:
        pod["spec"]["volumes"].append({"name": "shared", "emptyDir": {}})
        for container in pod["spec"]["containers"]:
            container["volumeMounts"].append({"name": "shared", "mountPath": "/opt/shared"})

    return change


PLANTED = {
    "no gVisor": (no_gvisor, {"harness kernel", "harness network", "tool kernel", "tool network"}),
    "open egress": (open_egress, {"harness network", "tool network"}),
    "a mounted token": (token, {"harness token", "tool token"}),
    "a token in another place": (token_elsewhere, {"tool token"}),
    "a writable root of the tool": (writable_root(1), {"tool filesystem"}),
    "a writable root of the harness": (writable_root(0), {"harness filesystem"}),
    "a writable volume between the two": (writable_volume, {"harness filesystem", "tool filesystem"}),
}


@pytest.mark.parametrize(("plant", "walls"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found_and_nothing_else(
    bench: Bench, plant: Callable[[Bench], Change], walls: set[str]
) -> None:
    outcome = bench.tried(WORD_COUNT, TWO_WORDS, change=plant(bench))
    assert set(breached(outcome.report)) == walls, breached(outcome.report)
    assert (outcome.verdict().kind, outcome.verdict().reason) == ("Failed", "NotIsolated"), outcome.pod[
        "status"
    ]


REACH = """
import os, resource, socket
def attempt(what):
    try:
        return str(what())
    except Exception as error:
        return type(error).__name__
def memory_of(pid):
    with open(f"/proc/{pid}/mem", "rb", 0) as memory, open(f"/proc/{pid}/maps") as maps:
        memory.seek(int(next(line for line in maps if "rw-p" in line).split("-")[0], 16))
        return len(memory.read(64))
def run():
    parent = os.getppid()
    launcher = int(open(f"/proc/{parent}/stat").read().split()[3])
    return {
        "launcher": launcher,
        "memory of the zygote": attempt(lambda: memory_of(parent)),
        "memory of the launcher": attempt(lambda: memory_of(launcher)),
        "more memory": attempt(lambda: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)),
        "a fork": attempt(os.fork),
        "a file": attempt(lambda: os.write(os.open("/tmp/x", os.O_CREAT | os.O_WRONLY), b"x")),
        "the network": attempt(lambda: socket.create_connection(("%s", %d), 1)),
        "descriptors": sorted(int(fd) for fd in os.listdir("/proc/self/fd"))[:4],
    }
"""
DENIED = {
    "launcher": 1,
    "memory of the zygote": "PermissionError",
    "memory of the launcher": "PermissionError",
    "more memory": "ValueError",
    "a fork": "BlockingIOError",
    "a file": "OSError",
    "the network": "TimeoutError",
    "descriptors": [0, 1, 2, 3],
}


def test_a_tool_that_passed_the_analyser_by_a_trick_reaches_nothing(bench: Bench) -> None:
    host, port = bench.targets[0].split(":")
    outcome = bench.tried(REACH % (host, int(port)), {"name": "reach", "arguments": {}, "result": DENIED})
    assert [failure.message for failure in outcome.report.failures] == []
    assert outcome.report.passed == 1


ENDS = {
    "eats memory": (
        "def run():\n    return {'n': len([bytearray(1 << 20) for _ in range(4096)])}\n",
        "OutOfMemory",
    ),
    "never ends": (
        "import re\ndef run():\n    return {'m': bool(re.match('(a+)+$', 'a' * 64 + 'b'))}\n",
        "ToolTimeout",
    ),
    "ends its process": ("import os\ndef run():\n    os._exit(1)\n", "ToolCrashed"),
    "kills its zygote": (
        "import os, time\ndef run():\n    os.kill(os.getppid(), 9)\n    time.sleep(9)\n",
        "ToolCrashed",
    ),
    "forks without end": ("import os\ndef run():\n    while True:\n        os.fork()\n", "TrialsFailed"),
    "cannot be imported": ("import nothing_of_that_name\n", "ImportFailed"),
}


@pytest.mark.parametrize(("code", "reason"), ENDS.values(), ids=ENDS)
def test_a_bad_end_is_reported_by_the_harness_which_lives_on(bench: Bench, code: str, reason: str) -> None:
    outcome = bench.tried(code, NOTHING, timeout_seconds=1)
    assert breached(outcome.report) == {}
    assert (outcome.verdict().kind, outcome.verdict().reason) == ("Failed", reason), outcome.pod["status"]


EATS_THE_SANDBOX = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
hoard = []
for _ in range(2048):
    block = bytearray(1 << 20)
    block[::4096] = b"x" * 256
    hoard.append(block)
def run(): return {}
"""


def test_the_kernel_ends_the_whole_sandbox_when_the_pod_has_no_memory_left(bench: Bench) -> None:
    """One gVisor sandbox is one cgroup: the harness dies with the tool, and the operator is told the true reason."""
    outcome = bench.tried(EATS_THE_SANDBOX, NOTHING, deadline_seconds=60)
    assert {outcome.terminated(name)["reason"] for name in ("harness", "tool")} == {"OOMKilled"}
    assert (outcome.verdict().kind, outcome.verdict().reason) == ("Failed", "OutOfMemory")


def test_endless_calls_are_reported_before_the_deadline(bench: Bench) -> None:
    calls = [NOTHING | {"name": f"n{number}"} for number in range(12)]
    outcome = bench.tried(
        "def run():\n    while True: pass\n", *calls, timeout_seconds=2, deadline_seconds=20
    )
    assert "reason" not in outcome.pod["status"]
    assert (outcome.report.failed, outcome.verdict().reason) == (12, "ToolTimeout")


def test_a_harness_that_hangs_is_ended_by_the_deadline_and_its_words_do_not_count(bench: Bench) -> None:
    def hang(pod: dict[str, Any]) -> None:
        script = "import time; open('/dev/termination-log', 'w').write('{}'); time.sleep(600)"
        pod["spec"]["containers"][0].update(command=["/usr/bin/python3", "-I", "-c"], args=[script])

    outcome = bench.tried(WORD_COUNT, TWO_WORDS, change=hang, deadline_seconds=10)
    assert outcome.terminated("harness")["message"] == "{}"
    assert (outcome.verdict().kind, outcome.verdict().reason) == ("Failed", "TrialTimeout")


WEATHER = """
def run(ctx, /, city):
    answer = ctx.http.get("https://api.example.com/v1/weather?city=" + city)
    ctx.state["asked"] = ctx.state.get("asked", 0) + 1
    return {"degrees": answer.json()["degrees"]}
"""


def test_state_and_recorded_exchanges_work_without_any_network(bench: Bench) -> None:
    recorded = {
        "name": "bern",
        "arguments": {"city": "Bern"},
        "result": {"degrees": 21.5},
        "state": {"before": {"asked": 1}, "after": {"asked": 2}},
        "exchanges": [
            {
                "request": {"url": "https://api.example.com/v1/weather?city=Bern"},
                "response": {"status": 200, "body": '{"degrees": 21.5}'},
            }
        ],
    }
    unrecorded = recorded | {"name": "basel", "arguments": {"city": "Basel"}}
    outcome = bench.tried(WEATHER, recorded, unrecorded, egress=("api.example.com:443",), state="PerTenant")
    assert outcome.report.passed == 1
    assert [(failure.name, failure.reason) for failure in outcome.report.failures] == [
        ("basel", "UnrecordedCall")
    ]


def test_another_bundle_than_the_approved_does_not_start(bench: Bench) -> None:
    def other(pod: dict[str, Any]) -> None:
        pod["spec"]["containers"][1]["args"][-1] = "0" * 64

    outcome = bench.tried(WORD_COUNT, TWO_WORDS, change=other, deadline_seconds=20)
    assert outcome.terminated("tool")["exitCode"] == 78
    assert outcome.verdict().kind != "Passed"
