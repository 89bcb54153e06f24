"""The stages of `make test`. Each starts what it needs unless that runs already, and ends only what it started."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.cluster import build, build_images, machine, providers
from tests.cluster.waiting import step

from . import lanes
from .environment import HOME, PYTHON, ROOT
from .tally import FAILED, PASSED, Tally, counted, failures

FAST = "not apiserver and not node"
EDGE, CRASHES = "tests/edge", "tests/contract/crash"
"""Suites with a lane of their own: both wait for processes most of their time."""
NO_TESTS = 5
"""pytest's exit status when it collected none: a stage without tests yet is not a failure."""
LONGEST_TEST = {"fast": 120, "apiserver": 2100, "node": 600}
"""Seconds after which a test that hangs ends its stage, with everybody's stack."""
SECOND_TRIES, LONGEST_SECOND_TRY = 3, 180
"""A shared machine stalls now and then, and one test in thousands then misses its deadline: at most so many of a
session, none longer than so many seconds, are run once more by themselves. The run's last lines name them."""
THIS_TREE = hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]
APISERVER, NODE, CRASH = (f"test-{name}-{THIS_TREE}" for name in ("api", "node", "crash"))
"""Names of the clusters: two clones may run their tests side by side, and end only what is their own."""
CHECKS = {
    "ruff format": ["ruff", "format", "--check", "--quiet"],
    "ruff check": ["ruff", "check", "--quiet"],
    "mypy, the project": ["mypy", "--no-error-summary"],
    "mypy, the cluster": ["mypy", "--no-error-summary", "-p", "tests.cluster", "-p", "tests.runner"],
    "import contracts": ["lint-imports", "--no-logo"],
}


def heading(text: str) -> None:
    print(f"\n== {text}", flush=True)


@contextmanager
def timed(text: str) -> Iterator[None]:
    heading(text)
    began = time.monotonic()
    yield
    print(f"== {text.partition(':')[0]}: {time.monotonic() - began:.0f} s", flush=True)


def lint() -> Tally:
    """Each check is one test; its output is shown when it fails."""
    total = Tally()
    for title, command in CHECKS.items():
        print(f"  {title}: ", end="", flush=True)
        began = time.monotonic()
        environment = os.environ | {"PYTHONPATH": "operator:sandbox", "MYPYPATH": "operator:sandbox"}
        result = run([str(HOME / "bin" / command[0]), *command[1:]], environment, show=False)
        outcome = "ok" if result.returncode == 0 else "FAILED"
        print(f"{outcome}, {time.monotonic() - began:.1f} s", flush=True)
        if result.returncode:
            print(result.stdout, flush=True)
        total += FAILED if result.returncode else PASSED
    return total


def fast() -> Tally:
    """No cluster, no network, no root."""
    with timed("stage 1, fast: format, lint, types, import contracts, unit and edge tests"):
        machine.offer_promtool()
        with lanes.beside("edge") as edge:
            here = lint() + pytest("fast", FAST, {}, "tests", f"--ignore={EDGE}")
            return here + edge()


@contextmanager
def compiling() -> Iterator[None]:
    """Compile the cluster on what the fast stage leaves idle; what is half done then stands in Go's own cache."""
    if not isinstance(providers.chosen(), providers.Node) or not build.missing():
        yield
        return
    heading("compiling the cluster beside stage 1, at low priority")
    command = ["nice", "-n", "19", sys.executable, "-m", "tests.cluster", "build"]
    with open(ROOT / "build" / "compiling.log", "w") as log:
        child = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        child.wait()


def apiserver() -> Tally:
    """A real API server with etcd and nothing else; a fresh one for each suite: none meets another's policies."""
    total = Tally()
    with timed("stage 2, API server: kinds, admission, crashes"):
        machine.offer_browser()
        with lanes.beside("crash") as crash:
            for each in suites("apiserver"):
                total += Tally() if each == CRASHES else suite(each, APISERVER)
            total += crash()
    return total


def suite(folder: str, name: str) -> Tally:
    """One suite on a cluster of its own."""
    heading(f"suite {folder}")
    with cluster(name, control_plane_only=True) as config:
        return pytest("apiserver", "apiserver", {"CUPEL_APISERVER_KUBECONFIG": str(config)}, folder)


LANES: dict[str, Callable[[], Tally]] = {
    "edge": lambda: pytest("fast", FAST, {}, EDGE),
    "crash": lambda: suite(CRASHES, CRASH),
}


def suites(mark: str) -> list[str]:
    """The folders of tests/contract in which a test carries this mark."""
    folders = sorted(path for path in (ROOT / "tests" / "contract").iterdir() if path.is_dir())
    wanted = f"pytest.mark.{mark}"
    marked = [
        path for path in folders if any(wanted in file.read_text("utf-8") for file in path.rglob("*.py"))
    ]
    return [str(path.relative_to(ROOT)) for path in marked]


def node() -> Tally:
    """A whole node with gVisor, and both images in it."""
    with (
        timed("stage 3, node: tools in gVisor, end to end"),
        cluster(NODE, control_plane_only=False) as config,
    ):
        names = load_images(NODE)
        return pytest("node", "node", {"CUPEL_NODE_KUBECONFIG": str(config)} | names)


def load_images(name: str) -> dict[str, str]:
    """Build both images and load them; their pinned names as the environment variables that tests read."""
    if os.environ.get("CLUSTER") == "current":
        wanted = ("CUPEL_SANDBOX_IMAGE", "CUPEL_OPERATOR_IMAGE")
        if missing := [variable for variable in wanted if not os.environ.get(variable)]:
            raise SystemExit(
                f"CLUSTER=current: set {' and '.join(missing)} to images your cluster can pull, by digest"
            )
        return {variable: os.environ[variable] for variable in wanted}
    named = build_images.build_all()
    provider = providers.chosen()
    for target, archive in build_images.archives().items():
        with step(f"load {target}"):
            provider.load(name, archive)
    return {f"CUPEL_{target.upper()}_IMAGE": image.pinned for target, image in named.items()}


@contextmanager
def cluster(name: str, *, control_plane_only: bool) -> Iterator[Path]:
    """The kubeconfig of a running cluster of this name; taken down afterwards unless it ran before."""
    provider = providers.chosen()
    before = provider.exists(name)
    try:
        yield provider.up(name, control_plane_only=control_plane_only)
    finally:
        if before:
            print(f"  cluster {name} ran before and is left running", flush=True)
        else:
            with step(f"sweep cluster {name}"):
                provider.down(name)


def pytest(stage: str, marks: str, extra: Mapping[str, str], where: str = "tests", *options: str) -> Tally:
    """Run the tests with these marks below a folder; what failed gets a second try, and is named if it passes then."""
    cache = f"cache_dir={ROOT / 'build' / 'reports' / f'{stage}-{Path(where).name}-cache'}"
    chosen, began = [marks, where, "-o", cache, *options], time.monotonic()
    report, first = session(stage, chosen, extra, Path(where).name)
    took, failed = time.monotonic() - began, failures(report)
    if not first.failed or len(failed) > SECOND_TRIES:
        return first
    if max(failed.values(), default=took) > LONGEST_SECOND_TRY:
        return first
    heading(f"second try: {', '.join(failed) or f'all of {where}, which failed outside its tests'}")
    only = ["--last-failed", "--last-failed-no-failures=none"] if failed else []
    _, second = session(stage, chosen + only, extra, f"{Path(where).name}-again")
    if second.failed or second.passed != (len(failed) or first.passed):
        return first
    return Tally(first.passed + len(failed), 0, first.skipped, tuple(failed) or (where,))


def session(stage: str, chosen: list[str], extra: Mapping[str, str], title: str) -> tuple[Path, Tally]:
    """One run of pytest; its JUnit report, and what came of it."""
    report = ROOT / "build" / "reports" / f"{stage}-{title}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    limits = ["-o", f"faulthandler_timeout={LONGEST_TEST[stage]}", "-o", "faulthandler_exit_on_timeout=true"]
    quiet = ["-q", "--durations=5", f"--junit-xml={report}"]
    command = [str(PYTHON), "-m", "pytest", *quiet, *limits, "-m", *chosen]
    status = run(command, surroundings(extra), show=True).returncode
    return report, counted(report, 0 if status == NO_TESTS else status)


def surroundings(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of tests and demo: our kubectl first, and the user's own KUBECONFIG never."""
    found = {key: value for key, value in os.environ.items() if key != "KUBECONFIG"} | dict(extra)
    path = f"{build.directory('kubernetes')}:{HOME / 'bin'}:{found.get('PATH', '')}:{machine.PROMTOOL}"
    named = extra.get("CUPEL_NODE_KUBECONFIG") or extra.get("CUPEL_APISERVER_KUBECONFIG")
    return found | {"PATH": path} | ({"KUBECONFIG": named} if named else {})


@contextmanager
def nothing_left() -> Iterator[None]:
    """Clusters that tests made for themselves end with the run, even if the tests were killed before they could."""
    provider = providers.chosen()
    before = set(provider.names())
    try:
        yield
    finally:
        for name in sorted(set(provider.names()) - before):
            if name.endswith(THIS_TREE):
                with step(f"sweep cluster {name}, left by a test"):
                    provider.down(name)


def run(
    command: list[str], environment: Mapping[str, str], *, show: bool
) -> subprocess.CompletedProcess[str]:
    """A child that is asked to end as by Ctrl-C, so that it tears down, when this process has to end."""
    pipe = None if show else subprocess.PIPE
    merged = None if show else subprocess.STDOUT
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=pipe, stderr=merged) as child:
        try:
            output, _ = child.communicate()
        except BaseException:
            end(child)
            raise
    return subprocess.CompletedProcess(command, child.returncode, output)


def end(child: subprocess.Popen[str]) -> None:
    """As by Ctrl-C; by force where that is not heard within a minute."""
    child.send_signal(signal.SIGINT)
    try:
        child.wait(60)
    except subprocess.TimeoutExpired:
        child.kill()
