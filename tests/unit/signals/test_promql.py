"""Which queries may be joined with others: none may answer for another, or swallow what follows."""

from __future__ import annotations

import pytest

from cupel.signals.promql import joined, whole

WHOLE = [
    "up",
    'sum(rate(http_requests_total{job="a"}[1m]))',
    "sum by (x) (a) / on (x) b",
    'a{x="(["}',
    "a{x='\"'}",
    'a{x="\\")"}',
    "a{x=`\\`}",
]
NOT_WHOLE = {
    "a bracket that was not opened": 'vector(1), "cupel_signal", "3", "", "") or label_replace(vector(9)',
    "a bracket that is not closed": "sum(a",
    "brackets that cross": "sum(a{)}",
    "a comment would swallow what follows": "a # b",
    "a string that does not end": 'a{x="1}',
    "a string that does not end on its line": 'a{x="1\n"}',
    "a backquote that does not end": "a{x=`1}",
    "an escape outside of a string": "a\\",
}


@pytest.mark.parametrize("query", WHOLE)
def test_whole(query: str) -> None:
    assert whole(query)


@pytest.mark.parametrize("query", NOT_WHOLE.values(), ids=list(NOT_WHOLE))
def test_not_whole(query: str) -> None:
    assert not whole(query)


def test_each_answers_under_its_number() -> None:
    assert joined(["a", "b"]) == (
        'label_replace((a), "cupel_signal", "0", "", "") or label_replace((b), "cupel_signal", "1", "", "")'
    )
