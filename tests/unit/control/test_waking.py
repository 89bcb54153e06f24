"""A row woken between two ticks is decided about as the next tick would, and no other row moves."""

from __future__ import annotations

import numpy as np

from cupel.control.fleet import Memory, Settings, Sighting, tick
from cupel.control.waking import woken

PERIOD = 2.0


def asleep() -> tuple[Settings, Memory]:
    """Two rows that nobody called for long."""
    policy, memory = Settings.default(2, period=PERIOD, least=0.0, idle=60.0), Memory.blank(2)
    nobody = Sighting.blank(2, seconds=PERIOD, load=0.0, in_flight=0.0, ready=0.0, wanted=0.0)
    for _ in range(60):
        memory, _ = tick(memory, policy, nobody)
    return policy, memory


def test_it_is_what_the_next_tick_would_decide() -> None:
    policy, memory = asleep()
    nobody = Sighting.blank(2, seconds=PERIOD, load=0.0, in_flight=0.0, ready=0.0, wanted=0.0)
    calls = Sighting.blank(2, seconds=PERIOD, load=0.0, in_flight=np.array([0.0, 1.0]), ready=0.0, wanted=0.0)
    memory, before = tick(memory, policy, nobody)

    later, looked = tick(memory, policy, calls)
    now, heard = woken(memory, before, np.array([1]))

    for name in ("action", "reason", "replicas", "confidence"):
        assert getattr(heard, name).tolist() == getattr(looked, name).tolist(), name
    for name in ("since_up", "quiet", "decided"):
        assert getattr(now, name)[1] == getattr(later, name)[1], name
        assert getattr(now, name)[0] == getattr(memory, name)[0], name
    assert heard.level is before.level, "nothing else is believed than before"


def test_what_was_believed_before_is_as_it_was() -> None:
    policy, memory = asleep()
    nobody = Sighting.blank(2, seconds=PERIOD, load=0.0, in_flight=0.0, ready=0.0, wanted=0.0)
    memory, before = tick(memory, policy, nobody)
    quiet, replicas = memory.quiet.copy(), before.replicas.copy()

    woken(memory, before, np.array([0, 1]))

    assert memory.quiet.tolist() == quiet.tolist()
    assert before.replicas.tolist() == replicas.tolist()
