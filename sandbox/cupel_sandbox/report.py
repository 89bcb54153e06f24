"""The report: at most 4 KiB of clean text, whatever the tool said. Failures shrink first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

MAX_REPORT_BYTES = 4_096
MAX_FAILURES = 5
MAX_TEXT = 256
LEAST_TEXT = 20
WALLS = ("kernel", "token", "filesystem", "network")
Json = dict[str, Any]


def clean(text: str, most: int = MAX_TEXT) -> str:
    """Printable text only: it ends in status and on people's terminals."""
    shown = "".join(c if c.isprintable() else " " for c in text[: 4 * most])
    return shown.encode("utf-8", "replace").decode()[:most]


def isolation(told: object) -> dict[str, str]:
    """The four walls out of a container's answer; a wall it does not speak of did not hold."""
    walls = told if isinstance(told, dict) else {}
    return {
        wall: clean(walls[wall]) if isinstance(walls.get(wall), str) else "the probe did not say"
        for wall in WALLS
    }


def unproved(why: str) -> dict[str, str]:
    """The four walls of a container that could not be probed."""
    return {wall: clean(f"not probed: {why}") for wall in WALLS}


def encode(report: Json) -> bytes:
    """UTF-8 JSON of at most 4 KiB: the fullest form that fits."""
    for smaller in _ever_smaller(report):
        content = json.dumps(smaller, ensure_ascii=False, separators=(",", ":")).encode()
        if len(content) <= MAX_REPORT_BYTES:
            return content
    raise AssertionError("the smallest form of a report always fits")


def _ever_smaller(report: Json) -> Iterator[Json]:
    failures = report["failures"][:MAX_FAILURES]
    for most in (MAX_TEXT, 120, 60, 0):
        yield (
            report
            | _shorter_proof(report, most)
            | {"failures": [f | {"message": f["message"][:most]} for f in failures]}
        )
    for kept in (2, 0):
        yield (
            report | _shorter_proof(report, 0) | {"failures": [f | {"message": ""} for f in failures[:kept]]}
        )
    for most in (100, 40):
        yield (
            report
            | _shorter_proof(report, 0)
            | {
                "failures": [],
                "importError": report["importError"][:most],
                "harness": {wall: text[:most] for wall, text in report["harness"].items()},
                "tool": {wall: text[:most] for wall, text in report["tool"].items()},
            }
        )


def _shorter_proof(report: Json, most: int) -> Json:
    """What was found beyond the trials, its texts cut; names and numbers stay."""
    proof: Json = {}
    if properties := report.get("properties"):
        texts = {"arguments", "message"}
        broken = [
            {k: v[:most] if k in texts else v for k, v in case.items()} for case in properties["broken"]
        ]
        proof["properties"] = properties | {"because": properties["because"][:most], "broken": broken}
    if mutants := report.get("mutants"):
        survivors = [each | {"change": each["change"][:most]} for each in mutants["survivors"]]
        # An empty one is none, and `because` is weighed, too: that they are there must arrive.
        words = {key: mutants[key][: max(most, LEAST_TEXT)] for key in ("because", "obstacle")}
        proof["mutants"] = mutants | words | {"survivors": survivors}
    return proof
