"""What the author measures: drafts by how they were made and ended, and what models used."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from cupel.api.capability_gap_status import Drafting

SECONDS = (0.05, 0.2, 1, 5, 15, 30, 60, 120, 300)


class Metrics:
    """One registry for one process."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.drafts = Counter(
            "cupel_author_drafts_total", "Drafts, by generator and outcome.", ["generator", "outcome"],
            registry=registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "cupel_author_draft_seconds", "From setting out to a written tool.", ["generator"],
            buckets=SECONDS, registry=registry,
        )  # fmt: skip
        self.tokens = Counter(
            "cupel_author_model_tokens_total", "Tokens that models used.", registry=registry
        )
        self.micros = Counter(
            "cupel_author_model_micros_total", "What models cost, in millionths of a currency.",
            registry=registry,
        )  # fmt: skip
        self.writes = Counter(
            "cupel_author_writes_total", "Writes to the API server.", ["verb", "kind", "outcome"],
            registry=registry,
        )  # fmt: skip
        self.failures = Counter(
            "cupel_author_failures_total", "Looks at a gap that ended in a mistake of Cupel's own.",
            registry=registry,
        )  # fmt: skip

    def drafted(self, entry: Drafting, took: timedelta) -> None:
        self.drafts.labels(entry.generator, entry.outcome).inc()
        self.seconds.labels(entry.generator).observe(took.total_seconds())
        self.tokens.inc(entry.tokens)
        self.micros.inc(entry.micros)

    def count_write(self, verb: str, kind: str, outcome: str) -> None:
        self.writes.labels(verb, kind, outcome).inc()

    def text(self) -> bytes:
        return generate_latest(self.registry)
