"""When each tool was last known to be called, by every gateway Pod that answers, though others do not."""

from __future__ import annotations

from collections.abc import Mapping

from .gateway_page import Page, Tool

FORGET_SECONDS = 1200.0
"""Longer than any two looks of a policy lie apart."""


class Called:
    """By tool: the last look that found a call under way, or one that had ended since the look before.

    On the steady clock. Of a Pod's first look only calls under way are known.
    """

    def __init__(self) -> None:
        self._totals: dict[str, dict[Tool, float]] = {}
        self._last: dict[Tool, float] = {}

    @property
    def last(self) -> Mapping[Tool, float]:
        return self._last

    def look(self, pages: Mapping[str, Page], steady: float) -> None:
        """`pages` of the Pods that answered."""
        for pod, page in pages.items():
            before = self._totals.get(pod)
            for tool, told in page.items():
                grown = before is not None and told.calls > before.get(tool, 0.0)
                if grown or told.in_flight > 0:
                    self._last[tool] = steady
            self._totals[pod] = {tool: told.calls for tool, told in page.items()}

    def forget(self, standing: frozenset[str], steady: float) -> None:
        """What Pods that are gone had counted, and calls of long ago."""
        self._totals = {pod: totals for pod, totals in self._totals.items() if pod in standing}
        self._last = {tool: at for tool, at in self._last.items() if steady - at < FORGET_SECONDS}
