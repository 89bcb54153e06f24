"""One trace for each (tool, generation), whoever writes it and however often that process was started anew."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

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


def test_a_collector_is_sent_the_spans() -> None:
    taken: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        tracing = Tracing(exporter_for(f"http://127.0.0.1:{server.server_port}/"), "x")
        tracing.step(Subject("uid-1", 1), "Validated", NOON, LATER, {"cupel.tool": "word-count"})
        tracing.close()
        server.shutdown()
    path, content = taken[0]

    assert path == "/v1/traces"
    assert b"Validated" in gzip_or_plain(content) and b"word-count" in gzip_or_plain(content)


def gzip_or_plain(content: bytes) -> bytes:
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def test_without_an_endpoint_nothing_is_made() -> None:
    assert exporter_for("") is None
    silent = Tracing(None, "x")
    silent.root(Subject("u", 1), "n", NOON, LATER, {})
    silent.close()
