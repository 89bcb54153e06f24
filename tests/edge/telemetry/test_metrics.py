"""What Prometheus reads: the names and labels that alerts and dashboards stand on."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cupel.telemetry.metrics import Metrics

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"


def filled() -> Metrics:
    metrics = Metrics()
    metrics.standing.gates[("tools", "a")] = ("Ready", "Serving")
    metrics.standing.gates[("tools", "b")] = ("Ready", "Serving")
    metrics.standing.gates[("tools", "c")] = ("Validated", "TrialsFailed")
    metrics.standing.deadlines[("tools", "d")] = datetime(2030, 1, 1, tzinfo=UTC)
    metrics.trials.labels("Failed", "TrialsFailed").inc()
    metrics.passes.labels("GeneratedTool", "unchanged").inc()
    metrics.pass_seconds.labels("GeneratedTool").observe(0.002)
    metrics.count_write("status", "GeneratedTool", "ok")
    metrics.leader.set(1)
    metrics.ledgers.look = lambda: [("tools", 12, 3)]
    return metrics


def samples(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in families
        for one in family.samples
    }


# fmt: off
READ = [
    ("cupel_tool_gate", {"namespace": "tools", "gate": "Ready", "reason": "Serving"}, 2),
    ("cupel_tool_gate", {"namespace": "tools", "gate": "Validated", "reason": "TrialsFailed"}, 1),
    ("cupel_approval_deadline_timestamp_seconds", {"namespace": "tools", "tool": "d"}, 1893456000),
    ("cupel_trials_total", {"verdict": "Failed", "reason": "TrialsFailed"}, 1),
    ("cupel_passes_total", {"kind": "GeneratedTool", "outcome": "unchanged"}, 1),
    ("cupel_pass_seconds_count", {"kind": "GeneratedTool"}, 1),
    ("cupel_writes_total", {"verb": "status", "kind": "GeneratedTool", "outcome": "ok"}, 1),
    ("cupel_leader", {}, 1),
    ("cupel_ledger_entries", {"namespace": "tools", "list": "decisions"}, 12),
    ("cupel_ledger_entries", {"namespace": "tools", "list": "condemned"}, 3),
    ("cupel_queue_depth", {}, 0),
    ("cupel_admission_ready", {}, 0),
    ("cupel_events_lost_total", {}, 0),
]
# fmt: on


@pytest.mark.parametrize(("name", "labels", "value"), READ, ids=[f"{r[0]}-{len(r[1])}" for r in READ])
def test_a_metric_is_there_by_name_and_labels(name: str, labels: dict[str, str], value: float) -> None:
    assert samples(filled())[(name, tuple(sorted(labels.items())))] == value


def test_the_page_names_every_metric_and_no_other() -> None:
    families = text_string_to_metric_families(filled().text().decode())
    ours = {family.name for family in families if not family.name.endswith("_created")}
    rows = re.findall(r"^\| `(cupel_[a-z_]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert {name.removesuffix("_total") for name in rows} == ours


def test_every_metric_says_what_it_is() -> None:
    for family in text_string_to_metric_families(filled().text().decode()):
        assert family.documentation.strip(), family.name
