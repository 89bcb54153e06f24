"""Prometheus' text format from strangers: what is read, and what is refused in words."""

from __future__ import annotations

import pytest

from cupel.signals.exposition import MOST_SERIES, Figures, figures
from cupel.signals.fetching import Unreadable

READ = {
    "a gauge": (b"x 3\n", (3.0,)),
    "series are kept apart": (b'x{a="1"} 3\nx{a="2"} 4\n', (3.0, 4.0)),
    "without a last line feed": (b"# HELP x\n# TYPE x gauge\nx 3", (3.0,)),
    "other metrics do not count, alike as they look": (b"xx 1\nx_total 2\nax 5\nx 3\n", (3.0,)),
    "the name inside another's label does not count": (b'y{a="x 9"} 1\nx 3\n', (3.0,)),
    "a label may hold a brace and a quote": (b'x{a="}\\" 7"} 3\n', (3.0,)),
    "what else is on the page need not be understood": (b"\xff\xfe{{{\nx 3\n", (3.0,)),
    "scientific": (b"x 1.5e3\n", (1500.0,)),
}
REFUSED = {
    "an empty answer": (b"", "it has no metric x"),
    "a web page": (b"<html>x</html>", "it has no metric x"),
    "no number": (b"x three\n", "its lines of x are not Prometheus' text format"),
    "no value": (b"x \n", "its lines of x are not Prometheus' text format"),
    "an open label": (b'x{a="1 3\n', "its lines of x are not Prometheus' text format"),
    "not UTF-8": (b'x{a="\xff"} 3\n', "its lines of x are not Prometheus' text format"),
    "an endless line": (b'x{a="' + b"a" * 9000 + b'"} 1\n', "a line of it is longer than 8192 bytes"),
    "endless series": (b"x 1\n" * (MOST_SERIES + 1), f"it has more than {MOST_SERIES} series of x"),
}


@pytest.mark.parametrize(("text", "values"), READ.values(), ids=list(READ))
def test_read(text: bytes, values: tuple[float, ...]) -> None:
    assert figures(text, "x") == Figures(values)


@pytest.mark.parametrize(("text", "problem"), REFUSED.values(), ids=list(REFUSED))
def test_refused(text: bytes, problem: str) -> None:
    with pytest.raises(Unreadable) as refused:
        figures(text, "x")

    assert str(refused.value) == problem


def test_a_pod_may_say_when_it_measured() -> None:
    assert figures(b"x 3 1764188725123\n", "x").stamps == (1764188725.123,)
