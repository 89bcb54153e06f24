"""Whether anybody calls a tool, by what gateway Pods say one look after the other."""

from __future__ import annotations

import pytest

from cupel.signals.called import FORGET_SECONDS, Called
from cupel.signals.gateway_page import Told

COUNT = ("tools", "count")


def page(calls: float, in_flight: float = 0.0) -> dict[tuple[str, str], Told]:
    return {COUNT: Told(calls=calls, in_flight=in_flight)}


# fmt: off
CASES = [
    # sentence                                        looks                                                          called
    ("never called",                                  [{"a": {}}, {"a": {}}],                                        False),
    ("called before we looked",                       [{"a": page(7)}],                                              False),
    ("... and not since",                             [{"a": page(7)}, {"a": page(7)}],                              False),
    ("called for the first time",                     [{"a": {}}, {"a": page(1)}],                                   True),
    ("called since",                                  [{"a": page(7)}, {"a": page(9)}],                              True),
    ("a call waits",                                  [{"a": page(7)}, {"a": page(7, 1)}],                           True),
    ("... at the first look",                         [{"a": page(7, 1)}],                                           True),
    ("two gateways",                                  [{"a": page(7), "b": page(3)}, {"a": page(8), "b": page(3, 1)}], True),
    ("a gateway that came counts from what it has",   [{"a": page(7)}, {"a": page(7), "b": page(3)}],                False),
    ("one that went is no call",                      [{"a": page(7), "b": page(3)}, {"a": page(7)}],                False),
    ("one that could not be asked for a while",       [{"a": page(7), "b": page(3)}, {"a": page(7)}, {"a": page(7), "b": page(4)}], True),
    ("one that was started again",                    [{"a": page(7)}, {"a": page(2)}],                              False),
]
# fmt: on


@pytest.mark.parametrize(("looks", "called"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_who_was_called(looks: list[dict[str, dict[tuple[str, str], Told]]], called: bool) -> None:
    eyes = Called()
    for number, pages in enumerate(looks):
        eyes.look(pages, 5.0 * number)

    assert (eyes.last.get(COUNT) == 5.0 * (len(looks) - 1)) == called


def test_what_a_gateway_that_is_gone_had_counted_is_forgotten() -> None:
    eyes = Called()
    eyes.look({"a": page(7), "b": page(3)}, 0)
    eyes.forget(frozenset({"a"}), 0)
    eyes.look({"a": page(7), "b": page(9)}, 5)

    assert eyes.last == {}


def test_a_call_of_long_ago_is_forgotten() -> None:
    eyes = Called()
    eyes.look({"a": page(7, 1)}, 0)
    eyes.forget(frozenset({"a"}), FORGET_SECONDS - 1)
    assert eyes.last == {COUNT: 0}

    eyes.forget(frozenset({"a"}), FORGET_SECONDS)

    assert eyes.last == {}
