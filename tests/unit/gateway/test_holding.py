"""Whether a call of a tool that sleeps is held on, one row a sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cupel.api.permissions import Permissions
from cupel.gateway.entry import Entry, Proven
from cupel.gateway.holding import Standing, ended
from cupel.settings.gateway import Hold

HOLD = Hold(seconds=30, per_tool=32, per_caller=32, at_once=128)
PROVEN = Proven("sha256-x", "count", "word-count", "", {}, {}, None, None, Permissions())
ENTRY = Entry("tools", "count", "uid-1", "default", PROVEN, 5, 128)
NEXT = replace(ENTRY, proven=replace(PROVEN, digest="sha256-y"))
ASLEEP, WAKING = Standing(ENTRY, sleep="Asleep"), Standing(ENTRY, sleep="Waking")

# fmt: off
CASES = [
    # sentence                                                   standing                        left   draining  ends          what is said
    ("asleep: it is held",                                       ASLEEP,                         10,    False,    "",           ""),
    ("... until its Pod is ready",                               replace(ASLEEP, pods=1),        10,    False,    "woken",      ""),
    ("... also at the last moment",                              replace(ASLEEP, pods=1),         0,    False,    "woken",      ""),
    ("a Pod is on its way: held on",                             WAKING,                          1,    False,    "",           ""),
    ("... and ready before the operator said so",                replace(WAKING, pods=1),         1,    False,    "woken",      ""),
    ("the Pod is said to be ready, and is not seen yet",         Standing(ENTRY),                 1,    False,    "woken",      ""),
    ("a Pod that never becomes ready",                           WAKING,                          0,    False,    "late",       "no Pod of it was ready within 30 s"),
    ("... whoever runs it is told where to look",                WAKING,                         -1,    False,    "late",       "kubectl describe gtool count -n tools"),
    ("nobody woke it",                                           ASLEEP,                          0,    False,    "late",       "it was not called"),
    ("the Pod ends again and again: no reason to hold",          Standing(ENTRY),                20,    False,    "woken",      ""),
    ("another revision took over, and has a Pod",                Standing(NEXT, 1),              20,    False,    "woken",      ""),
    ("... or none yet: held on for that one",                    Standing(NEXT, sleep="Waking"), 20,    False,    "",           ""),
    ("condemned, deleted, or another tool of this name",         Standing(None),                 20,    False,    "gone",       "no longer served"),
    ("a person switched it off",                                 replace(ASLEEP, off=True),      20,    False,    "off",        "spec.serving.replicas"),
    ("... and a Pod still answers",                              replace(ASLEEP, off=True, pods=1), 20, False,    "woken",      ""),
    ("this gateway ends, and nobody saw the call",               ASLEEP,                         20,    True,     "restarted",  "call again"),
    ("... and its Pod is nearly there",                          WAKING,                          4,    True,     "",           ""),
    ("... and is there",                                         replace(WAKING, pods=1),         4,    True,     "woken",      ""),
    ("... and does not come in the time that is left",           WAKING,                          0,    True,     "late",       "it was not called"),
]
# fmt: on


@pytest.mark.parametrize(
    ("standing", "left", "draining", "end", "said"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_how_holding_ends(standing: Standing, left: float, draining: bool, end: str, said: str) -> None:
    found = ended(standing, left, HOLD, draining=draining)

    assert (found.end if found else "") == end
    if found is None:
        return
    if end == "woken":
        assert found.answer == standing.entry
    else:
        assert not isinstance(found.answer, Entry)
        assert found.answer.label == "unavailable"
        assert said in found.answer.text
