"""One authenticated request: who makes it and what they may see. Travels in the ASGI scope."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from .callers import Caller
from .catalogue import Catalogue
from .naming import View

SCOPE_KEY = "cupel.visit"


@dataclass(frozen=True)
class Visit:
    """A caller at the door: at the common endpoint, or at one tool's own path."""

    caller: Caller
    tool: tuple[str, str] | None = None
    """Namespace and tool name, when the path names one."""

    def view(self, catalogue: Catalogue) -> View:
        if self.tool is None:
            return catalogue.view(self.caller.namespaces)
        return catalogue.view_of_one(self.caller.namespaces, *self.tool)

    @property
    def watched(self) -> frozenset[str]:
        """The namespaces whose changes this visitor can see."""
        if self.tool is None:
            return self.caller.namespaces
        return self.caller.namespaces & {self.tool[0]}


def visit_of(scope: MutableMapping[str, Any]) -> Visit:
    """The visit of an authenticated request. Raises KeyError when nobody authenticated it."""
    visit: Visit = scope[SCOPE_KEY]
    return visit
