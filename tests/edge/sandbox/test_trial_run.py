"""A whole trial as two real processes on loopback: the harness tries the tool and its report is read by the operator's words."""

import json
import os
import time

import pytest
from tests.edge.sandbox.launched import DEADLINE, bundle_of, free_port, launched, public_file, start

from cupel.api.report import Report, parse_report

NONCE = "0123456789abcdef" * 2
TARGET = (
    "198.51.100.7:443"  # reserved for documentation: nobody listens, which is all the harness is told here
)

WORD_COUNT = "def run(text):\n    return {'words': len(text.split())}\n"
TALLY = """
def run(ctx, /, amount):
    if amount < 0:
        raise ValueError("amount must not be negative")
    ctx.state["total"] = ctx.state.get("total", 0) + amount
    return {"total": ctx.state["total"]}
"""
WEATHER = """
def run(ctx, /, city, method="GET", body=None):
    answer = ctx.http.request(method, "https://api.example.com/v1/weather?city=" + city, body=body)
    return {"status": answer.status, "kind": answer.headers.get("content-type", ""), "degrees": answer.json()["degrees"]}
"""
CATCHES = """
def run(ctx, /, url):
    try:
        return {"text": ctx.http.get(url).text}
    except Exception as error:
        return {"text": "caught"}
"""
TWO_WORDS = {"kind": "Example", "name": "two-words", "arguments": {"text": "a b"}, "result": {"words": 2}}
PLANTED = {"name": "planted", "arguments": {"text": "a b"}, "result": {"cupel": NONCE}}


def weather(answer='{"degrees": 21.5}', status=200, **request):
    return {
        "request": {"method": "GET", "url": "https://api.example.com/v1/weather?city=Bern"} | request,
        "response": {
            "status": status,
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "body": answer,
        },
    }


BERN = {"status": 200, "kind": "application/json", "degrees": 21.5}


def trial(name="one", kind="Test", **fields):
    return {"kind": kind, "name": name, "arguments": {}} | fields


def trials_file(digest, trials, **changes):
    told = {
        "format": "cupel.dev/tests/v1",
        "nonce": NONCE,
        "digest": digest,
        "targets": [TARGET],
        "callSeconds": 1,
        "memoryMebibytes": 64,
        "trials": trials,
        "planted": PLANTED,
    }
    return json.dumps(told | changes).encode()


class Harness:
    """`validate` as a process, and where its report goes."""

    def __init__(self, tool_port, content):
        self.report = public_file(f"report-{tool_port}", b"")
        self.proxy_port = free_port()
        tests = public_file(f"tests-{tool_port}.json", content)
        os.chmod(self.report, 0o666)
        self.process = start(
            "validate", "--tests", tests, "--report", self.report, "--tool-port", str(tool_port),
            "--proxy-port", str(self.proxy_port),
        )  # fmt: skip

    def finish(self, seconds=150):
        """Exit code and the report as the operator reads it."""
        _, said = self.process.communicate(timeout=seconds)
        with open(self.report, encoding="utf-8") as file:
            return self.process.returncode, parse_report(file.read()), said


def tried(code, trials, egress=(), state="None", **changes):
    """The report of a whole run."""
    _, sha256 = bundle_of(code, egress=egress, state=state)
    with launched(code, mode="trial", egress=egress, state=state) as tool:
        code, report, said = Harness(tool.port, trials_file(f"sha256-{sha256}", trials, **changes)).finish()
        assert (code, said) == (0, "")
        assert isinstance(report, Report), report
        assert tool.process.wait(DEADLINE) == 0, "the tool container was not asked to stop"
    assert (report.nonce, report.digest) == (NONCE, f"sha256-{sha256}")
    return report


def outcome(report):
    return [(failure.name, failure.reason) for failure in report.failures]


def test_an_honest_tool_passes_and_the_planted_trial_fails():
    report = tried(WORD_COUNT, [TWO_WORDS, trial("none", arguments={"text": ""}, result={"words": 0})])
    assert (report.import_error, report.planted, report.passed, report.failed) == ("", "Failed", 2, 0)
    assert 0 <= report.slowest_milliseconds < 3_000
    assert report.memory_kibibytes > 1_000


def test_this_machine_is_no_sandbox_and_the_probe_says_so():
    report = tried(WORD_COUNT, [TWO_WORDS])
    for container in (report.harness, report.tool):
        assert container.kernel.startswith("the kernel is not gVisor's: Linux version")
        assert container.filesystem


ROWS = {
    "another result": (
        WORD_COUNT,
        [TWO_WORDS | {"result": {"words": 3}}],
        {},
        [("two-words", "WrongResult")],
    ),
    "an error wanted and raised": (
        TALLY,
        [trial(arguments={"amount": -1}, error="negative")],
        {"state": "PerTenant"},
        [],
    ),
    "an error wanted, none raised": (
        TALLY,
        [trial(arguments={"amount": 1}, error="negative")],
        {"state": "PerTenant"},
        [("one", "NoError")],
    ),
    "another error": (
        TALLY,
        [trial(arguments={"amount": -1}, error="too large")],
        {"state": "PerTenant"},
        [("one", "WrongError")],
    ),
    "an error nobody wanted": (WORD_COUNT, [trial(result={})], {}, [("one", "ToolError")]),
    "state before and after": (
        TALLY,
        [
            trial(
                arguments={"amount": 2},
                result={"total": 5},
                state={"before": {"total": 3}, "after": {"total": 5}},
            )
        ],
        {"state": "PerTenant"},
        [],
    ),
    "another state after": (
        TALLY,
        [
            trial(
                arguments={"amount": 2},
                result={"total": 5},
                state={"before": {"total": 3}, "after": {"total": 6}},
            )
        ],
        {"state": "PerTenant"},
        [("one", "WrongState")],
    ),
    "state that may not be kept": (
        TALLY,
        [trial(arguments={"amount": 2}, state={"before": {}, "after": {"total": 2}})],
        {},
        [("one", "WrongState")],
    ),
    "an endless call": ("def run(): \n  while True: pass\n", [trial(result={})], {}, [("one", "Timeout")]),
    "a call that eats memory": (
        "def run():\n  return {'n': len(bytearray(1 << 30))}\n",
        [trial(result={})],
        {},
        [("one", "OutOfMemory")],
    ),
    "a call that ends its process": (
        "import os\ndef run(): os._exit(0)\n",
        [trial(result={})],
        {},
        [("one", "Crashed")],
    ),
    "a result too large": (
        "def run(): return {'x': 'x' * 300000}\n",
        [trial(result={})],
        {},
        [("one", "TooLarge")],
    ),
    "a result that is none": ("def run(): return 3\n", [trial(result={})], {}, [("one", "BadResult")]),
    "a recorded exchange": (
        WEATHER,
        [trial(arguments={"city": "Bern"}, result=BERN, exchanges=[weather()])],
        {"egress": ["api.example.com:443"]},
        [],
    ),
    "a recorded exchange with a body": (
        WEATHER,
        [
            trial(
                arguments={"city": "Bern", "method": "POST", "body": "ä"},
                result=BERN,
                exchanges=[weather(method="POST", body="ä")],
            )
        ],
        {"egress": ["api.example.com:443"]},
        [],
    ),
    "a recorded refusal of the server itself": (
        WEATHER,
        [trial(arguments={"city": "Bern"}, result=BERN | {"status": 403}, exchanges=[weather(status=403)])],
        {"egress": ["api.example.com:443"]},
        [],
    ),
    "a recorded answer that is no JSON": (
        WEATHER,
        [trial(arguments={"city": "Bern"}, error="Expecting value", exchanges=[weather("<html>")])],
        {"egress": ["api.example.com:443"]},
        [],
    ),
    "a request nobody recorded": (
        WEATHER,
        [trial(arguments={"city": "Basel"}, result=BERN, exchanges=[weather()])],
        {"egress": ["api.example.com:443"]},
        [("one", "UnrecordedCall")],
    ),
    "a request nobody recorded, and the tool hides it": (
        CATCHES,
        [trial(arguments={"url": "https://api.example.com/"}, result={"text": "caught"})],
        {"egress": ["api.example.com:443"]},
        [("one", "UnrecordedCall")],
    ),
    "a request to a host without permission": (
        WEATHER,
        [trial(arguments={"city": "Bern"}, result=BERN, exchanges=[weather()])],
        {"egress": ["other.example.com:443"]},
        [("one", "UnrecordedCall")],
    ),
    "exchanges of one trial are not the next one's": (
        WEATHER,
        [
            trial("one", arguments={"city": "Bern"}, result=BERN, exchanges=[weather()]),
            trial("two", arguments={"city": "Bern"}, result=BERN),
        ],
        {"egress": ["api.example.com:443"]},
        [("two", "UnrecordedCall")],
    ),
}


@pytest.mark.parametrize(("code", "trials", "permissions", "failures"), ROWS.values(), ids=ROWS)
def test_each_trial_comes_out_as_it_must(code, trials, permissions, failures):
    report = tried(code, trials, **permissions)
    assert outcome(report) == failures
    assert (report.planted, report.failed, report.passed) == (
        "Failed",
        len(failures),
        len(trials) - len(failures),
    )


def test_a_tool_that_answers_the_planted_trial_right_is_found_out():
    report = tried(
        f"def run(**given):\n    return {{'cupel': '{NONCE}'}}\n",
        [trial(arguments={"text": "a"}, result={"cupel": NONCE})],
    )
    assert (report.planted, report.passed) == ("Passed", 1)


def test_of_a_held_out_trial_no_value_is_told():
    secret = trial("held", "HeldOut", arguments={"text": "seventeen"}, result={"words": 17})
    echo = "def run(text):\n    raise ValueError(text)\n"
    for code in (WORD_COUNT, echo):
        report = tried(code, [secret])
        assert [failure.name for failure in report.failures] == ["held"]
        assert "17" not in report.failures[0].message
        assert "seventeen" not in report.failures[0].message


def test_code_that_cannot_be_imported_is_reported():
    report = tried("import json\nx = y\n", [TWO_WORDS])
    assert report.import_error == "line 2: NameError: name 'y' is not defined"
    assert (report.planted, report.passed, report.failed) == ("NotRun", 0, 0)


def test_a_tool_that_kills_its_zygote_fails_every_trial():
    code = "import os, time\ndef run():\n    os.kill(os.getppid(), 9)\n    time.sleep(5)\n"
    report = tried(code, [trial("one", result={}), trial("two", result={})])
    assert outcome(report) == [("one", "Crashed"), ("two", "Crashed")]


def test_failures_beyond_five_are_counted():
    report = tried(
        WORD_COUNT, [trial(f"t{n}", arguments={"text": ""}, result={"words": n}) for n in range(1, 10)]
    )
    assert (report.failed, len(report.failures), report.passed) == (9, 5, 0)


def test_the_run_ends_before_its_deadline():
    """Twenty endless calls of a second each, ten seconds for all: those that cannot be tried are failures too."""
    began = time.monotonic()
    code = "def run():\n    while True: pass\n"
    report = tried(code, [trial(f"t{n}", result={}) for n in range(20)], deadlineSeconds=10)
    assert time.monotonic() - began < 9
    assert (report.failed, {failure.reason for failure in report.failures}) == (20, {"Timeout"})


def test_nothing_is_called_before_start_and_no_probe_counts_after_it():
    with launched(WORD_COUNT, mode="trial") as tool:
        assert tool.ask("GET", "/healthz")[0] == 503
        assert tool.ask("POST", "/call", {"arguments": {"text": ""}})[0] == 409
        assert set(tool.ask("GET", f"/probe?target={TARGET}")[1]) == {
            "kernel",
            "token",
            "filesystem",
            "network",
        }
        assert tool.ask("POST", "/start", {"memoryMebibytes": "all"})[0] == 400
        assert tool.ask("POST", "/start", {})[1]["error"] == ""
        assert tool.ask("POST", "/start", {})[0] == 409
        assert tool.ask("GET", "/probe")[0] == 409
        assert tool.call({"text": "a"})["result"] == {"words": 1}
        assert tool.ask("POST", "/stop", {})[0] == 200
        assert tool.process.wait(DEADLINE) == 0


def test_no_tool_code_runs_before_start():
    code = "import os\nos.kill(os.getppid(), 9)\n"
    with launched(code, mode="trial") as tool:
        assert tool.ask("GET", f"/probe?target={TARGET}")[0] == 200
        assert tool.process.poll() is None


USELESS = {
    "no JSON": b"{",
    "a list": b"[]",
    "no nonce": b"{}",
    "trials that are text": trials_file("sha256-" + "a" * 64, "x" * 3, callSeconds="x"),
    "more than 1 MiB": b" " * 1_048_577,
    "nested without end": b"[" * 100_000,
}


@pytest.mark.parametrize("content", USELESS.values(), ids=USELESS)
def test_tests_that_cannot_be_used_exit_65_without_a_report(content):
    code, report, said = Harness(free_port(), content).finish()
    assert (code, report, "cannot be used" in said) == (65, "the harness left no report", True)


def test_a_tool_container_that_never_comes_is_not_isolated():
    code, report, _ = Harness(
        free_port(), trials_file("sha256-" + "a" * 64, [TWO_WORDS], deadlineSeconds=12)
    ).finish()
    assert code == 0
    assert report.tool.network.startswith("not probed: no connection")
    assert (report.planted, report.passed, bool(report.import_error)) == ("NotRun", 0, True)


def test_a_tool_container_that_is_lost_on_the_way_fails_what_is_left():
    code = "import os\ndef run(kill):\n    if kill:\n        os.kill(kill, 9)\n    return {}\n"
    _, sha256 = bundle_of(code)
    with launched(code, mode="trial") as tool:
        killed = [0, 0, tool.process.pid, 0]
        trials = [trial(f"t{n}", arguments={"kill": pid}, result={}) for n, pid in enumerate(killed)]
        exit_code, report, said = Harness(tool.port, trials_file(f"sha256-{sha256}", trials)).finish()
    assert (exit_code, "did not stop" in said) == (0, True)
    assert (report.passed, report.failed) == (2, 2)
    assert {failure.reason for failure in report.failures} == {"Crashed"}
