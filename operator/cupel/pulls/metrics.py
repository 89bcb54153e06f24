"""What the pull-request service counts. Labels are words of lists."""

from __future__ import annotations

from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

Problem = Literal["host", "refused", "cluster", "mistake"]
PROBLEMS: tuple[Problem, ...] = ("host", "refused", "cluster", "mistake")
OUTCOMES = ("Approve", "Reject", "Void")


class Metrics:
    """The service's instruments, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.opened = Counter("cupel_pulls_opened", "Pull requests that were opened.", registry=self.registry)
        self.closed = Counter(
            "cupel_pulls_closed", "Pull requests that we closed ourselves.", registry=self.registry
        )
        self.decisions = Counter(
            "cupel_pulls_decisions",
            "What pull requests came to: Approve, Reject, or Void, which decides nothing.",
            ["outcome"],
            registry=self.registry,
        )
        self.waiting = Gauge(
            "cupel_pulls_waiting", "Revisions that are shown as pull requests now.", registry=self.registry
        )
        self.problem = Gauge(
            "cupel_pulls_problem",
            "1 while the last round met one: host (no answer, or a limit), refused (the host says no: token, "
            "rights, repository), cluster (the API server), mistake (one of ours).",
            ["problem"],
            registry=self.registry,
        )
        for outcome in OUTCOMES:
            self.decisions.labels(outcome)
        for problem in PROBLEMS:
            self.problem.labels(problem).set(0)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
