"""What a gateway counts of the revisions that serve, and of no others: rollbacks are decided by it."""

from __future__ import annotations

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from cupel.api.bundle import short
from cupel.control.counts import LATENCY_EDGES
from cupel.gateway.metrics import Metrics, RevisionMetrics

from .conftest import RunningGateway, until
from .zone import Zone, tool_body

SPOILED = {"type": "object", "properties": {"how": {"type": "string"}}, "additionalProperties": False}
CODE = """
def run(how: str = "") -> dict:
    if how == "raise":
        raise ValueError("no")
    return {"words": "many" if how == "lie" else 1}
"""
WORDS = {"type": "object", "properties": {"words": {"type": "integer"}}}
RUNS = "cupel_gateway_revision_runs_total"


def samples(text: str) -> dict[tuple[str, str, str], float]:
    """By name, the verdict or bucket, and the digest."""
    return {
        (one.name, one.labels.get("verdict", one.labels.get("le", "")), one.labels["digest"]): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if "revision" in one.name and not one.name.endswith("_created")
    }


def moody(words: int = 1) -> dict[str, Any]:
    return tool_body(
        "moody",
        code=CODE.replace("1}", f"{words}}}"),
        input_schema=SPOILED,
        output_schema=WORDS,
        examples=[{"name": "one", "arguments": {}, "result": {"words": words}}],
    )


async def test_runs_are_counted_by_what_they_say_about_the_revision(
    zone: Zone, gateway: RunningGateway
) -> None:
    await zone.publish(moody())
    await gateway.listed("moody")
    for arguments in ({}, {"how": "raise"}, {"how": "lie"}, {"how": "raise"}, {"how": 7}, {"other": 1}):
        await gateway.call("moody", arguments)

    found = samples((await gateway.get("/metrics"))[1])

    digest = {key[2] for key in found}.pop()
    assert [found[RUNS, verdict, digest] for verdict in ("ok", "failed", "invalid")] == [1, 2, 1]
    assert found["cupel_gateway_revision_run_seconds_count", "", digest] == 1
    assert len(digest) == 40


async def test_only_digests_that_serve_have_series(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(moody(1))
    await gateway.listed("moody")
    await gateway.call("moody", {})
    first = {key[2] for key in samples((await gateway.get("/metrics"))[1])}

    await zone.publish(moody(2))

    async def replaced() -> bool:
        await gateway.call("moody", {})
        found = samples((await gateway.get("/metrics"))[1])
        return {key[2] for key in found}.isdisjoint(first) and len({key[2] for key in found}) == 1

    await until(replaced, "series of the second revision alone", 20)


async def test_who_looks_often_asks_for_what_they_need(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(moody())
    await gateway.listed("moody")
    await gateway.call("moody", {"how": "raise"})

    _, text = await gateway.get(f"/metrics?name[]={RUNS}&name[]=cupel_gateway_revision_run_seconds_bucket")

    found = samples(text)
    assert sorted(v for k, v in found.items() if k[0] == RUNS) == [0.0, 0.0, 1.0]
    assert sum(k[0] == "cupel_gateway_revision_run_seconds_bucket" for k in found) == len(LATENCY_EDGES) + 1
    assert "cupel_gateway_calls" not in text


def test_a_run_that_ends_after_its_revision_went_brings_no_series_back() -> None:
    metrics = Metrics()
    one, two = "sha256-" + "1" * 64, "sha256-" + "2" * 64
    metrics.revisions.serve("tools", [("a", one)])
    metrics.revisions.serve("tools", [("a", two)])

    metrics.revisions.ran("tools", "a", one, "ok", 0.01)
    metrics.revisions.ran("tools", "a", two, "busy", 0.01)
    metrics.revisions.ran("tools", "a", two, "ok", 0.01)

    assert digests(metrics.revisions) == {short(two)}
    assert value(metrics, two, "ok") == 1


def test_other_namespaces_keep_their_series_when_one_changes() -> None:
    metrics = Metrics()
    one, two = "sha256-" + "1" * 64, "sha256-" + "2" * 64
    metrics.revisions.serve("tools", [("a", one)])
    metrics.revisions.serve("others", [("a", two)])
    metrics.revisions.ran("tools", "a", one, "ok", 0.01)
    metrics.revisions.ran("others", "a", two, "ok", 0.01)

    metrics.revisions.serve("others", [])

    assert digests(metrics.revisions) == {short(one)}


def test_a_bucket_ends_at_every_edge_that_the_tests_stand_on() -> None:
    metrics = Metrics()
    one = "sha256-" + "1" * 64
    metrics.revisions.serve("tools", [("a", one)])
    metrics.revisions.ran("tools", "a", one, "ok", 0.01)

    edges = {
        s.labels["le"] for s in next(iter(metrics.revisions.seconds.collect())).samples if "le" in s.labels
    }

    assert {float(edge) for edge in edges} == {*LATENCY_EDGES, float("inf")}


def digests(revisions: RevisionMetrics) -> set[str]:
    return {s.labels["digest"] for m in revisions.runs.collect() for s in m.samples}


def value(metrics: Metrics, digest: str, verdict: str) -> float | None:
    labels = {"namespace": "tools", "tool": "a", "digest": short(digest), "verdict": verdict}
    return metrics.registry.get_sample_value(RUNS, labels)
