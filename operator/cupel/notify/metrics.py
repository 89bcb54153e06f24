"""What the notifier counts. Labels are names of channels, which its file bounds, and words from lists."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cupel import clock
from cupel.store.notice_letters import Backlog

PROBLEMS = ("routes", "store", "watch")


class Waiting(Collector):
    """Letters that were not sent yet, as the store had them last."""

    def __init__(self) -> None:
        self.backlog: list[Backlog] = []
        self.channels: frozenset[str] = frozenset()
        """The channels of the present file: to others nobody sends."""

    def oldest(self, now: datetime) -> float:
        """Age of the oldest letter, in seconds."""
        ages = [now - one.oldest for one in self.backlog if one.channel in self.channels]
        return max((age.total_seconds() for age in ages), default=0.0)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = GaugeMetricFamily(
            "cupel_notify_waiting",
            "Notices that a channel has not taken yet, by reason.",
            labels=["channel", "reason"],
        )
        counts = Count[tuple[str, str]]()
        for one in self.backlog:
            if one.channel in self.channels:
                counts[one.channel, one.reason] += one.count
        for labels, number in sorted(counts.items()):
            waiting.add_metric(labels, number)
        yield waiting
        yield GaugeMetricFamily(
            "cupel_notify_oldest_seconds",
            "Age of the oldest notice that a channel has not taken yet; 0 when there is none.",
            value=self.oldest(clock.now()),
        )


class Metrics:
    """The notifier's instruments, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.waiting = Waiting()
        self.registry.register(self.waiting)
        self.sent = self._counter("sent", "Notices a channel took.", "channel")
        self.messages = self._counter(
            "messages", "Messages a channel took; one may carry many notices.", "channel"
        )
        self.failed = self._counter(
            "failed", "Messages a channel did not take, each time it was tried.", "channel"
        )
        self.given_up = self._counter("given_up", "Notices no longer tried, for their age.", "channel")
        self.problem = Gauge(
            "cupel_notify_problem",
            "1 while something keeps notices from being sent: routes (the file is wrong, the one before is "
            "used), store (it does not answer), watch (tools were not listed yet).",
            ["problem"],
            registry=self.registry,
        )
        for problem in PROBLEMS:
            self.problem.labels(problem).set(0)

    def start(self, channel: str) -> None:
        """Begin its series at 0: Prometheus sees no increase in a series that begins at 1."""
        for counter in (self.sent, self.messages, self.failed, self.given_up):
            counter.labels(channel)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"cupel_notify_{name}", text, labels, registry=self.registry)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
