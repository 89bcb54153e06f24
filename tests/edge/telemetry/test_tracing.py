"""One trace for each (tool, generation), whoever writes it and however often that process was started anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from cupel.telemetry.tracing import Subject, Tracing, exporter_for

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=4)


def test_spans_of_several_processes_make_one_tree() -> None:
    exporter, subject = InMemorySpanExporter(), Subject("uid-1", 3)
    for gate in ("Accepted", "Validated"):
        process = Tracing(exporter, gate)
        process.step(subject, gate, NOON, LATER, {"cupel.tool": "t"})
        process._provider.force_flush()  # type: ignore[union-attr]
    last = Tracing(exporter, "third")
    last.root(subject, "apply to Ready", NOON, LATER, {})
    last._provider.force_flush()  # type: ignore[union-attr]
    spans = {span.name: span for span in exporter.get_finished_spans()}
    root = spans["apply to Ready"]

    assert {span.context.trace_id for span in spans.values()} == {subject.trace_id}
    assert (root.parent, root.context.span_id) == (None, subject.span_id)
    for gate in ("Accepted", "Validated"):
        parent = spans[gate].parent
        assert parent is not None and parent.span_id == subject.span_id
        assert (spans[gate].end_time - spans[gate].start_time) == 4_000_000_000  # type: ignore[operator]


def test_another_generation_is_another_trace() -> None:
    assert len({Subject("u", 1).trace_id, Subject("u", 2).trace_id, Subject("v", 1).trace_id}) == 3
    assert len(Subject("u", 1).trace) == 32


def test_without_an_endpoint_nothing_is_made() -> None:
    assert exporter_for("") is None
    silent = Tracing(None, "x")
    silent.root(Subject("u", 1), "n", NOON, LATER, {})
    silent.close()
