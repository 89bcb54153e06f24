"""Annotations come from permissions, and from nothing the tool says of itself."""

from __future__ import annotations

import pytest
from tests.unit.decide import builders

from cupel.api.bundle import bundle_of
from cupel.api.generated_tool_status import GeneratedToolStatus
from cupel.api.permissions import Permissions
from cupel.gateway.entry import NOTHING, Hints, Means, Proven, admit, hints, missing

COMPUTES = Permissions()
REMEMBERS = Permissions(state="PerTenant")
CALLS_OUT = Permissions(egress=("api.example.com:443",))
PROXY = "http://10.96.0.7:3128"
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


@pytest.mark.parametrize(
    ("permissions", "proxy", "word"),
    [
        pytest.param(CALLS_OUT, "http://10.96.0.7:3128", "", id="with a proxy nothing is missing"),
        pytest.param(BOTH, "http://10.96.0.7:3128", "store", id="a proxy is no store"),
    ],
)
def test_missing_with_a_proxy(permissions: Permissions, proxy: str, word: str) -> None:
    found = missing(permissions, Means(proxy=proxy))

    assert found == "" if not word else word in found


@pytest.mark.parametrize(
    ("permissions", "told"),
    [
        pytest.param(COMPUTES, "", id="a computation is not told of the proxy"),
        pytest.param(REMEMBERS, "", id="nor is a tool with state"),
        pytest.param(CALLS_OUT, PROXY, id="a tool with approved egress is"),
    ],
)
def test_who_is_told_where_the_proxy_is(permissions: Permissions, told: str) -> None:
    asked = builders.tool(permissions=permissions.wire())
    digest = bundle_of(asked).digest()
    serving = {"revision": "r", "digest": digest, "since": "2030-01-01T12:00:00Z"}
    tool = asked.model_copy(update={"status": GeneratedToolStatus.model_validate({"serving": serving})})
    said = builders.review("bob") | builders.code_of("carol") | {"egress": list(permissions.egress)}
    ledger = builders.ledger({digest: said})
    proven = Proven(digest, tool.name, "", "", {}, {}, None, None, permissions)

    entry = admit(tool, proven, ledger, Means(proxy=PROXY))

    assert not isinstance(entry, str), entry
    assert entry.proxy == told
