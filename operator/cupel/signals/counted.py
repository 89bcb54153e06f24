"""What counters said at the last looks, by signal: long enough to see growth since the last one, and over
half a minute.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from cupel.control.counting import Growth, Look, growth

from .reading import Key, PodAddress

WINDOW_SECONDS = 30.0
"""Latency and errors are taken over this long: one period holds too few calls for a quantile."""
MOST_LOOKS = 64
FORGET_SECONDS = 1200.0
"""Longer than any two looks of a policy lie apart: whoever was not looked at since is gone."""
FIRST = Growth(problem="it was looked at for the first time: growth is known from the next look on")


class Counted:
    """The looks of every signal.

    After whatever hides growth the past is dropped, and seen anew from then on.
    """

    def __init__(self) -> None:
        self._looks: dict[Key, deque[Look]] = {}

    def take(self, key: Key, look: Look, pods: Iterable[PodAddress] = ()) -> tuple[Growth, Growth]:
        """Growth since the last look, and over the window. `pods` say since when each has been ready."""
        looks = self._looks.setdefault(key, deque(maxlen=MOST_LOOKS))
        fresh = frozenset(pod.name for pod in pods if looks and pod.since > looks[-1].at)
        since = growth(looks[-1], look, fresh) if looks else FIRST
        if since.problem:
            looks.clear()
            looks.append(look)
            return since, since
        while len(looks) > 1 and look.at - looks[0].at > WINDOW_SECONDS:
            looks.popleft()
        came = (
            look.counts.keys() - looks[0].counts.keys()
        )  # fresh when they came, or there would be no window
        window = growth(looks[0], look, came)
        looks.append(look)
        return since, window

    def forget(self, steady: float) -> None:
        """Drop signals nobody has asked for in a long time."""
        self._looks = {
            key: looks for key, looks in self._looks.items() if steady - looks[-1].at < FORGET_SECONDS
        }
