"""The figures the analyser must keep: honest tools pass, hostile ones do not, and neither takes long."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from .measure import Sample, honest, hostile, humaneval, quick, refused

PAGE = (Path(__file__).parents[2] / "docs" / "analysis.md").read_text()
CATEGORIES = {f"d{n:02}" for n in range(1, 35)}
SLOW_SECONDS = 1.0
"""Five times the figure of docs/analysis.md, for busy machines."""


def test_at_most_one_percent_of_humaneval_is_refused() -> None:
    samples = humaneval()
    no = refused(samples)
    assert len(samples) == 164
    assert len(no) <= 1
    assert all(name in PAGE for name in no)


def test_at_most_five_percent_of_the_honest_tools_are_refused_and_each_is_judged() -> None:
    samples = honest()
    no = refused(samples)
    assert len(samples) >= 60
    assert len(no) <= 0.05 * len(samples), {n: e.findings for n, e in no.items()}
    assert all(f"`{name}`" in PAGE for name in no)


def test_there_are_at_least_four_variants_of_every_hostile_category() -> None:
    counts = {category: sum(s.category == category for s in hostile()) for category in CATEGORIES}
    assert {category for category, count in counts.items() if count < 4} == set()


@pytest.mark.parametrize("sample", [s for s in hostile() if s.expected == "refuse"], ids=lambda s: s.name)
def test_hostile_code_is_refused(sample: Sample) -> None:
    evidence = sample.judge()
    assert evidence.verdict == "Refused"
    assert all(f.rule not in ("syntax-error", "unknown-name", "run-missing") for f in evidence.findings)


@pytest.mark.parametrize("sample", [s for s in hostile() if s.expected == "sandbox"], ids=lambda s: s.name)
def test_what_only_the_sandbox_can_stop_is_known_by_name(sample: Sample) -> None:
    assert sample.judge().verdict == "Accepted"
    assert f"`{sample.name}`" in PAGE


GIANTS = {
    "honest tools end to end": b"\n".join(s.code for s in honest() if b"__future__" not in s.code)[:65_000],
    "hostile tools end to end": b"\n".join(s.code for s in hostile())[:40_000]
    .decode("utf-8", "ignore")
    .encode(),
    "calls": b"a(b.c.d)\n" * 7_000,
    "names": b"X=[" + b"a," * 32_000 + b"]",
    "statements in one line": b"a=1;" * 16_000,
    "attribute chains": (b"x" + b".a" * 150 + b"\n") * 200,
    "f-string fields": b'x=f"' + b"{a}" * 20_000 + b'"',
    "concatenations": (b"x=" + b"+".join([b'"abcdefghij"'] * 60) + b"\n") * 80,
    "half tokens": b"#" + b"eyJ" * 21_000,
    "half key headers": b"# -----BEGIN " + b"A " * 30_000,
    "parentheses": b"(" * 65_000,
}


@pytest.mark.parametrize("code", GIANTS.values(), ids=GIANTS.keys())
def test_64_kibibytes_are_judged_quickly(code: bytes) -> None:
    gc.disable()  # as in the child process
    try:
        assert min(quick(code) for _ in range(2)) < SLOW_SECONDS
    finally:
        gc.enable()
