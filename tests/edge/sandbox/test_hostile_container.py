"""A tool container that is hostile from end to end: whatever it answers, the harness leaves a true report in time."""

import json
import socket
import threading
import time
from contextlib import contextmanager

import pytest
from tests.edge.sandbox.test_trial_run import TWO_WORDS, Harness, trials_file

from cupel.api.report import MAX_REPORT_BYTES, Report

HELD = dict.fromkeys(("kernel", "token", "filesystem", "network"), "")
OK = b"HTTP/1.1 200 OK\r\n\r\n"


def told(value):
    return lambda connection: connection.sendall(OK + json.dumps(value).encode())


def sent(data):
    return lambda connection: connection.sendall(data)


def drips(connection):
    connection.sendall(OK)
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def floods(connection):
    connection.sendall(OK + b'{"result":"')
    while True:
        connection.sendall(b"x" * 65_536)


def header_without_end(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"a: b\r\n" * 1_000)


def silent(connection):
    while connection.recv(4_096):
        pass


def hangs_up(connection):
    connection.shutdown(socket.SHUT_RDWR)


class Container:
    """Answers like a launcher, except where it is told to do worse."""

    def __init__(self, worse):
        self._worse = worse
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        honest = {
            "/healthz": told({"status": "waiting"}),
            "/probe": told(HELD),
            "/start": told({"error": "", "milliseconds": 1}),
            "/call": told({"result": {"words": 2}, "state": {}, "milliseconds": 1, "memoryKibibytes": 1}),
            "/stop": told({}),
        }
        with connection:
            try:
                path = connection.recv(65_536).split(b" ")[1].split(b"?")[0].decode()
                (honest | self._worse)[path](connection)
            except (OSError, IndexError):
                return

    def close(self):
        self._server.close()


@contextmanager
def hostile(worse):
    container = Container(worse)
    try:
        yield container.port
    finally:
        container.close()


WORSE_CALLS = {
    "endless": (floods, "Crashed"),
    "drip by drip": (drips, "Timeout"),
    "headers without end": (header_without_end, "Crashed"),
    "silence": (silent, "Timeout"),
    "hanging up": (hangs_up, "Crashed"),
    "no HTTP": (sent(b"\x00" * 100), "Crashed"),
    "no JSON": (sent(OK + b"{"), "Crashed"),
    "nested without end": (sent(OK + b"[" * 400_000), "Crashed"),
    "objects nested without end": (sent(OK + b'{"result":' * 50_000), "Crashed"),
    "an endless number": (sent(OK + b'{"result":{"words":' + b"9" * 100_000 + b"}}"), "Crashed"),
    "a list": (told([]), "Crashed"),
    "a status that is huge": (sent(b"HTTP/1.1 " + b"9" * 400 + b" OK\r\n\r\n{}"), "Crashed"),
    "another status": (sent(b"HTTP/1.1 500 Oh\r\n\r\n{}"), "Crashed"),
    "a right result with NaN beside": (sent(OK + b'{"result":{"words":NaN}}'), "WrongResult"),
    "keys twice": (sent(OK + b'{"result":{"words":2},"result":{"words":3}}'), "WrongResult"),
    "an error that is huge": (
        told({"error": {"type": "ToolError", "message": "\N{GRINNING FACE}" * 20_000}}),
        "ToolError",
    ),
    "an error with escapes": (
        told({"error": {"type": "ToolError", "message": "\x1b[2J\x00\u202e\ud800"}}),
        "ToolError",
    ),
    "a pass by error": (told({"error": {"type": "", "message": ""}}), "Crashed"),
    "True for 2": (told({"result": {"words": True}}), "WrongResult"),
}


@pytest.mark.parametrize(("worse", "reason"), WORSE_CALLS.values(), ids=WORSE_CALLS)
def test_whatever_it_answers_a_call_the_report_is_true(worse, reason):
    began = time.monotonic()
    with hostile({"/call": worse}) as port:
        code, report, _ = Harness(port, trials_file("sha256-" + "a" * 64, [TWO_WORDS] * 2)).finish()
    assert time.monotonic() - began < 30
    assert code == 0
    assert isinstance(report, Report), report
    assert [failure.reason for failure in report.failures] == [reason] * 2
    assert (report.planted, report.passed, report.failed) == ("Failed", 0, 2)


WORSE_ELSEWHERE = {
    "a probe of nothing": {"/probe": told({})},
    "a probe of numbers": {"/probe": told(dict.fromkeys(HELD, 0))},
    "a probe that floods": {"/probe": floods},
    "a probe that is no JSON": {"/probe": sent(b"GET")},
    "a start that floods": {"/start": floods},
    "a start that says nothing": {"/start": told({})},
    "a start with a huge error": {"/start": told({"error": "\N{GRINNING FACE}" * 60_000})},
    "a start of another type": {"/start": told({"error": False})},
}


@pytest.mark.parametrize("worse", WORSE_ELSEWHERE.values(), ids=WORSE_ELSEWHERE)
def test_whatever_it_answers_before_a_call_it_does_not_pass(worse):
    with hostile(worse) as port:
        harness = Harness(port, trials_file("sha256-" + "a" * 64, [TWO_WORDS]))
        code, report, _ = harness.finish()
    assert code == 0
    assert isinstance(report, Report), report
    assert report.import_error or len(report.tool.breaches()) == 4


CLAIMS = {"negative": -5, "huge": 10**30, "text": "1", "truth": True, "half": 0.5, "null": None}


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_what_it_claims_of_its_memory_stays_in_bounds(claim):
    lie = told({"result": {"words": 2}, "state": {}, "memoryKibibytes": claim, "milliseconds": claim})
    with hostile({"/call": lie}) as port:
        _, report, _ = Harness(port, trials_file("sha256-" + "a" * 64, [TWO_WORDS])).finish()
    assert isinstance(report, Report), report
    assert 0 <= report.memory_kibibytes <= 10_000_000


def test_a_report_of_the_worst_words_still_fits():
    worst = told(dict.fromkeys(HELD, "\N{GRINNING FACE}" * 40_000))
    error = told({"error": {"type": "ToolError", "message": '"\\' * 40_000}})
    trials = [TWO_WORDS | {"name": f"{n}" * 63} for n in range(9)]
    with hostile({"/probe": worst, "/call": error}) as port:
        harness = Harness(port, trials_file("sha256-" + "a" * 64, trials))
        _, report, _ = harness.finish()
    assert isinstance(report, Report), report
    with open(harness.report, "rb") as file:
        assert len(file.read()) <= MAX_REPORT_BYTES
    assert (report.failed, len(report.tool.breaches())) == (9, 4)


def test_a_container_that_does_not_stop_does_not_hold_the_report_back():
    with hostile({"/stop": silent}) as port:
        code, report, said = Harness(port, trials_file("sha256-" + "a" * 64, [TWO_WORDS])).finish()
    assert (code, report.passed, "did not stop" in said) == (0, 1, True)
