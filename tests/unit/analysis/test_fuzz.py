"""No bytes make the analyser raise, or change its mind."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cupel.analysis import analyse

CORPUS = Path(__file__).parents[2] / "corpus"
SEEDS = sorted(
    path.read_bytes() for folder in ("honest", "hostile") for path in (CORPUS / folder).glob("*.py")
)
TOKENS = sorted({word for seed in SEEDS for word in seed.split()})


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A corpus file with a few bytes cut, replaced or inserted, some of them words of other files."""
    code = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(code)))
        cut = draw(st.integers(0, 12))
        code[at : at + cut] = draw(st.one_of(st.binary(max_size=6), st.sampled_from(TOKENS)))
    return bytes(code)


def judge_twice(code: bytes) -> None:
    first = analyse(code, egress=(), state="None")
    assert first == analyse(code, egress=(), state="None")
    assert (first.verdict == "Accepted") == (not first.findings)


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_random_bytes(code: bytes) -> None:
    judge_twice(code)


@given(mutated())
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_mutated_corpus(code: bytes) -> None:
    judge_twice(code)


@given(st.lists(st.sampled_from(TOKENS), max_size=60).map(b" ".join))
@settings(max_examples=200, deadline=None)
def test_shuffled_words(code: bytes) -> None:
    judge_twice(code)
