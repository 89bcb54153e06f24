"""The report never exceeds 4 KiB and the operator can always read it."""

import pytest

from cupel.api.report import Report, parse_report
from cupel_sandbox.report import MAX_REPORT_BYTES, clean, encode, isolation, unproved

HELD = dict.fromkeys(("kernel", "token", "filesystem", "network"), "")


def report(**changes):
    return {
        "format": "cupel.dev/report/v1",
        "nonce": "0" * 32,
        "digest": "sha256-" + "a" * 64,
        "harness": HELD,
        "tool": HELD,
        "importError": "",
        "importMilliseconds": 3,
        "planted": "Failed",
        "passed": 1,
        "failed": 0,
        "failures": [],
        "slowestMilliseconds": 1,
        "memoryKibibytes": 1,
    } | changes


def failures(number, message):
    return [
        {"kind": "HeldOut", "name": "n" * 63, "reason": "UnrecordedCall", "message": message}
        for _ in range(number)
    ]


LONG = clean("\N{GRINNING FACE}" * 256)
PROOF = {
    "properties": {
        "calls": 9, "unjudged": 1, "because": LONG,
        "broken": [{"property": "CleanError", "arguments": LONG, "message": LONG}] * 3,
    },
    "mutants": {
        "total": 9, "tried": 8, "killed": 3, "because": LONG, "obstacle": LONG,
        "survivors": [{"line": 1_000_000, "change": LONG[:100]}] * 5,
    },
}  # fmt: skip
WALLS = {wall: clean("\N{GRINNING FACE}" * 300) for wall in HELD}
REPORTS = {
    "a clean run": (report(), 0),
    "one failure": (report(failed=1, failures=failures(1, "result.a: expected 1, got 2")), 1),
    "five long failures": (report(failed=5, failures=failures(5, "x" * 256)), 5),
    "nine failures, of which five are told": (report(failed=9, failures=failures(9, "short")), 5),
    "failures in four-byte characters": (report(failures=failures(5, clean("\N{GRINNING FACE}" * 256))), 5),
    "failures full of quotes and backslashes": (report(failures=failures(5, '"\\' * 128)), 5),
    "walls that did not hold, told at length": (
        report(harness=WALLS, tool=WALLS, failures=failures(5, "x" * 256)),
        0,
    ),
    "all that was proved, at its longest": (report(**PROOF), 0),
    "everything at its longest": (
        report(
            **PROOF,
            harness=WALLS,
            tool=WALLS,
            importError=clean("\N{GRINNING FACE}" * 300),
            failures=failures(5, '"' * 256),
        ),
        0,
    ),
}


@pytest.mark.parametrize(("given", "kept"), REPORTS.values(), ids=REPORTS)
def test_every_report_fits_and_parses(given, kept):
    content = encode(given)
    assert len(content) <= MAX_REPORT_BYTES
    parsed = parse_report(content.decode())
    assert isinstance(parsed, Report), parsed
    assert len(parsed.failures) == kept
    assert (parsed.planted, parsed.passed, parsed.failed) == (
        given["planted"],
        given["passed"],
        given["failed"],
    )


def test_breaches_survive_shrinking():
    given = report(harness=WALLS, tool=WALLS, failures=failures(5, "x" * 256))
    parsed = parse_report(encode(given).decode())
    assert isinstance(parsed, Report)
    assert len(parsed.harness.breaches()) == len(parsed.tool.breaches()) == 4


def test_why_no_mutant_was_judged_survives_shrinking():
    """Without it the same report would be a pass, or be weighed otherwise."""
    given = report(**PROOF, harness=WALLS, tool=WALLS, failures=failures(5, "x" * 256))
    parsed = parse_report(encode(given).decode())
    assert isinstance(parsed, Report)
    assert parsed.mutants is not None and parsed.mutants.obstacle and parsed.mutants.because


CLEAN = {
    "line ends": ("a\nb\r\n", "a b  "),
    "terminal escapes": ("\x1b[31mred", " [31mred"),
    "lone surrogates": ("a\ud800b", "a b"),
    "text of other scripts": ("größe 大小", "größe 大小"),
    "bidirectional overrides": ("a\u202eb", "a b"),
}


@pytest.mark.parametrize(("given", "shown"), CLEAN.values(), ids=CLEAN)
def test_text_is_cleaned(given, shown):
    assert clean(given) == shown


ANSWERS = {
    "a container where all held": (HELD, 0),
    "a container that says nothing": ({}, 4),
    "a container that answers a list": ([], 4),
    "a container that leaves one wall out": ({k: v for k, v in HELD.items() if k != "token"}, 1),
    "a container that gives a number": (HELD | {"network": 0}, 1),
}


@pytest.mark.parametrize(("told", "breaches"), ANSWERS.values(), ids=ANSWERS)
def test_a_wall_not_spoken_of_did_not_hold(told, breaches):
    assert sum(bool(text) for text in isolation(told).values()) == breaches


def test_a_container_that_was_not_probed_is_four_breaches():
    assert all(text.startswith("not probed: ") for text in unproved("gone").values())
