"""One trace for each (tool, generation), from apply to Ready.

Its id is derived, so that any process, also after a restart, adds to the same trace.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator

_root: ContextVar[Subject | None] = ContextVar("root", default=None)


@dataclass(frozen=True)
class Subject:
    """What a trace is about."""

    uid: str
    generation: int

    @property
    def trace_id(self) -> int:
        return int(self._hash("trace")[:32], 16)

    @property
    def span_id(self) -> int:
        """Of the root span."""
        return int(self._hash("root")[:16], 16)

    @property
    def trace(self) -> str:
        """The trace id as people and logs write it."""
        return f"{self.trace_id:032x}"

    def _hash(self, what: str) -> str:
        return hashlib.sha256(f"cupel/{what}/{self.uid}/{self.generation}".encode()).hexdigest()


class DerivedIds(IdGenerator):
    """The ids of the subject whose root span is being made; random ones otherwise."""

    def __init__(self) -> None:
        self._random = RandomIdGenerator()

    def generate_span_id(self) -> int:
        subject = _root.get()
        return subject.span_id if subject else self._random.generate_span_id()

    def generate_trace_id(self) -> int:
        subject = _root.get()
        return subject.trace_id if subject else self._random.generate_trace_id()


class Tracing:
    """Writes spans after the fact. Without an exporter it does nothing."""

    def __init__(self, exporter: SpanExporter | None, instance: str) -> None:
        self._provider: TracerProvider | None = None
        if exporter is not None:
            about = Resource.create({"service.name": "cupel-operator", "service.instance.id": instance})
            self._provider = TracerProvider(resource=about, id_generator=DerivedIds(), shutdown_on_exit=False)
            self._provider.add_span_processor(BatchSpanProcessor(exporter))

    @property
    def on(self) -> bool:
        """Whether anybody reads the spans."""
        return self._provider is not None

    def step(
        self, subject: Subject, name: str, start: datetime, end: datetime, attributes: Mapping[str, str]
    ) -> None:
        """One gate's transition, as a child of the subject's root span."""
        parent = trace.SpanContext(
            subject.trace_id, subject.span_id, is_remote=True, trace_flags=trace.TraceFlags(1)
        )
        context = trace.set_span_in_context(trace.NonRecordingSpan(parent))
        self._write(name, start, end, attributes, context)

    def root(
        self, subject: Subject, name: str, start: datetime, end: datetime, attributes: Mapping[str, str]
    ) -> None:
        """The whole way, written when it has ended."""
        token = _root.set(subject)
        try:
            self._write(name, start, end, attributes, trace.set_span_in_context(trace.INVALID_SPAN))
        finally:
            _root.reset(token)

    def _write(
        self, name: str, start: datetime, end: datetime, attributes: Mapping[str, str], context: Context
    ) -> None:
        if self._provider is None:
            return
        tracer = self._provider.get_tracer("cupel")
        span = tracer.start_span(name, context, start_time=_nanoseconds(start), attributes=dict(attributes))
        span.end(_nanoseconds(max(start, end)))

    def close(self) -> None:
        """Send what is left."""
        if self._provider is not None:
            self._provider.shutdown()


def exporter_for(endpoint: str) -> SpanExporter | None:
    """OTLP over HTTP to `endpoint`, the base address of a collector; None when it is empty."""
    if not endpoint:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
        OTLPSpanExporter,
    )  # 10 MB nobody else needs

    return OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")


def _nanoseconds(time: datetime) -> int:
    return int(time.timestamp() * 1_000_000_000)
