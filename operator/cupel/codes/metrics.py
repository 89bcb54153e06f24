"""What the code service counts. Labels are words from lists, never people."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metrics:
    """One registry for one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.tries = self._counter(
            "cupel_codes_tries",
            "Codes that were judged: Right, Wrong, Replayed, Locked, LockedForGood; Stranger: nobody's.",
            "outcome",
        )
        self.decisions = self._counter(
            "cupel_codes_decisions",
            "Decisions by code: Approve, Reject, or the reason of a refusal.",
            "outcome",
        )
        self.enrolments = self._counter(
            "cupel_codes_enrolments", "Enrolments: Proposed, Confirmed, Reset, Refused.", "outcome"
        )
        self.skew = self._counter(
            "cupel_codes_skew",
            "Signs of a wrong clock. Persistent: accepted codes keep being off to one side. "
            "Far: a refused code is right at another time within ten minutes.",
            "kind",
        )
        self.deliveries = self._counter(
            "cupel_codes_deliveries",
            "Codes and links to be sent, by what came of them: sent, failed, no_contact.",
            "outcome",
        )

        self.locked_for_good = Gauge(
            "cupel_codes_locked_for_good",
            "People whose codes count no more until an administrator resets them.",
            registry=self.registry,
        )

    def _counter(self, name: str, text: str, label: str) -> Counter:
        return Counter(name, text, (label,), registry=self.registry)
