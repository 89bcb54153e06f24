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

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


PASSED = Tally(passed=1)
FAILED = Tally(failed=1)


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
