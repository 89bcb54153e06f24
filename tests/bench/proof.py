"""What properties and mutants add to a trial: from making its Pod to its end, with and without, in turn.

    CUPEL_NODE_KUBECONFIG=... CUPEL_SANDBOX_IMAGE=... python -m tests.bench.proof [--rounds 7] [--before IMAGE]

`--before`: another sandbox image, already on the node, to be measured beside the one there is.
"""

from __future__ import annotations

import argparse
import os
import statistics
from pathlib import Path

from tests.e2e.test_trials import Bench
from tests.support.api import Api

from cupel.api.bundle import Bundle
from cupel.api.tool_revision import ToolRevision
from cupel.templates.catalogue import TEMPLATES, make

TOOLS = ("date-arithmetic", "tracker", "http-json")


def revision(template: str) -> ToolRevision:
    """A revision as the operator makes it of this template's example."""
    draft = make(template, TEMPLATES[template].example)
    bundle = Bundle(
        tool="tried", description=draft.description, code=draft.code, permissions=draft.permissions,
        interface=draft.interface.model_copy(update={"tool_name": "tried"}), examples=draft.examples, tests=draft.tests,
    )  # fmt: skip
    spec = {"tool": "tried", "digest": bundle.digest(), "bundle": bundle.wire(), "requestedBy": "somebody"}
    spec["egress"] = list(draft.permissions.egress)
    meta = {
        "name": f"tried-{bundle.digest()[7:17]}",
        "namespace": "serving",
        "uid": "8f14e45f-ceea-467f-a8f2-7a1f8d1f7c11",
    }
    return ToolRevision.parse({"metadata": meta, "spec": spec})


def measure(bench: Bench, image: str, rev: ToolRevision, seconds: int) -> tuple[float, str]:
    """Seconds a whole trial takes, and what was proved in them."""
    bench.image = image
    outcome = bench.ended(rev, proof_seconds=seconds)
    report = outcome.report
    proved = ""
    if report.properties and report.mutants:
        calls, mutants = report.properties.calls, report.mutants
        proved = f"{calls} calls, {mutants.killed} of {mutants.tried} of {mutants.total} mutants killed"
    assert not report.failed, report
    return outcome.seconds, proved


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--before", default="")
    told = parser.parse_args()
    now = os.environ["CUPEL_SANDBOX_IMAGE"]
    ways = {"trials only": (now, 0), "properties and mutants, too": (now, 6)}
    if told.before:
        ways = {"the image before, trials only": (told.before, 0)} | ways
    bench = Bench(Api(Path(os.environ["CUPEL_NODE_KUBECONFIG"])), now)
    try:
        for name in TOOLS:
            rev, took, said = revision(name), {way: [] for way in ways}, ""
            for _ in range(told.rounds):
                for way, (image, seconds) in ways.items():
                    one, proved = measure(bench, image, rev, seconds)
                    took[way].append(one)
                    said = proved or said
            for way, every in took.items():
                print(
                    f"{name}, {way}: p50 {statistics.median(every):.2f} s, {min(every):.2f} to {max(every):.2f}",
                    flush=True,
                )
            print(f"    {said}; load {os.getloadavg()[0]:.1f}", flush=True)
    finally:
        bench.close()


if __name__ == "__main__":
    main()
