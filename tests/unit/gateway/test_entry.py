"""Annotations come from permissions, and from nothing the tool says of itself."""

from __future__ import annotations

import pytest

from cupel.api.generated_tool import Permissions
from cupel.gateway.entry import NOTHING, Hints, Means, hints, missing

COMPUTES = Permissions()
REMEMBERS = Permissions(state="PerTenant")
CALLS_OUT = Permissions(egress=("api.example.com:443",))
BOTH = Permissions(egress=("api.example.com:443",), state="PerTenant")


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        pytest.param(COMPUTES, Hints(True, False, True, False), id="a computation changes nothing"),
        pytest.param(
            REMEMBERS, Hints(False, False, False, False), id="a tool with state changes what comes later"
        ),
        pytest.param(
            CALLS_OUT, Hints(False, True, False, True), id="a tool with egress may do anything out there"
        ),
        pytest.param(BOTH, Hints(False, True, False, True), id="the stronger one counts"),
    ],
)
def test_hints(permissions: Permissions, expected: Hints) -> None:
    assert hints(permissions) == expected


@pytest.mark.parametrize(
    ("permissions", "means", "word"),
    [
        pytest.param(COMPUTES, NOTHING, "", id="nothing is missing for a computation"),
        pytest.param(REMEMBERS, NOTHING, "store", id="state needs a store"),
        pytest.param(REMEMBERS, Means(store=True), "", id="with a store, state lacks nothing"),
        pytest.param(CALLS_OUT, Means(store=True), "egress proxy", id="egress needs a proxy"),
        pytest.param(BOTH, NOTHING, "store", id="of two things that are missing, one is told"),
    ],
)
def test_missing(permissions: Permissions, means: Means, word: str) -> None:
    found = missing(permissions, means)

    assert found == "" if not word else word in found
