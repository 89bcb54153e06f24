"""What is counted of wishes and feedback. Labels: namespaces that were let in, tools, words from lists."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from prometheus_client import CollectorRegistry, Counter

from .problems import Code, Problem

AskLabel = Literal["existing", "recorded", "merged", "refused", "rate_limited", "unavailable"]
PASSING: frozenset[Code] = frozenset({"cluster-unavailable", "busy", "conflict"})


@dataclass
class AskOutcome:
    """What came of one wish, filled in as it becomes known."""

    namespace: str = ""
    label: AskLabel = "unavailable"


class AskMetrics:
    """How wishes fare, and what tools are thought of."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.asks = Counter(
            "cupel_gateway_asks",
            "Wishes for tools, by what came of them; without a namespace: refused before it was known.",
            ("namespace", "outcome"),
            registry=registry,
        )
        self.noticed = Counter(
            "cupel_gateway_noticed_gaps",
            "Gaps made from what calls show, by what was seen.",
            ("namespace", "what"),
            registry=registry,
        )
        self.feedback = Counter(
            "cupel_gateway_feedback",
            "Feedback on tools.",
            ("namespace", "tool", "verdict"),
            registry=registry,
        )

    @contextmanager
    def counted(self) -> Iterator[AskOutcome]:
        """One wish: counted however it ends."""
        outcome = AskOutcome()
        try:
            yield outcome
        except Problem as problem:
            outcome.label = _label(problem)
            raise
        finally:
            self.asks.labels(outcome.namespace, outcome.label).inc()


def _label(problem: Problem) -> AskLabel:
    if problem.code == "rate-limited":
        return "rate_limited"
    return "unavailable" if problem.code in PASSING else "refused"
