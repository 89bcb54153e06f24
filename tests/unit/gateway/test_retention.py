"""What becomes of states whose tool is gone, changed its policy, or only seems to be gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cupel.gateway.retention import Due, Living, due, gone
from cupel.store.state import Owner

WATER = Owner("tools", "water-tracker", "uid-1", keep=False)
KEPT = replace(WATER, keep=True)
KEY = ("tools", "water-tracker")
SAME, ANEW = Living("uid-1", False), Living("uid-2", False)


@pytest.mark.parametrize(
    ("owner", "living", "long", "wanted"),
    [
        pytest.param(WATER, {KEY: SAME}, True, Due(), id="a tool that is there keeps its state"),
        pytest.param(WATER, {}, True, Due(forget=(WATER,)), id="a tool long gone takes its state with it"),
        pytest.param(WATER, {}, False, Due(), id="a tool just gone does not yet"),
        pytest.param(WATER, {KEY: ANEW}, True, Due(forget=(WATER,)), id="a tool of the same name made anew is another one"),
        pytest.param(KEPT, {}, True, Due(), id="a kept state outlives its tool"),
        pytest.param(KEPT, {KEY: ANEW}, True, Due(), id="and stays for the next tool of the name"),
        pytest.param(WATER, {KEY: Living("uid-1", None)}, True, Due(), id="a tool this version cannot read is there"),
        pytest.param(WATER, {KEY: Living("uid-1", True)}, False, Due(mark=(WATER,)), id="a policy that now says Keep is marked"),
        pytest.param(KEPT, {KEY: Living("uid-1", False)}, False, Due(mark=(KEPT,)), id="a policy that now says Delete is marked"),
        pytest.param(KEPT, {KEY: Living("uid-1", None)}, False, Due(), id="what cannot be read changes no mark"),
        pytest.param(WATER, {("other", "water-tracker"): SAME}, True, Due(forget=(WATER,)), id="another namespace's tool does not count"),
    ],
)  # fmt: skip
def test_due(owner: Owner, living: dict[tuple[str, str], Living], long: bool, wanted: Due) -> None:
    long_gone = gone([owner], living) if long else frozenset()

    assert due([owner], living, long_gone) == wanted
