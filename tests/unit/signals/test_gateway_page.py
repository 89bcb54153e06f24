"""What the autopilot reads of the gateway's /metrics is what the gateway's own instruments write."""

from __future__ import annotations

import pytest
from prometheus_client import generate_latest

from cupel.gateway.metrics import BUCKETS, Metrics
from cupel.signals.fetching import Unreadable
from cupel.signals.gateway_page import page


def test_it_reads_what_the_gateway_writes() -> None:
    metrics = Metrics()
    for outcome, seconds in (("ok", 0.015), ("ok", 0.3), ("tool_error", 0.3), ("invalid_arguments", 0.001)):
        metrics.called("tools", "count", outcome, seconds)
    metrics.called("tools", "other", "timeout", 5)
    metrics.in_flight.labels("tools", "count").set(3)

    found = page(generate_latest(metrics.registry))

    told = found["tools", "count"]
    assert (told.calls, told.errors, told.in_flight) == (4.0, 1.0, 3.0)
    assert told.bounds == (*BUCKETS, float("inf"))
    assert told.counts[:2] == (1.0, 2.0)
    assert told.counts[-1] == 4.0
    assert found["tools", "other"].errors == 1.0


def test_a_gateway_that_was_not_called_yet_has_no_tools() -> None:
    assert page(generate_latest(Metrics().registry)) == {}


@pytest.mark.parametrize("text", [b"", b"<html>", b"up 1\n", b"\xff" * 100])
def test_another_page_is_refused(text: bytes) -> None:
    with pytest.raises(Unreadable):
        page(text)


def test_what_is_no_number_is_refused() -> None:
    text = b"# TYPE cupel_gateway_calls_total counter\n"
    text += b'cupel_gateway_calls_total{namespace="a",outcome="ok",tool="b"} many\n'
    with pytest.raises(Unreadable):
        page(text)
