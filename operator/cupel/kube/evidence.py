"""What we found out and no object shows yet: analyses, live checks, refusals.

Lost with the process, and found out again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from cupel.api.tool_revision import AnalysisEvidence
from cupel.decide.tool_world import LiveCheck

KEPT = 4096
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(OrderedDict[K, V], Generic[K, V]):
    """The newest entries; the oldest make room."""

    def keep(self, key: K, value: V) -> None:
        self.pop(key, None)
        self[key] = value
        while len(self) > KEPT:
            self.popitem(last=False)


Subject = tuple[str, str, str]
"""(kind, namespace, name) of the object a pass was for."""
Owner = tuple[str, str]
"""(namespace, name) of a GeneratedTool."""
Checks = dict[tuple[str, str], LiveCheck]
"""Live checks by (digest, template key)."""


class Evidence:
    """Kept in memory only."""

    def __init__(self) -> None:
        self.analyses: Recent[str, AnalysisEvidence] = Recent()
        """By digest."""
        self.live: Recent[Owner, Checks] = Recent()
        self.repeated: Recent[Owner, Checks] = Recent()
        self.denials: Recent[Subject, dict[str, str]] = Recent()
        """By subject: what the server said when it refused an action of that pass, by its `thing`."""

    def denied(self, subject: Subject, thing: str, message: str) -> bool:
        """Remember a refusal, or with an empty message that there is none. Answers whether that is news.

        Other words of the same refusal are not: they may differ each time, and a pass would chase them.
        """
        known = self.denials.get(subject, {})
        before = known.get(thing, "")
        if before != message:
            others = {name: text for name, text in known.items() if name != thing}
            self.denials.keep(subject, others | ({thing: message} if message else {}))
        return bool(before) != bool(message)
