"""By which names a caller lists and calls tools."""

from __future__ import annotations

import pytest

from cupel.api.permissions import Permissions
from cupel.gateway.entry import Entry, Proven
from cupel.gateway.naming import View, view, view_of_one


def entry(namespace: str, tool_name: str, missing: str = "") -> Entry:
    proven = Proven("sha256-0", tool_name, tool_name, "", {}, {}, None, None, Permissions())
    return Entry(namespace, tool_name, "uid", "default", proven, 5, 128, missing)


def listed(found: View) -> list[str]:
    return [name for name, _ in found.listed]


@pytest.mark.parametrize(
    ("tools", "names"),
    [
        pytest.param([], [], id="nothing to list"),
        pytest.param([("b", "x"), ("a", "y")], ["x", "y"], id="plain names, in order"),
        pytest.param([("a", "x"), ("b", "x"), ("b", "y")], ["a.x", "b.x", "y"], id="a clash qualifies both"),
        pytest.param(
            [("a", "b.x"), ("b", "x")], ["a.b.x", "x"], id="a name that reads as another's qualified one"
        ),
        pytest.param([("a", "x"), ("b", "a.x")], ["b.a.x", "x"], id="the same, the other way round"),
        pytest.param(
            [("a", "x"), ("b", "x"), ("c", "a.x")],
            ["a.x", "b.x", "c.a.x"],
            id="a qualified name is never taken",
        ),
        pytest.param([("a", "x", "no store"), ("b", "y")], ["y"], id="what cannot be called is not listed"),
        pytest.param(
            [("a", "x", "no store"), ("b", "x")],
            ["b.x"],
            id="but its name stays its own, so that no call goes astray",
        ),
    ],
)
def test_names_listed(tools: list[tuple[str, ...]], names: list[str]) -> None:
    assert listed(view(entry(*tool) for tool in tools)) == names


def test_every_listed_name_calls_the_tool_it_was_listed_for() -> None:
    tools = [
        entry(*t) for t in [("a", "x"), ("b", "x"), ("a", "b.x"), ("c", "a.x"), ("a", "a.x"), ("c", "y")]
    ]

    found = view(tools)

    assert len({name for name, _ in found.listed}) == len(tools)
    assert all(found.known[name] is tool for name, tool in found.listed)


def test_a_qualified_name_is_known_even_where_the_plain_one_is_listed() -> None:
    (tool,) = tools = [entry("a", "x")]

    assert view(tools).known == {"x": tool, "a.x": tool}


def test_a_clash_is_explained() -> None:
    assert view([entry("a", "x"), entry("b", "x")]).ambiguous == {"x": ("a.x", "b.x")}


def test_a_tools_own_path_knows_it_by_both_names() -> None:
    tool = entry("a", "x")

    assert (view_of_one(tool).known, listed(view_of_one(tool))) == ({"x": tool, "a.x": tool}, ["x"])
    assert view_of_one(None) == View()
