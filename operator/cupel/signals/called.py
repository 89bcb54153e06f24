"""Whether anybody calls a tool at all: what every gateway Pod that answers says, though others do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from .gateway_page import Page, Tool


class Called:
    """Calls of each tool under way, or made since the last look; of a Pod's first look, those under way."""

    def __init__(self) -> None:
        self._totals: dict[str, dict[Tool, float]] = {}

    def look(self, pages: Mapping[str, Page]) -> dict[Tool, float]:
        """`pages` by Pod. Tools that were not called are left out."""
        found: defaultdict[Tool, float] = defaultdict(float)
        for pod, page in pages.items():
            before = self._totals.get(pod)
            for tool, told in page.items():
                since = 0.0 if before is None else max(0.0, told.calls - before.get(tool, 0.0))
                if since + told.in_flight > 0:
                    found[tool] += since + told.in_flight
        self._totals |= {
            pod: {tool: told.calls for tool, told in page.items()} for pod, page in pages.items()
        }
        return dict(found)

    def forget(self, standing: frozenset[str]) -> None:
        """Keep what these Pods had counted only: the others are gone."""
        self._totals = {pod: totals for pod, totals in self._totals.items() if pod in standing}
