"""What came of everything that was run."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tally:
    """Counts of tests, and of checks such as the linter's, which are one each."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    unsteady: tuple[str, ...] = ()
    """Tests counted as passed that failed before, in a full run, and passed alone."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.unsteady + other.unsteady,
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


PASSED = Tally(passed=1)
FAILED = Tally(failed=1)


def failures(report: Path) -> dict[str, float]:
    """Each failed test of a JUnit report, and the seconds it took; empty where there is no report."""
    try:
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return {}
    return {
        f"{case.get('classname')}::{case.get('name')}": float(case.get("time", 0))
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    }


def counted(report: Path, status: int) -> Tally:
    """pytest's own report (JUnit XML). A run that left none, or failed without saying where, is one failure."""
    try:
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    except (OSError, ElementTree.ParseError):
        return Tally() if status == 0 else FAILED
    total = Tally()
    for suite in suites:
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        total += Tally(int(suite.get("tests", 0)) - failed - skipped, failed, skipped)
    return total if status == 0 or total.failed else total + FAILED
