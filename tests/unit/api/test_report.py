"""The harness's report: what counts as one, and that nothing a sandbox says can raise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cupel.api.report import MAX_REPORT_BYTES, Report, parse_report

DIGEST = "sha256-" + "a" * 64
HELD = {"kernel": "", "token": "", "filesystem": "", "network": ""}
GOOD: dict[str, Any] = {
    "format": "cupel.dev/report/v1",
    "nonce": "0123456789abcdef" * 2,
    "digest": DIGEST,
    "harness": HELD,
    "tool": HELD,
    "importError": "",
    "importMilliseconds": 12,
    "planted": "Failed",
    "passed": 3,
    "failed": 1,
    "failures": [{"kind": "HeldOut", "name": "e", "reason": "Timeout", "message": "5 s"}],
    "slowestMilliseconds": 40,
    "memoryKibibytes": 9000,
}
TEXT = json.dumps(GOOD)
ASTRAL = "\ud83d"


def but(**changes: Any) -> str:
    return json.dumps({**GOOD, **changes})


def without(name: str) -> str:
    return json.dumps({key: value for key, value in GOOD.items() if key != name})


def test_a_good_report_is_read_whole() -> None:
    report = parse_report(TEXT)
    assert isinstance(report, Report)
    assert (report.passed, report.failed, report.failures[0].reason) == (3, 1, "Timeout")
    assert report.wire() == GOOD


def test_the_largest_report_still_fits() -> None:
    text = but(importError="i" * 256)
    padded = text + " " * (MAX_REPORT_BYTES - len(text))
    assert isinstance(parse_report(padded), Report)
    assert "larger than 4096" in str(parse_report(padded + " "))


NO_REPORT = [
    ("nothing", "", "left no report"),
    ("white space", " \n", "cut or not"),
    ("plain words", "all tests passed", "cut or not"),
    ("null", "null", "cut or not"),
    ("a number", "1", "cut or not"),
    ("a list", "[]", "cut or not"),
    ("an empty object", "{}", "cut or not"),
    ("a report inside a list", f"[{TEXT}]", "cut or not"),
    ("a report inside a string", json.dumps(TEXT), "cut or not"),
    ("a report and more", TEXT + "{}", "cut or not"),
    ("two reports", TEXT + "\n" + TEXT, "cut or not"),
    ("one byte short", TEXT[:-1], "cut or not"),
    ("too large by one byte", TEXT + " " * (MAX_REPORT_BYTES + 1 - len(TEXT)), "larger"),
    ("too large in bytes, not in characters", but(importError="é" * 2000), "larger"),
    ("a megabyte", "x" * 1_000_000, "larger"),
    ("another format", but(format="cupel.dev/report/v2"), "cut or not"),
    ("a verdict of its own", but(verdict="Passed"), "cut or not"),
    ("an unknown isolation", but(tool={**HELD, "gpu": ""}), "cut or not"),
    ("no probe of the tool", without("tool"), "cut or not"),
    ("no probe of the harness", without("harness"), "cut or not"),
    ("no nonce", without("nonce"), "cut or not"),
    ("a short nonce", but(nonce="0"), "cut or not"),
    ("a nonce that is a list", but(nonce=["0"] * 32), "cut or not"),
    ("no digest", without("digest"), "cut or not"),
    ("a digest in capitals", but(digest="sha256-" + "A" * 64), "cut or not"),
    ("no planted trial", without("planted"), "cut or not"),
    ("a planted trial that is true", but(planted=True), "cut or not"),
    ("counts as text", but(passed="3"), "cut or not"),
    ("counts as booleans", but(passed=True), "cut or not"),
    ("counts below zero", but(failed=-1), "cut or not"),
    ("counts without end", but(passed=10**400), "cut or not"),
    ("a count that is not a number", TEXT.replace('"passed": 3', '"passed": NaN'), "cut or not"),
    ("six failures", but(failures=GOOD["failures"] * 6), "cut or not"),
    ("a failure of no known reason", but(failures=[{"kind": "Test", "name": "a", "reason": "Luck"}]), "cut or not"),
    ("isolation as a boolean", but(harness=True), "cut or not"),
    ("isolation as null", but(harness={**HELD, "network": None}), "cut or not"),
    ("deep nesting", "[" * 2000 + "]" * 2000, "cut or not"),
    ("deep nesting in a field", TEXT[:-1] + ', "x": ' + '{"a":' * 500 + "1" + "}" * 500 + "}", "cut or not"),
    ("deep nesting never closed", "{\"a\":" * 800, "cut or not"),
    ("a lone surrogate", ASTRAL, "cut or not"),
    ("a lone surrogate in a field", TEXT.replace("5 s", ASTRAL), "cut or not"),
    ("a NUL", "\x00", "cut or not"),
    ("a NUL after the report", TEXT + "\x00", "cut or not"),
    ("a byte order mark", "\ufeff" + TEXT, "cut or not"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in NO_REPORT], ids=[row[0] for row in NO_REPORT])
def test_anything_else_is_no_report_and_says_so(text: str, said: str) -> None:
    found = parse_report(text)
    assert isinstance(found, str)
    assert said in found


@pytest.mark.parametrize("length", range(len(TEXT)))
def test_a_report_cut_anywhere_is_no_report(length: int) -> None:
    assert isinstance(parse_report(TEXT[:length]), str)


BREACHES = [
    ("none", {}, ()),
    ("a network", {"network": "tcp 10.96.0.1:443 answered"}, ("tcp 10.96.0.1:443 answered",)),
    ("all four", {key: key for key in HELD}, ("kernel", "token", "filesystem", "network")),
]


@pytest.mark.parametrize(("found", "sentences"), [row[1:] for row in BREACHES], ids=[r[0] for r in BREACHES])
def test_breaches_are_the_walls_that_did_not_hold(found: dict[str, str], sentences: tuple[str, ...]) -> None:
    report = parse_report(but(tool=HELD | found))
    assert isinstance(report, Report)
    assert report.tool.breaches() == sentences
    assert report.harness.breaches() == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(st.characters(categories=None)))  # type: ignore[arg-type]
def test_no_text_raises(text: str) -> None:
    assert isinstance(parse_report(text), str)


@given(st.sampled_from(sorted(GOOD)), json_values)
def test_no_value_in_any_field_raises(field: str, value: object) -> None:
    assert isinstance(parse_report(but(**{field: value})), Report | str)
