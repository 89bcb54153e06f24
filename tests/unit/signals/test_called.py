"""Whether anybody calls a tool, by what gateway Pods say one look after the other."""

from __future__ import annotations

import pytest

from cupel.signals.called import Called
from cupel.signals.gateway_page import Told

COUNT = ("tools", "count")


def page(calls: float, in_flight: float = 0.0) -> dict[tuple[str, str], Told]:
    return {COUNT: Told(calls=calls, in_flight=in_flight)}


# fmt: off
CASES = [
    # sentence                                        looks                                                          called
    ("never called",                                  [{"a": {}}, {"a": {}}],                                        0),
    ("called before we looked",                       [{"a": page(7)}],                                              0),
    ("... and not since",                             [{"a": page(7)}, {"a": page(7)}],                              0),
    ("called for the first time",                     [{"a": {}}, {"a": page(1)}],                                   1),
    ("called since",                                  [{"a": page(7)}, {"a": page(9)}],                              2),
    ("a call waits",                                  [{"a": page(7)}, {"a": page(7, 1)}],                           1),
    ("... at the first look",                         [{"a": page(7, 1)}],                                           1),
    ("two gateways",                                  [{"a": page(7), "b": page(3)}, {"a": page(8), "b": page(3, 1)}], 2),
    ("a gateway that came counts from what it has",   [{"a": page(7)}, {"a": page(7), "b": page(3)}],                0),
    ("one that went is no call",                      [{"a": page(7), "b": page(3)}, {"a": page(7)}],                0),
    ("one that could not be asked for a while",       [{"a": page(7), "b": page(3)}, {"a": page(7)}, {"a": page(7), "b": page(4)}], 1),
    ("one that was started again",                    [{"a": page(7)}, {"a": page(2)}],                              0),
]
# fmt: on


@pytest.mark.parametrize(("looks", "called"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_who_was_called(looks: list[dict[str, dict[tuple[str, str], Told]]], called: float) -> None:
    eyes = Called()
    for pages in looks[:-1]:
        eyes.look(pages)

    assert eyes.look(looks[-1]) == ({COUNT: called} if called else {})


def test_what_a_gateway_that_is_gone_had_counted_is_forgotten() -> None:
    eyes = Called()
    eyes.look({"a": page(7), "b": page(3)})
    eyes.forget(frozenset({"a"}))

    assert eyes.look({"a": page(7), "b": page(9)}) == {}
